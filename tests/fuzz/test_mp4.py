"""Whatever bytes a file holds, it is read or refused as malformed."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.protocols.mp4.boxes import MalformedFile, children
from vedette.protocols.mp4.fragments import SampleRun, UnitTable, fragment_head
from vedette.protocols.mp4.movie import UnsupportedVersion, parse_supplementary, starts_in_meta
from vedette.protocols.mp4.seektable import (
    SeekEntry,
    SyncPoint,
    random_access,
    read_seek_table,
    sync_points_of,
)
from vedette.protocols.mp4.walk import FragmentWalk

RUNS = [
    SampleRun(1, 90_000, [3600, 3601, 3600], [30, 20, 10], [True, False, True], [0, 7200, -3600]),
    SampleRun(2, 8_000, [320, 320], [5, 6], None, None),
]
UTC_US = 1_700_000_000_000_000
TABLE = UnitTable([5, -5], b"\0\1\0\x81\0", [UTC_US + n for n in range(5)], True)
FRAGMENT = fragment_head(1, UTC_US, RUNS, [90_000, 8_000], TABLE) + bytes(71)
FILE = FRAGMENT * 2 + random_access([SeekEntry(UTC_US, 0, True)], {1: [SyncPoint(0, 32, 1)]})


def walk_over(data: bytes) -> None:
    walk = FragmentWalk(0)
    while walk.following(lambda at, size: data[at : at + size], len(data)) is not None:
        assert walk.at <= len(data)


def refuse_or_read(data: bytes) -> None:
    walk_over(data)
    for parse in (
        lambda: read_seek_table(lambda at, size: data[at : at + size], len(data)),
        lambda: list(children(data)),
        lambda: starts_in_meta(memoryview(data)),
        lambda: parse_supplementary(memoryview(data)),
        lambda: sync_points_of(memoryview(data)),
    ):
        try:
            parse()
        except (MalformedFile, UnsupportedVersion):
            continue


@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    refuse_or_read(data)


@settings(max_examples=300)
@given(
    changes=st.lists(
        st.tuples(
            st.integers(0, len(FILE) - 1), st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]) | st.integers(0, 255)
        ),
        min_size=1,
        max_size=4,
    ),
    cut=st.integers(1, len(FILE)),
)
def test_any_damage_to_a_file_is_read_or_refused(changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(FILE)
    for at, value in changes:
        data[at] = value
    refuse_or_read(bytes(data))
    refuse_or_read(bytes(data[:cut]))


def test_every_single_byte_may_be_wrong() -> None:
    chance = random.Random(5)
    for at in range(len(FILE)):
        data = bytearray(FILE)
        data[at] ^= 1 << chance.randrange(8)
        walk_over(bytes(data))
