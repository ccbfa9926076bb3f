"""A file in a loop: nothing lost, no drift, one continuous time line."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from vedette.base.clock import ManualClock
from vedette.media.codecs.h264 import H264
from vedette.media.hub import Stream
from vedette.media.sources.file import FileSource
from vedette.media.unit import AccessUnit, Track

FRAMES = 30
RATE = Fraction(30_000, 1001)
STEP = 3003


def write(
    path: Path,
    codec: str = "libx264",
    audio: str = "",
    *,
    frames: int = FRAMES,
    container: dict[str, str] | None = None,
    **options: str,
) -> Path:
    """A small moving picture with two B-frames in a row where the codec has them, and perhaps sound."""
    with av.open(str(path), "w", container_options=container) as out:
        video: Any = out.add_stream(codec, rate=RATE, options=options)
        video.width, video.height = 64, 48
        video.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        sound: Any = out.add_stream(audio, rate=8000 if audio.startswith("pcm") else 48000) if audio else None
        if sound is not None:
            sound.layout = "mono"
        for number in range(frames):
            picture = np.full((48, 64), 16 + 5 * (number % FRAMES), np.uint8)
            picture[number % FRAMES : number % FRAMES + 8, 10:30] = 235
            frame = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format=video.pix_fmt)
            frame.pts = number
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        if sound is not None:
            hz = sound.rate
            wave = (8000 * np.sin(np.arange(int(hz * 1.2 * frames / FRAMES)) / 20)).astype(np.int16)
            for start in range(0, len(wave) - 1023, 1024):
                piece = av.AudioFrame.from_ndarray(wave[np.newaxis, start : start + 1024], "s16", "mono")
                piece.sample_rate, piece.pts = hz, start
                out.mux(sound.encode(piece))
            out.mux(sound.encode(None))
    return path


class Log:
    """Everything published, with the monotonic and civil time of publishing."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.tracks: list[tuple[Track, ...]] = []
        self.entries: list[tuple[AccessUnit, float, int]] = []

    def tracks_changed(self, tracks: tuple[Track, ...]) -> None:
        self.tracks.append(tracks)

    def receive(self, units: Sequence[AccessUnit]) -> None:
        self.entries += [(unit, self._clock.monotonic_s(), self._clock.utc_us()) for unit in units]

    def units(self, track: int = 0) -> list[AccessUnit]:
        return [unit for unit, _, _ in self.entries if unit.track == track]


def played(
    path: Path, until: Callable[[FileSource, Log], bool], *, has_audio: bool = True
) -> tuple[FileSource, Log, Stream]:
    """Run a source in simulated time until something holds; at most 2000 waits."""
    clock, stream = ManualClock(), Stream("film")
    log = Log(clock)
    stream.attach(log)
    waits = itertools.count()

    async def sleep(seconds: float) -> None:
        clock.advance(seconds)
        await asyncio.sleep(0)
        if until(source, log) or next(waits) > 2000:
            raise asyncio.CancelledError

    source = FileSource(path, stream, clock=clock, has_audio=has_audio, sleep=sleep)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(source.run())
    return source, log, stream


def three_rounds(source: FileSource, log: Log) -> bool:
    return len(log.units()) > 3 * FRAMES


@pytest.mark.parametrize(
    ("name", "codec", "audio", "names"),
    [
        ("a.mp4", "libx264", "aac", ["H264", "AAC"]),
        ("a.ts", "libx264", "aac", ["H264", "AAC"]),
        ("a.mov", "libx264", "pcm_mulaw", ["H264", "PCMU"]),
        ("a.mp4", "libx265", "", ["H265"]),
        ("a.avi", "mjpeg", "pcm_alaw", ["JPEG", "PCMA"]),
    ],
)
def test_frames_keep_their_rate_over_the_end_of_the_file(
    tmp_path: Path, name: str, codec: str, audio: str, names: list[str]
) -> None:
    options = {"x265-params": "log-level=none:bframes=2"} if codec == "libx265" else {"bf": "2", "g": "10"}
    path = write(tmp_path / name, codec, audio, **({} if codec == "mjpeg" else options))
    source, log, stream = played(path, three_rounds)
    assert source.rounds_total >= 3
    assert [track.codec for track in stream.tracks] == names
    assert (stream.tracks[0].width, stream.tracks[0].height) == (64, 48)
    video = log.units()[: 3 * FRAMES]
    shown = sorted(unit.pts for unit in video)
    assert {b - a for a, b in itertools.pairwise(shown)} == {STEP}
    published = [now_s for unit, now_s, _ in log.entries if unit.track == 0]
    assert all(b - a == pytest.approx(STEP / 90_000, abs=1e-4) for a, b in itertools.pairwise(published))
    first = video[0]
    for unit in video:
        assert (unit.utc_us - first.utc_us) == pytest.approx((unit.pts - first.pts) * 100 / 9, abs=2)
    assert all(unit.utc_us <= now_us + 1000 for unit, _, now_us in log.entries)
    assert not any(unit.is_discontinuous for unit, _, _ in log.entries)


def test_the_sound_of_a_file_is_left_out_where_it_is_not_wanted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", "libx264", "aac", bf="2", g="10")
    source, log, stream = played(path, three_rounds, has_audio=False)
    assert [track.codec for track in stream.tracks] == ["H264"]
    assert {unit.track for unit, _, _ in log.entries} == {0}
    assert source.left_out == ()


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_the_units_decode_without_error_in_the_published_order(tmp_path: Path, name: str, decode) -> None:  # type: ignore[no-untyped-def]
    path = write(tmp_path / name, "libx264", bf="2", g="10")
    _, log, stream = played(path, three_rounds)
    frames = decode(stream.tracks[0], log.units()[: 2 * FRAMES])
    assert len(frames) == 2 * FRAMES
    brightness = [int(frame.to_ndarray()[46, 2]) for frame in frames]
    assert brightness[:FRAMES] == sorted(
        set(brightness[:FRAMES])
    )  # each frame was drawn brighter than the last
    assert brightness[FRAMES:] == brightness[:FRAMES]


@pytest.mark.parametrize(("name", "audio", "usual"), [("a.mp4", "aac", 1024), ("a.mov", "pcm_mulaw", 160)])
def test_sound_never_overlaps_and_misses_at_most_a_unit_where_rounds_meet(
    tmp_path: Path, name: str, audio: str, usual: int
) -> None:
    path = write(tmp_path / name, "libx264", audio)
    _, log, _ = played(path, three_rounds)
    steps = [b.pts - a.pts for a, b in itertools.pairwise(log.units(1))]
    assert min(steps) == usual
    assert max(steps) < 2 * usual
    assert sum(step != usual for step in steps) <= 3


def test_a_last_unit_of_sound_that_the_file_cuts_short_is_played_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.m4a"
    with av.open(str(path), "w") as out:
        sound: Any = out.add_stream("aac", rate=48000)
        sound.layout = "mono"
        for number, samples in enumerate([1024] * 20 + [512]):
            piece = av.AudioFrame.from_ndarray(np.zeros((1, samples), np.float32), "fltp", "mono")
            piece.sample_rate, piece.pts = 48000, number * 1024
            out.mux(sound.encode(piece))
        out.mux(sound.encode(None))
    source, log, _ = played(path, lambda source, _: source.rounds_total >= 3)
    assert source.rounds_total == 3
    assert {b.pts - a.pts for a, b in itertools.pairwise(log.units())} == {1024}


def test_files_put_one_behind_the_other_are_played_one_after_the_other(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ts", "libx264", "aac", frames=3 * FRAMES, bf="2", g="10")
    path.write_bytes(path.read_bytes() * 2)
    _, log, _ = played(path, lambda _, log: len(log.units()) > 6 * FRAMES)
    video, sound = log.units()[: 6 * FRAMES], log.units(1)
    assert {b - a for a, b in itertools.pairwise(sorted(unit.pts for unit in video))} == {STEP}
    assert [unit.data for unit in video[: 3 * FRAMES]] == [unit.data for unit in video[3 * FRAMES :]]
    assert [unit.is_discontinuous for unit in video].count(True) == 1
    assert all(1024 <= b.pts - a.pts < 4 * 1024 for a, b in itertools.pairwise(sound))


def test_streams_that_begin_in_the_middle_of_a_file_are_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ts", "libx264", "aac", frames=12 * FRAMES)  # more than FFmpeg looks into
    others = {"mpegts_start_pid": "512", "mpegts_pmt_start_pid": "5376"}
    path.write_bytes(path.read_bytes() + write(tmp_path / "b.ts", container=others).read_bytes())
    _, log, _ = played(path, lambda source, _: source.rounds_total >= 2)
    assert len(log.units()) >= 2 * 12 * FRAMES


def test_sound_of_which_nothing_is_known_at_the_beginning_is_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ts", frames=3 * FRAMES)
    path.write_bytes(path.read_bytes() + write(tmp_path / "b.ts", "libx264", "aac").read_bytes())
    source, log, _ = played(path, lambda source, _: source.rounds_total >= 2)
    assert len(log.units()) >= 2 * 4 * FRAMES
    assert source.left_out == () or "begins too late" in source.left_out[0]


def test_damaged_packets_are_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", "libx264", "aac", bf="2", g="10")
    with av.open(str(path)) as whole:
        places = [packet.pos for packet in whole.demux(video=0) if packet.size]
    data = bytearray(path.read_bytes())
    assert places[12] is not None
    data[places[12] : places[12] + 4] = b"\x7f\xff\xff\xff"  # the length of its first NAL unit
    path.write_bytes(data)
    source, log, stream = played(path, three_rounds)
    assert source.rounds_total >= 3
    assert stream.lost_total >= 3
    video = log.units()[: 3 * (FRAMES - 1)]
    assert {b - a for a, b in itertools.pairwise(sorted(unit.pts for unit in video))} == {STEP, 2 * STEP}


def test_a_file_without_a_whole_packet_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", "libx264")
    with av.open(str(path)) as whole:
        places = [packet.pos for packet in whole.demux(video=0) if packet.size]
    data = bytearray(path.read_bytes())
    for place in places:
        assert place is not None
        data[place : place + 4] = b"\x7f\xff\xff\xff"
    path.write_bytes(data)
    source, _, _ = played(path, lambda source, _: "NAL unit" in source.streams[0].problem)
    assert source.rounds_total == 0


def test_a_raw_stream_tells_its_tracks_with_the_first_picture(tmp_path: Path) -> None:
    path = write(tmp_path / "a.h264", "libx264", bf="0", g="10")
    _, log, _ = played(path, three_rounds)
    assert len(log.tracks) == 1
    assert [nal[0] & 31 for nal in log.tracks[0][0].setup] == [7, 8]
    assert log.units()[0].is_key


@pytest.mark.parametrize(
    ("name", "codec", "few"),
    [
        ("a.h264", "libx264", {}),
        ("a.hevc", "libx265", {"x265-params": "log-level=none"}),
        ("a.avi", "libx264", {}),
    ],
)
def test_b_frames_in_a_file_that_does_not_tell_when_to_show_them_are_refused(
    tmp_path: Path, name: str, codec: str, few: dict[str, str]
) -> None:
    path = write(tmp_path / name, codec, bf="2", **few)
    source, log, _ = played(path, lambda source, _: "B-frames" in source.streams[0].problem)
    assert log.units() == []
    assert source.rounds_total == 0
    path = write(
        tmp_path / f"without-{name}", codec, bf="0", **(few and {"x265-params": "log-level=none:bframes=0"})
    )
    _, log, _ = played(path, three_rounds)
    assert [unit.pts for unit in log.units()] == sorted(unit.pts for unit in log.units())


def begins_late(folder: Path, codec: str) -> Path:
    """A raw stream of 400 pictures in the order of showing, and then some that are not."""
    name = "a.h264" if codec == "libx264" else "a.hevc"
    options = [
        {"bf": frames} if codec == "libx264" else {"x265-params": f"log-level=none:bframes={frames}"}
        for frames in ("0", "2")
    ]
    path = write(folder / name, codec, frames=400, **options[0], g="10")
    late = write(folder / f"late-{name}", codec, **options[1], g="10")
    path.write_bytes(path.read_bytes() + late.read_bytes())
    return path


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_b_frames_that_begin_late_are_noticed_where_they_do(tmp_path: Path, codec: str) -> None:
    path = begins_late(tmp_path, codec)
    problems: list[str] = []

    def thrice(source: FileSource, log: Log) -> bool:
        if source.streams[0].problem:
            problems.append(source.streams[0].problem)
        return len(problems) == 3

    _, log, _ = played(path, thrice)
    assert all("it has B-frames" in each for each in problems)
    assert len(problems) == 3
    pts = [unit.pts for unit in log.units()]
    assert 300 < len(pts) <= 400  # played once
    assert pts == sorted(pts)


def test_b_frames_of_which_no_parameter_set_tells_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(H264, "may_reorder", lambda form, nal: None)
    path = begins_late(tmp_path, "libx264")
    _, log, _ = played(path, lambda source, _: "it has B-frames" in source.streams[0].problem)
    assert 300 < len(log.units()) <= 400


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "cannot open"), (b"", "cannot open"), (b"no film at all" * 100, "cannot open")],
)
def test_a_file_that_cannot_be_read_is_a_problem_in_words_and_tried_again(
    tmp_path: Path, content: bytes | None, problem: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "broken.mp4"
    if content is not None:
        path.write_bytes(content)
    problems: list[str] = []

    def thrice(source: FileSource, log: Log) -> bool:
        problems.append(source.streams[0].problem)
        return len(problems) == 3

    played(path, thrice)
    assert all(problem in each and "broken.mp4" in each for each in problems)
    assert all(problem in each and "next try in" in each for each in caplog.messages[:2])


def test_video_that_cannot_be_carried_says_how_to_convert_it(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", "mpeg4")
    problems: list[str] = []

    def once(source: FileSource, log: Log) -> bool:
        problems.append(source.streams[0].problem)
        return True

    played(path, once)
    assert "its video is mpeg4" in problems[0]
    assert "ffmpeg" in problems[0]


def test_after_a_failure_time_goes_on_and_says_that_it_jumped(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", "libx264")
    whole = path.read_bytes()

    def break_and_mend(source: FileSource, log: Log) -> bool:
        count = len(log.units())
        if source.streams[0].problem:
            path.write_bytes(whole)
        elif FRAMES // 2 < count < FRAMES:
            path.write_bytes(b"")
        return count > 2 * FRAMES

    _, log, _ = played(path, break_and_mend)
    video = log.units()
    assert [n for n, unit in enumerate(video) if unit.is_discontinuous] == [FRAMES]
    assert video[FRAMES].pts > max(unit.pts for unit in video[:FRAMES])
    assert video[FRAMES].utc_us > max(unit.utc_us for unit in video[:FRAMES])
