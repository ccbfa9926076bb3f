"""A reader is bounded, goes on at key frames, and never blocks the stream."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.media.hub import Stream
from vedette.media.reader import StreamEnded, StreamReader
from vedette.media.unit import AccessUnit, Track, TrackKind

VIDEO = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000)
AUDIO = Track(number=1, kind=TrackKind.AUDIO, codec="PCMU", clock_hz=8_000)


def unit(number: int, track: int = 0, *, is_key: bool = False, size: int = 10) -> AccessUnit:
    return AccessUnit(track=track, utc_us=number, pts=number, data=bytes(size), is_key=is_key or track == 1)


def live(*tracks: Track) -> Stream:
    stream = Stream("yard")
    stream.announce(tracks or (VIDEO,))
    return stream


async def read(reader: StreamReader) -> list[int]:
    return [each.pts for each in await reader.read()]


def test_reading_begins_with_the_kept_group() -> None:
    async def case() -> None:
        stream = live()
        stream.publish([unit(1, is_key=True), unit(2)])
        with StreamReader(stream) as reader:
            stream.publish([unit(3)])
            assert await read(reader) == [1, 2, 3]
        assert stream.sinks == ()

    asyncio.run(case())


def test_without_the_kept_group_reading_begins_with_the_next_key_frame() -> None:
    async def case() -> None:
        stream = live(VIDEO, AUDIO)
        stream.publish([unit(1, is_key=True)])
        with StreamReader(stream, from_kept=False) as reader:
            stream.publish([unit(2), unit(3, 1), unit(4, is_key=True), unit(5, 1)])
            assert await read(reader) == [4, 5]
            assert reader.dropped_total == 0

    asyncio.run(case())


def test_a_full_reader_drops_to_the_next_key_frame_counts_and_says_so() -> None:
    async def case() -> None:
        stream = live(VIDEO, AUDIO)
        with StreamReader(stream, most_units=4) as reader:
            stream.publish([unit(1, is_key=True), *(unit(n) for n in range(2, 8)), unit(8, 1)])
            stream.publish([unit(9, is_key=True), unit(10), unit(11, 1)])
            units = await reader.read()
            assert [each.pts for each in units] == [9, 10, 11]
            assert [each.is_discontinuous for each in units] == [True, False, True]
            assert reader.dropped_total == 8

    asyncio.run(case())


def test_without_video_a_full_reader_goes_on_at_once() -> None:
    async def case() -> None:
        stream = live(AUDIO)
        with StreamReader(stream, most_units=3) as reader:
            stream.publish([unit(n, 1) for n in range(1, 6)])
            assert await read(reader) == [4, 5]
            assert reader.dropped_total == 3

    asyncio.run(case())


def test_a_waiting_reader_wakes() -> None:
    async def case() -> None:
        stream = live()
        with StreamReader(stream) as reader:
            waiting = asyncio.create_task(read(reader))
            await asyncio.sleep(0)
            stream.publish([unit(1, is_key=True)])
            assert await waiting == [1]

    asyncio.run(case())


def test_other_tracks_replace_what_waits() -> None:
    async def case() -> None:
        stream = live()
        with StreamReader(stream) as reader:
            stream.publish([unit(1, is_key=True)])
            stream.announce((VIDEO, AUDIO))
            stream.publish([unit(2), unit(3, is_key=True)])
            assert reader.tracks == (VIDEO, AUDIO)
            assert await read(reader) == [3]

    asyncio.run(case())


def test_a_removed_stream_ends_the_reading() -> None:
    async def case() -> None:
        stream = live()
        with StreamReader(stream) as reader:
            waiting = asyncio.create_task(reader.read())
            await asyncio.sleep(0)
            stream.end()
            with pytest.raises(StreamEnded, match="yard"):
                await waiting

    asyncio.run(case())


@given(st.lists(st.tuples(st.integers(0, 1), st.booleans(), st.integers(1, 40)), max_size=60))
@settings(max_examples=60)
def test_whatever_is_published_the_queue_stays_bounded_and_every_gap_ends_at_a_key_frame(
    published: list[tuple[int, bool, int]],
) -> None:
    async def case() -> None:
        stream = live(VIDEO, AUDIO)
        with StreamReader(stream, most_units=10, most_bytes=200) as reader:
            stream.publish(
                [unit(n, track, is_key=key, size=size) for n, (track, key, size) in enumerate(published)]
            )
            if not reader._waiting:
                return
            units = await reader.read()
            assert len(units) <= 10
            assert sum(len(each.data) for each in units) <= 200
            assert units[0].track == 0
            assert units[0].is_key
            assert [each.pts for each in units] == list(range(units[0].pts, units[0].pts + len(units)))

    asyncio.run(case())
