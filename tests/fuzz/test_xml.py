"""The XML door: any bytes are accepted or refused with a documented exception."""

from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.base.errors import PeerError
from vedette.contract.envelope import Dispatch, read_response, request_envelope, response_envelope
from vedette.contract.faults import Fault, NoProfile
from vedette.contract.media2 import Media2
from vedette.wire.parser import parse
from vedette.wire.soap import SoapFault, fault_envelope

OPERATION = Media2.get_stream_uri
DISPATCH = Dispatch((Media2,))
SEEDS = (
    request_envelope(
        OPERATION,
        OPERATION.request(protocol="RTSP", profile_token="main"),
        to="http://camera/",
        message_id="urn:uuid:1",
    ),
    response_envelope(OPERATION, OPERATION.response(uri="rtsp://camera/main")),
    fault_envelope(SoapFault(code="Sender", reason=str(NoProfile()))),
    "<?xml version='1.0' encoding='utf-16'?><a b='c'>é</a>".encode("utf-16"),
    b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
)
PIECES = (
    *(b"<", b">", b"/", b"&", b"\x00", b"\xff\xfe", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?xml", b"?>"),
    *(b"xmlns:x=''", b"<!DOCTYPE", b"&#0;", b"&#xFFFFFFFF;", b"env:", b"<a>" * 300, b' a="' + b"x" * 70_000),
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A good document with a few pieces cut out, doubled or put in."""
    data = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 20)))
        middle = draw(st.sampled_from(PIECES) | st.binary(max_size=4) | st.just(data[start:end] * 2))
        data = data[:start] + middle + data[end:]
    return data


def refusal(data: bytes, *, tolerant: bool) -> str:
    try:
        parse(data, tolerant=tolerant)
    except PeerError as error:
        return str(error)
    return ""


@settings(max_examples=300, deadline=None)
@given(mutated() | st.binary(max_size=60))
def test_any_bytes_are_accepted_or_refused(data: bytes) -> None:
    for tolerant in (False, True):
        assert len(refusal(data, tolerant=tolerant)) < 1000


@settings(max_examples=300, deadline=None)
@given(mutated())
def test_any_request_is_identified_or_refused(data: bytes) -> None:
    try:
        DISPATCH.identify(data).decode()
    except (PeerError, Fault):
        return


@settings(max_examples=300, deadline=None)
@given(mutated())
def test_any_response_is_read_or_refused(data: bytes) -> None:
    try:
        read_response(OPERATION, data)
    except (PeerError, Fault):
        return


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(SEEDS[0])))
def test_a_request_cut_at_any_byte_is_refused(length: int) -> None:
    data = SEEDS[0][:length]
    try:
        incoming = DISPATCH.identify(data)
    except PeerError:
        assert length < len(SEEDS[0])
    else:
        assert length == len(SEEDS[0])
        assert incoming.operation is OPERATION


def test_a_name_with_two_colons_is_read_or_refused() -> None:
    data = b'<e:a xmlns:e="urn:e" xml:xml:lang="en"/>'
    assert refusal(data, tolerant=False)
    assert refusal(data, tolerant=True) == ""
