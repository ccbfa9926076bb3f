"""Operations in envelopes: identified before they are read, answered, refused."""

import pytest

from vedette.base.errors import LimitExceeded
from vedette.contract.device import Device
from vedette.contract.deviceio import DeviceIO
from vedette.contract.discovery import Discovery
from vedette.contract.envelope import (
    Dispatch,
    fault_envelope,
    read_response,
    request_envelope,
    response_action,
    response_envelope,
    to_soap,
)
from vedette.contract.events import PullPointSubscription, SubscriptionManager
from vedette.contract.faults import ActionNotSupported, NoProfile, UnknownAction
from vedette.contract.media2 import Media2
from vedette.contract.services import all_services
from vedette.wire.message import MalformedMessage, XmlName, xml_name
from vedette.wire.namespaces import ENV, TER, TR2
from vedette.wire.parser import Limits, NotWellFormed, parse
from vedette.wire.soap import Addressing, NotSoap12, NotUnderstood, SoapFault, UnknownEncoding

OPERATION = Media2.get_stream_uri
REQUEST = OPERATION.request(protocol="RTSP", profile_token="main")
RESPONSE = OPERATION.response(uri="rtsp://camera/main?a=1&b=2")
DISPATCH = Dispatch((Device, Media2))


def wrapped(body: str, header: str = "") -> bytes:
    return (
        f'<e:Envelope xmlns:e="{ENV}" xmlns:r="{TR2}"><e:Header>{header}</e:Header>'
        f"<e:Body>{body}</e:Body></e:Envelope>"
    ).encode()


def test_a_request_arrives_as_it_was_sent() -> None:
    data = request_envelope(OPERATION, REQUEST, to="http://camera/", message_id="urn:uuid:1")
    incoming = DISPATCH.identify(data)
    assert incoming.operation is OPERATION
    assert incoming.addressing.action == OPERATION.action
    assert incoming.decode() == REQUEST


def test_a_request_without_message_id_has_no_headers() -> None:
    assert b"Header" not in request_envelope(OPERATION, REQUEST)


def test_the_operation_is_known_before_its_content_is_read() -> None:
    incoming = DISPATCH.identify(wrapped("<r:GetStreamUri><r:Protocol/></r:GetStreamUri>"))
    assert incoming.operation is OPERATION
    with pytest.raises(MalformedMessage, match="Envelope/Body/GetStreamUri: ProfileToken is missing"):
        incoming.decode()


def test_every_operation_of_every_service_is_found_by_its_element() -> None:
    for service in all_services():
        dispatch = Dispatch((service,))
        for operation in service.operations():
            name = xml_name(operation.request)
            data = wrapped(f'<q:{name.local} xmlns:q="{name.namespace}"/>')
            assert xml_name(dispatch.identify(data).operation.request) == name


def test_an_operation_may_be_asked_for_in_the_namespace_of_its_service() -> None:
    # libonvif 4 asks DeviceIO for relays so; the WSDL of DeviceIO takes the elements of Device.
    data = wrapped(
        f'<d:SetRelayOutputState xmlns:d="{DeviceIO.namespace}"><d:RelayOutputToken>r1</d:RelayOutputToken>'
        "<d:LogicalState>active</d:LogicalState></d:SetRelayOutputState>"
    )
    incoming = Dispatch((Device, DeviceIO)).identify(data)
    assert incoming.operation is DeviceIO.set_relay_output_state
    wanted = DeviceIO.set_relay_output_state.request(relay_output_token="r1", logical_state="active")
    assert incoming.decode() == wanted
    with pytest.raises(ActionNotSupported):
        Dispatch((Device,)).identify(data)


def test_the_action_decides_between_services_that_share_an_element() -> None:
    dispatch = Dispatch((Device, DeviceIO))
    shared = {xml_name(each.request) for each in Device.operations()} & {
        xml_name(each.request) for each in DeviceIO.operations()
    }
    assert shared
    for each in DeviceIO.operations():
        if xml_name(each.request) in shared:
            name = xml_name(each.request)
            body = f'<q:{name.local} xmlns:q="{name.namespace}"/>'
            action = f'<a:Action xmlns:a="http://www.w3.org/2005/08/addressing">{each.action}</a:Action>'
            assert dispatch.identify(wrapped(body, action)).operation.action == each.action
            assert dispatch.identify(wrapped(body)).operation.service is Device


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (wrapped(""), MalformedMessage),
        (wrapped("<r:NoSuchThing/>"), ActionNotSupported),
        (wrapped('<o:NoSuchThing xmlns:o="urn:other"/>'), UnknownAction),
        (wrapped("<GetStreamUri/>"), UnknownAction),
        (b"<a/>", NotSoap12),
        (b"hello", NotWellFormed),
        (wrapped("<r:GetProfiles/>", '<o:Must xmlns:o="urn:o" e:mustUnderstand="1"/>'), NotUnderstood),
        (wrapped('<r:GetProfiles e:encodingStyle="urn:odd"/>'), UnknownEncoding),
    ],
)
def test_what_is_no_request_is_refused(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        DISPATCH.identify(data)


def test_limits_reach_the_parser() -> None:
    with pytest.raises(LimitExceeded):
        DISPATCH.identify(wrapped("<r:GetProfiles/>"), Limits(size_bytes=10))


def test_a_response_arrives_as_it_was_sent() -> None:
    assert read_response(OPERATION, response_envelope(OPERATION, RESPONSE)) == RESPONSE
    assert read_response(OPERATION, response_envelope(OPERATION, RESPONSE), tolerant=False) == RESPONSE


def test_a_response_relates_to_its_request() -> None:
    asked = Addressing(action=OPERATION.action, message_id="urn:uuid:1")
    data = response_envelope(OPERATION, RESPONSE, asked)
    assert b"urn:uuid:1</wsa:RelatesTo>" in data
    assert f"{OPERATION.action}Response".encode() in data
    assert b"Header" not in response_envelope(OPERATION, RESPONSE, Addressing())


def test_response_actions_follow_from_request_actions() -> None:
    assert response_action(PullPointSubscription.pull_messages).endswith("/PullMessagesResponse")
    assert response_action(SubscriptionManager.renew).endswith("SubscriptionManager/RenewResponse")
    assert response_action(OPERATION) == f"{TR2}/GetStreamUriResponse"


def test_a_fault_is_raised_again() -> None:
    with pytest.raises(NoProfile, match="attic"):
        read_response(OPERATION, fault_envelope(to_soap(NoProfile("no profile 'attic'"), "-")))


@pytest.mark.parametrize(
    "data",
    [wrapped(""), wrapped("<r:GetProfilesResponse/>"), wrapped("<r:GetStreamUriResponse/>"), b"", b"<a>"],
)
def test_what_is_no_response_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedMessage):
        read_response(OPERATION, data)


def test_a_one_way_operation_is_answered_with_nothing() -> None:
    operation = Discovery.bye
    assert response_envelope(operation, None) == b""
    assert read_response(operation, b"") is None


TER_WELL_FORMED = (XmlName(TER, "WellFormed"),)
TER_INVALID_ARGS = (XmlName(TER, "InvalidArgs"),)


@pytest.mark.parametrize(
    ("error", "code", "subcodes"),
    [
        (NotSoap12("x"), "VersionMismatch", ()),
        (NotUnderstood("x"), "MustUnderstand", ()),
        (UnknownEncoding("x"), "DataEncodingUnknown", ()),
        (NotWellFormed("x"), "Sender", TER_WELL_FORMED),
        (MalformedMessage("x"), "Sender", TER_INVALID_ARGS),
        (LimitExceeded("x"), "Sender", TER_INVALID_ARGS),
    ],
)
def test_the_peers_own_mistakes_are_explained(
    error: Exception, code: str, subcodes: tuple[XmlName, ...]
) -> None:
    assert to_soap(error, "7") == SoapFault(code=code, subcodes=subcodes, reason="x")


def test_our_own_mistakes_are_told_by_incident_number_alone() -> None:
    fault = to_soap(KeyError("/etc/secret"), "incident-7")
    assert "secret" not in fault.reason
    assert "incident-7" in fault.reason
    assert fault.code == "Receiver"


def test_reference_parameters_come_back_to_the_one_who_gave_them() -> None:
    parameter = parse(b"<o:Id xmlns:o='urn:other'>7</o:Id>")
    operation = PullPointSubscription.set_synchronization_point
    data = request_envelope(
        operation, operation.request(), message_id="urn:uuid:1", reference_parameters=(parameter,)
    )
    incoming = Dispatch((PullPointSubscription,)).identify(data)
    assert [each.text for each in incoming.addressing.reference_parameters] == ["7"]
