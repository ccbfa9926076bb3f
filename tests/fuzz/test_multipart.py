"""Requests with parts: any bytes are accepted or refused with a documented exception."""

from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.base.errors import PeerError
from vedette.contract.device import Device
from vedette.contract.device.system import RestoreSystem
from vedette.contract.envelope import Dispatch, request_envelope
from vedette.contract.faults import Fault
from vedette.contract.schema.system import BackupFile
from vedette.contract.schema.values import AttachmentData, Include
from vedette.wire.attachments import carried
from vedette.wire.multipart import NotAPackage, Part, packed, unpacked

DISPATCH = Dispatch((Device,))
DATA = AttachmentData(content_type="application/json", include=Include(href="cid:a%40b", content=b"{}\r\n"))
REQUEST = RestoreSystem(backup_files=(BackupFile(name="a", data=DATA),))
KIND, WHOLE = carried(request_envelope(Device.restore_system, REQUEST), REQUEST)
PIECES = (
    *(
        b"\r\n",
        b"\n",
        b"--",
        b": ",
        b"\x00",
        b"Content-ID: <a@b>\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
    ),
    *(WHOLE[:47], b"cid:", b"%", b"<xop:Include/>", b"QUJD", b"\xff", b"<", b">"),
)
KINDS = (KIND, KIND.replace("start=", "begin="), KIND.replace('"', ""), "multipart/related", KIND[:40])


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A good package with a few pieces cut out, doubled or put in."""
    data = WHOLE
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 20)))
        middle = draw(st.sampled_from(PIECES) | st.binary(max_size=4) | st.just(data[start:end] * 2))
        data = data[:start] + middle + data[end:]
    return data


def refusal(data: bytes, kind: str) -> str:
    try:
        DISPATCH.identify(data, content_type=kind).decode()
    except (PeerError, Fault) as error:
        return str(error)
    return ""


@settings(max_examples=300, deadline=None)
@given(mutated() | st.binary(max_size=60), st.sampled_from(KINDS))
def test_any_package_is_read_or_refused(data: bytes, kind: str) -> None:
    assert len(refusal(data, kind)) < 1000


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=80), max_size=4), st.binary(max_size=40))
def test_any_content_comes_out_as_it_went_in(contents: list[bytes], root: bytes) -> None:
    parts = tuple(Part(f"{number}@x", "a/b", content) for number, content in enumerate(contents))
    kind, body = packed(root, parts, root_type="application/soap+xml")
    package = unpacked(body, kind)
    assert package.root == root
    assert tuple(package.parts.values()) == parts
    try:
        unpacked(body[:-6], kind)
    except NotAPackage:
        return
    raise AssertionError("a package without its end was taken")
