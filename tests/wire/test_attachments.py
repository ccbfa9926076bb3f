"""Content beside a message: it goes along, comes back, and may stand in its place as base64."""

from base64 import b64encode

import pytest

from vedette.base.errors import CallerError
from vedette.contract.device.system import GetSystemLogResponse, RestoreSystem, SystemReboot
from vedette.contract.schema.system import BackupFile, SystemLog
from vedette.contract.schema.values import AttachmentData, Include
from vedette.wire.attachments import carried, may_hold_parts, part_address, parts_of, put_aside, with_parts
from vedette.wire.codec import decode, encode
from vedette.wire.message import MalformedMessage
from vedette.wire.multipart import OCTETS, Part, unpacked
from vedette.wire.parser import parse
from vedette.wire.soap import CONTENT_TYPE

CONTENT = bytes(range(256))


def restore(*names: str, content: bytes | None = CONTENT) -> RestoreSystem:
    return RestoreSystem(
        backup_files=tuple(
            BackupFile(
                name=name,
                data=AttachmentData(
                    content_type="application/json",
                    include=Include(href=part_address(name), content=content),
                ),
            )
            for name in names
        )
    )


def test_content_goes_along_and_comes_back() -> None:
    sent = restore("a b@here", "100%")
    kind, body = carried(encode(sent), sent)
    package = unpacked(body, kind)
    bare = decode(RestoreSystem, parse(package.root))
    assert bare == restore("a b@here", "100%", content=None)
    assert with_parts(bare, package.parts) == sent
    assert {each.content_type for each in package.parts.values()} == {"application/json"}


def test_a_message_without_content_travels_alone() -> None:
    alone = restore("a", content=None)
    assert carried(b"<a/>", alone) == (CONTENT_TYPE, b"<a/>")
    assert parts_of(SystemReboot()) == ()
    assert parts_of(GetSystemLogResponse(system_log=SystemLog(string="a line"))) == ()
    assert not may_hold_parts(SystemReboot)
    assert may_hold_parts(GetSystemLogResponse)


def test_what_is_named_twice_goes_once() -> None:
    assert len(parts_of(restore("a", "a", "b"))) == 2
    other = restore("a", content=b"other").backup_files
    with pytest.raises(CallerError, match="'a'"):
        parts_of(RestoreSystem(backup_files=(*other, *restore("a").backup_files)))


def test_a_name_that_no_part_has_is_refused() -> None:
    with pytest.raises(MalformedMessage, match="cid:a"):
        with_parts(restore("a", content=None), {"b": Part("b", OCTETS, CONTENT)})


@pytest.mark.parametrize("name", ["a%b", "cid:a%25b", "a%25b"])
def test_a_name_is_found_however_its_part_spells_it(name: str) -> None:
    read = with_parts(restore("a%b", content=None), {name: Part(name, OCTETS, CONTENT)})
    assert read == restore("a%b")


def test_what_lies_elsewhere_is_never_fetched() -> None:
    elsewhere = AttachmentData(include=Include(href="http://192.0.2.1/"))
    with pytest.raises(MalformedMessage, match="no part of the message"):
        with_parts(RestoreSystem(backup_files=(BackupFile(name="a", data=elsewhere),)), {})


def with_text(text: str) -> bytes:
    include = b'<xop:Include href="cid:a"></xop:Include>'
    document = encode(restore("a", "b", content=None))
    assert include in document
    return document.replace(include, text.encode())


def test_base64_in_place_of_the_name_is_a_part_too() -> None:
    element = parse(with_text(f"\n {b64encode(CONTENT).decode()} "))
    parts = put_aside(RestoreSystem, element)
    assert [each.content for each in parts.values()] == [CONTENT]
    read = with_parts(decode(RestoreSystem, element), {**parts, "b": Part("b", OCTETS, b"other")})
    assert [each.data.include.content for each in read.backup_files] == [CONTENT, b"other"]


def test_text_that_is_not_base64_is_refused_by_the_name_of_its_element() -> None:
    with pytest.raises(MalformedMessage, match="Data holds neither"):
        put_aside(RestoreSystem, parse(with_text("what?")))


def test_an_element_without_anything_is_left_to_the_declaration() -> None:
    element = parse(with_text(""))
    assert put_aside(RestoreSystem, element) == {}
    with pytest.raises(MalformedMessage, match="Data: Include is missing"):
        decode(RestoreSystem, element)
