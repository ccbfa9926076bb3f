"""Boxes end where they say, and never outside of what holds them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.protocols.mp4.boxes import (
    MalformedFile,
    box,
    child,
    children,
    full_box,
    large_box_header,
    parse_header,
    uuid_box,
    uuid_content,
)

KINDS = st.binary(min_size=4, max_size=4)


@given(boxes=st.lists(st.tuples(KINDS, st.binary(max_size=40)), max_size=8))
def test_boxes_are_read_back_as_written(boxes: list[tuple[bytes, bytes]]) -> None:
    written = b"".join(box(kind, content) for kind, content in boxes)

    assert [(each.kind, bytes(each.content)) for each in children(written)] == boxes


def test_a_full_box_opens_with_version_and_flags() -> None:
    assert full_box(b"tfdt", 1, 0x20, b"x") == b"\0\0\0\x0dtfdt\x01\0\0\x20x"


def test_a_box_may_run_to_the_end_or_have_a_large_size() -> None:
    to_the_end, large = children(large_box_header(b"free", 3) + b"abc" + b"\0\0\0\0mdat" + b"rest"), []
    large = [(each.kind, bytes(each.content)) for each in to_the_end]
    assert large == [(b"free", b"abc"), (b"mdat", b"rest")]


@pytest.mark.parametrize(
    "content",
    [
        b"\0\0\0",
        b"\0\0\0\x07free",
        b"\0\0\0\x09free",
        b"\0\0\0\x01free\0\0\0\0\0\0\0\x0f",
        b"\0\0\0\x08freex",
    ],
)
def test_a_box_that_breaks_its_bounds_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedFile):
        list(children(content))


def test_a_header_that_is_not_whole_asks_for_more() -> None:
    assert parse_header(b"\0\0\0\x20mda", 0, 0) is None
    assert parse_header(b"\0\0\0\x01mdat\0\0\0", 0, 0) is None


def test_a_missing_child_is_named() -> None:
    with pytest.raises(MalformedFile, match="moov"):
        child(box(b"free"), b"moov")


def test_a_private_box_is_known_by_its_type() -> None:
    [found] = children(uuid_box(b"0123456789abcdef", b"ours"))
    own = uuid_content(found.content, b"0123456789abcdef")
    assert own is not None
    assert bytes(own) == b"ours"
    assert uuid_content(found.content, bytes(16)) is None
