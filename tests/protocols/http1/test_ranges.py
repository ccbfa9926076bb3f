"""Ranges of bytes: what clients ask for, and what is not heeded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.protocols.http1.ranges import ByteRange, NotSatisfiable, wanted_range
from vedette.protocols.http1.request import Headers

TAG = '"abc"'


def asked(text: str, *, condition: str = "", size: int = 1000) -> ByteRange | None:
    fields = [("Range", text)] if text else []
    return wanted_range(Headers(fields + ([("If-Range", condition)] if condition else [])), size, TAG)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("bytes=0-499", (0, 500)),
        ("bytes=500-", (500, 1000)),
        ("bytes=-200", (800, 1000)),
        ("bytes=-2000", (0, 1000)),
        ("bytes=999-999", (999, 1000)),
        ("bytes=0-5000", (0, 1000)),
        ("BYTES= 1-2 ", (1, 3)),
    ],
)
def test_one_range_is_heeded(text: str, wanted: tuple[int, int]) -> None:
    assert asked(text) == wanted


@pytest.mark.parametrize(
    "text",
    ["", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "bytes=0-1,5-6", "items=0-5", "0-5", "bytes=٣-٤"],
)
def test_what_is_no_single_range_of_bytes_gets_the_whole(text: str) -> None:
    assert asked(text) is None


@pytest.mark.parametrize("text", ["bytes=1000-", "bytes=1000-2000", "bytes=-0"])
def test_what_lies_behind_the_end_is_refused(text: str) -> None:
    with pytest.raises(NotSatisfiable, match="there are 1000 bytes"):
        asked(text)


def test_a_range_of_what_has_changed_meanwhile_gets_the_whole() -> None:
    assert asked("bytes=5-", condition=TAG) == (5, 1000)
    for other in ('"abd"', 'W/"abc"', "Tue, 15 Nov 1994 12:45:26 GMT"):
        assert asked("bytes=5-", condition=other) is None
        assert asked("bytes=1000-", condition=other) is None


def test_a_range_is_told_as_content_range_wants_it() -> None:
    assert ByteRange(0, 500).of(1234) == "bytes 0-499/1234"


@given(st.text() | st.from_regex(r"bytes=[0-9]{0,20}-[0-9]{0,20}"), st.integers(1, 1 << 62))
def test_whatever_is_asked_for_lies_in_what_there_is(text: str, size: int) -> None:
    try:
        found = wanted_range(Headers([("Range", text)]), size, TAG)
    except NotSatisfiable:
        return
    assert found is None or 0 <= found.begin < found.end <= size
