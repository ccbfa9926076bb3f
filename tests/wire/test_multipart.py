"""Packages: what is packed comes out again, and whatever else comes is refused by name."""

import pytest

from vedette.base.errors import CallerError
from vedette.wire.multipart import (
    HEADERS_MOST_BYTES,
    PARTS_MOST,
    NotAPackage,
    Part,
    is_multipart,
    packed,
    unpacked,
)

ROOT = b"<a>\xc3\xa9</a>"
PARTS = (
    Part("one@here", "application/json", b'{"a": 1}'),
    Part("two", "application/octet-stream", bytes(range(256)) + b"\r\n--part-\r\n\r\n--\r\n"),
    Part("empty", "text/plain", b""),
)
KIND, WHOLE = packed(ROOT, PARTS, root_type="application/soap+xml", action="urn:do")
SIMPLE = 'multipart/related; boundary=cut; type="application/xop+xml"'


def test_what_is_packed_comes_out_again() -> None:
    package = unpacked(WHOLE, KIND)
    assert package.root == ROOT
    assert package.parts == {each.content_id: each for each in PARTS}
    assert is_multipart(KIND)
    assert 'action="urn:do"' in KIND


def test_the_same_package_has_the_same_bytes() -> None:
    assert packed(ROOT, PARTS, root_type="application/soap+xml", action="urn:do") == (KIND, WHOLE)


def test_a_package_cut_at_any_byte_is_refused() -> None:
    for length in range(len(WHOLE) - 2):  # the last two are the line break behind the closing delimiter
        with pytest.raises(NotAPackage):
            unpacked(WHOLE[:length], KIND)
    assert unpacked(WHOLE[:-2], KIND).root == ROOT


def test_a_package_without_carriage_returns_is_read() -> None:
    body = (
        b"preamble\n--cut\nContent-Type: text/xml\n\n<a/>\n--cut\nContent-ID: <b>\n\nbytes\n--cut--\nepilogue"
    )
    package = unpacked(body, SIMPLE)
    assert package.root == b"<a/>"
    assert package.parts["b"].content == b"bytes"


def test_a_part_may_come_as_base64_and_its_headers_folded() -> None:
    part = b"Content-Transfer-Encoding:\r\n base64\r\nContent-ID: <b>\r\n\r\nYWJj\r\nZA==\r\n"
    body = b"--cut\r\nContent-Type: text/xml\r\n\r\n<a/>\r\n--cut\r\n" + part + b"--cut--"
    assert unpacked(body, SIMPLE).parts["b"].content == b"abcd"


def test_the_root_is_the_part_that_the_start_names() -> None:
    first = b"--cut\r\nContent-ID: <b>\r\n\r\nx\r\n"
    body = first + b"--cut\r\nContent-Type: text/xml\r\nContent-ID: <r>\r\n\r\n<a/>\r\n--cut--"
    assert unpacked(body, SIMPLE + '; start="<r>"').root == b"<a/>"
    with pytest.raises(NotAPackage, match="application/octet-stream"):
        unpacked(body, SIMPLE)
    with pytest.raises(NotAPackage, match="'q'"):
        unpacked(body, SIMPLE + '; start="<q>"')


XML = b"--cut\r\nContent-Type: text/xml\r\n\r\n<a/>\r\n"


@pytest.mark.parametrize(
    ("body", "kind", "why"),
    [
        (WHOLE, "multipart/related", "boundary"),
        (WHOLE, 'multipart/related; boundary="' + "x" * 71 + '"', "boundary"),
        (b"", SIMPLE, "ends before"),
        (b"--cut--", SIMPLE, "without any part"),
        (XML + b"--cut\r\nContent-ID: <b>\r\n\r\n" * 2 + b"--cut--", SIMPLE, "two parts"),
        (XML + (b"--cut\r\nContent-ID: <b>\r\n\r\nx\r\n" * 2) + b"--cut--", SIMPLE, "two parts"),
        (XML * (PARTS_MOST + 1) + b"--cut--", SIMPLE, "more than"),
        (b"--cut\r\nA: " + b"x" * HEADERS_MOST_BYTES + b"\r\n\r\n<a/>\r\n--cut--", SIMPLE, "do not end"),
        (b"--cut\r\nnothing\r\n\r\n<a/>\r\n--cut--", SIMPLE, "colon"),
        (XML + b"--cut\r\nContent-Transfer-Encoding: x-uu\r\n\r\nx\r\n--cut--", SIMPLE, "x-uu"),
        (XML + b"--cut\r\nContent-Transfer-Encoding: base64\r\n\r\n*\r\n--cut--", SIMPLE, "base64"),
    ],
)
def test_what_is_no_package_is_refused(body: bytes, kind: str, why: str) -> None:
    with pytest.raises(NotAPackage, match=why):
        unpacked(body, kind)


def test_a_line_break_cannot_be_put_into_the_headers() -> None:
    with pytest.raises(CallerError):
        packed(ROOT, (Part("a\r\nb", "text/plain", b""),), root_type="text/xml")
