"""Envelopes: headers as plain data, faults in every form devices send them."""

import pytest

from vedette.wire.message import MalformedMessage, XmlName, message
from vedette.wire.namespaces import ENV, ENV11, TER, WSA, WSA04, WSSE
from vedette.wire.parser import parse
from vedette.wire.pieces import resolved_name
from vedette.wire.soap import (
    Addressing,
    Envelope,
    NotSoap12,
    NotUnderstood,
    SoapFault,
    UnknownEncoding,
    fault_envelope,
    is_fault,
    message_envelope,
    read_envelope,
    read_fault,
)


@message("urn:soap-test")
class Nothing:
    """A message without content."""


def envelope(header: str, body: str = "<x/>", *, tolerant: bool = False, namespace: str = ENV) -> Envelope:
    text = (
        f'<e:Envelope xmlns:e="{namespace}" xmlns:a="{WSA}" xmlns:s="{WSSE}" xmlns:o="urn:other">'
        f"<e:Header>{header}</e:Header><e:Body>{body}</e:Body></e:Envelope>"
    )
    return read_envelope(parse(text.encode()), tolerant=tolerant)


def test_addressing_headers_become_plain_data() -> None:
    read = envelope(
        "<a:Action e:mustUnderstand='1'> urn:act </a:Action><a:MessageID>urn:1</a:MessageID>"
        "<a:To>http://d/</a:To><a:RelatesTo>urn:0</a:RelatesTo>"
        "<a:ReplyTo><a:Address>http://me/</a:Address></a:ReplyTo>"
        "<o:Id a:IsReferenceParameter='true' e:mustUnderstand='1'>7</o:Id><o:Other/>"
    )
    assert read.addressing.action == "urn:act"
    assert read.addressing.message_id == "urn:1"
    assert read.addressing.to == "http://d/"
    assert read.addressing.relates_to == "urn:0"
    assert read.addressing.reply_to == "http://me/"
    assert [each.text for each in read.addressing.reference_parameters] == ["7"]
    assert [each.tag for each in read.headers] == ["{urn:other}Other"]
    assert read.body_name == XmlName("", "x")


def test_addressing_survives_an_envelope() -> None:
    parameter = parse(b"<o:Id xmlns:o='urn:other'>7</o:Id>")
    sent = Addressing(
        action="urn:act", message_id="urn:1", to="http://d/?a&b", reply_to="http://me/", relates_to="urn:0"
    )
    with_parameter = Addressing(action="a", reference_parameters=(parameter,))
    assert read_envelope(parse(fault_envelope(SoapFault(code="Sender"), addressing=sent))).addressing == sent
    read = read_envelope(parse(fault_envelope(SoapFault(code="Sender"), addressing=with_parameter)))
    assert [each.text for each in read.addressing.reference_parameters] == ["7"]
    assert parameter.attrib == {}


def test_discovery_speaks_the_older_addressing() -> None:
    sent = Addressing(action="urn:probe", message_id="urn:1", namespace=WSA04)
    data = fault_envelope(SoapFault(code="Sender"), addressing=sent)
    assert read_envelope(parse(data)).addressing == sent
    assert WSA.encode() not in data


def test_the_security_header_is_set_apart() -> None:
    read = envelope("<s:Security e:mustUnderstand='true'><s:UsernameToken/></s:Security>")
    assert read.security is not None
    assert len(read.security) == 1
    assert read.headers == ()


def test_a_header_that_must_be_understood_and_is_not_is_refused() -> None:
    with pytest.raises(NotUnderstood, match="Strange"):
        envelope("<o:Strange e:mustUnderstand='1'/>")
    role = "http://www.w3.org/2003/05/soap-envelope/role/none"
    assert envelope(f"<o:Strange e:mustUnderstand='1' e:role='{role}'/>").headers
    assert envelope("<o:Strange e:mustUnderstand='1'/>", tolerant=True).headers


def test_a_refusal_names_every_header_that_was_not_understood() -> None:
    """SOAP 1.2 Part 1 §5.4.8; it told the local names in its reason only."""
    blocks = "".join(f"<o:S{number} e:mustUnderstand='1'/>" for number in range(20))
    with pytest.raises(NotUnderstood) as refusal:
        envelope(f"<Plain e:mustUnderstand='1'/><a:Odd/><s:Odd e:mustUnderstand='0'/>{blocks}")

    assert refusal.value.names[:2] == (XmlName("", "Plain"), XmlName("urn:other", "S0"))
    assert len(refusal.value.names) == 16
    fault = SoapFault(code="MustUnderstand", not_understood=refusal.value.names)
    told = [
        (each.tag, resolved_name(each.get("qname") or "", each))
        for each in read_envelope(parse(fault_envelope(fault))).headers
    ]
    assert told == [(f"{{{ENV}}}NotUnderstood", each) for each in refusal.value.names]


@pytest.mark.parametrize(
    "root",
    [f'<e:Envelope xmlns:e="{ENV11}"><e:Body/></e:Envelope>', "<Envelope/>", f'<e:Body xmlns:e="{ENV}"/>'],
)
def test_anything_but_soap_1_2_is_a_version_mismatch(root: str) -> None:
    with pytest.raises(NotSoap12):
        read_envelope(parse(root.encode()))


def test_a_client_also_reads_soap_1_1() -> None:
    assert envelope("", tolerant=True, namespace=ENV11).body_name == XmlName("", "x")


def test_an_envelope_without_body_is_malformed() -> None:
    with pytest.raises(MalformedMessage, match="no body"):
        read_envelope(parse(f'<e:Envelope xmlns:e="{ENV}"/>'.encode()))


def test_an_empty_body_is_none() -> None:
    assert envelope("", "").body is None


def test_an_encoding_of_data_is_refused() -> None:
    with pytest.raises(UnknownEncoding):
        envelope("", "<x e:encodingStyle='http://schemas.xmlsoap.org/soap/encoding/'/>")


FAULT = SoapFault(
    code="Sender",
    subcodes=(XmlName(TER, "InvalidArgVal"), XmlName(TER, "NoProfile")),
    reason="no profile <attic> & co",
)


def test_a_fault_survives_an_envelope() -> None:
    body = read_envelope(parse(fault_envelope(FAULT))).body
    assert body is not None
    assert is_fault(body)
    assert read_fault(body) == FAULT


def test_a_faults_detail_is_kept() -> None:
    detail = (parse(b"<o:Max xmlns:o='urn:o'>PT60S</o:Max>"),)
    body = read_envelope(parse(fault_envelope(SoapFault(code="Receiver", detail=detail)))).body
    assert body is not None
    assert [each.text for each in read_fault(body).detail] == ["PT60S"]


def test_a_reason_with_characters_that_xml_cannot_carry_is_still_sent() -> None:
    body = read_envelope(parse(fault_envelope(SoapFault(code="Sender", reason="a\x00b")))).body
    assert body is not None
    assert read_fault(body).reason == "a\ufffdb"


def wrapped(inner: str) -> str:
    return f'<e:Fault xmlns:e="{ENV}">{inner}</e:Fault>'


@pytest.mark.parametrize(
    "text",
    [
        wrapped(
            "<e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value>ter:InvalidArgVal</e:Value><e:Subcode>"
            "<e:Value>ter:NoProfile</e:Value></e:Subcode></e:Subcode></e:Code>"
            "<e:Reason><e:Text>no profile &lt;attic&gt; &amp; co</e:Text></e:Reason>"
        ),
        wrapped(
            "<Code><Value>Sender</Value><Subcode><Value> ter:InvalidArgVal </Value><Subcode>"
            "<Value>ter:NoProfile</Value></Subcode></Subcode></Code>"
            "<Reason>no profile &lt;attic&gt; &amp; co</Reason>"
        ),
        wrapped(
            "<e:Code><e:Value>SOAP-ENV:Sender</e:Value><e:Subcode><e:Value>ter:InvalidArgVal</e:Value>"
            "<e:Subcode><e:Value>ter:NoProfile</e:Value></e:Subcode></e:Subcode></e:Code>"
            '<e:Reason><e:Text xml:lang="de">kein Profil</e:Text>'
            '<e:Text xml:lang="en-US">no profile &lt;attic&gt; &amp; co</e:Text></e:Reason>'
        ),
    ],
)
def test_odd_faults_still_say_what_they_mean(text: str) -> None:
    assert read_fault(parse(text.encode(), tolerant=True)) == FAULT


def test_soap_1_1_faults_are_read() -> None:
    text = (
        f'<e:Fault xmlns:e="{ENV11}"><faultcode>e:Client.Authentication</faultcode>'
        "<faultstring>no</faultstring><detail><x/></detail></e:Fault>"
    )
    fault = read_fault(parse(text.encode()))
    assert (fault.code, fault.reason, len(fault.detail)) == ("Sender", "no", 1)
    assert fault.subcodes == (XmlName("", "Authentication"),)


@pytest.mark.parametrize("inner", ["", "<e:Code/>", "<e:Code><e:Value/></e:Code><e:Reason/>", "<x/>text"])
def test_a_fault_without_content_is_a_receivers(inner: str) -> None:
    assert read_fault(parse(wrapped(inner).encode())).code == "Receiver"


def test_a_message_envelope_holds_headers_and_message() -> None:
    security = parse(f'<s:Security xmlns:s="{WSSE}"/>'.encode())
    data = message_envelope(Nothing(), security=security, headers=(parse(b"<extra/>"),))
    read = read_envelope(parse(data))
    assert read.security is not None
    assert [each.tag for each in read.headers] == ["extra"]
    assert read.body_name == XmlName("urn:soap-test", "Nothing")
