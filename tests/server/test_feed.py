"""Live fragments for browsers: what MediaSource would take for a jump in time must not be in them."""

from fractions import Fraction
from io import BytesIO
from itertools import pairwise

import av
import msgspec
import pytest

from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.server.browser.feed import Feed, NotPlayable

SPS = bytes.fromhex("67640020acb405017fcb808800000300080000030190789175")
VIDEO = Track(
    number=0,
    kind=TrackKind.VIDEO,
    codec="H264",
    clock_hz=90_000,
    setup=(SPS, b"\x68\xee\x0f\x2c\x8b"),
    width=640,
    height=360,
)
AUDIO = Track(number=1, kind=TrackKind.AUDIO, codec="AAC", clock_hz=16_000, setup=(b"\x14\x08",), channels=1)
HEVC = Track(
    number=0,
    kind=TrackKind.VIDEO,
    codec="H265",
    clock_hz=90_000,
    setup=(
        bytes.fromhex("40010c01ffff016000000300900000030000030078959809"),
        bytes.fromhex("420101016000000300900000030000030078a003c08010e596566924cae68080000003008000000c84"),
        bytes.fromhex("4401c172b46240"),
    ),
    width=1920,
    height=1080,
)
STEP = 3600


def picture(frame: int, *, is_key: bool = False) -> AccessUnit:
    data = b"\0\0\0\5" + (b"\x65" if is_key else b"\x41") + frame.to_bytes(4, "big")
    utc_us = 1_700_000_000_000_000 + frame * 40_000
    return AccessUnit(track=0, utc_us=utc_us, pts=frame * STEP, data=data, is_key=is_key)


def sound(frame: int) -> AccessUnit:
    utc_us = picture(frame).utc_us
    return AccessUnit(track=1, utc_us=utc_us, pts=frame * 640, data=b"\x21\x10\x05", is_key=True)


def packets(units: list[AccessUnit]) -> list[tuple[Fraction, Fraction, Fraction]]:
    """Decode time, time of showing and duration of each picture of a live feed, in frames."""
    feed = Feed([VIDEO])
    data = feed.init_segment(units[0].utc_us) + b"".join(feed.live_fragments([unit]) for unit in units)
    with av.open(BytesIO(data)) as movie:
        found = [p for p in movie.demux(video=0) if p.size]
    return [tuple(Fraction(v or 0) / STEP for v in (p.dts, p.pts, p.duration)) for p in found]  # type: ignore[misc]


def jumps(found: list[tuple[Fraction, Fraction, Fraction]]) -> list[int]:
    """Where a browser drops everything up to the next key frame (W3C Media Source Extensions §3.5.8)."""
    pairs = pairwise(found)
    return [at for at, (before, after) in enumerate(pairs) if not 0 < after[0] - before[0] <= 2 * before[2]]


@pytest.mark.parametrize(
    "shown",
    [
        [0, 1, 2, 3, 4, 5],
        [0, 1, 2, 9, 10, 11],
        [0, 3, 1, 2, 6, 4, 5, 9, 7, 8],
        [0, 4, 2, 1, 3, 8, 6, 5, 7, 12, 10, 9, 11],
    ],
    ids=["in order", "frames left out", "two B-frames", "a pyramid"],
)
def test_nothing_looks_like_a_jump(shown: list[int]) -> None:
    found = packets([picture(frame, is_key=frame == 0) for frame in shown])

    assert len(found) >= len(shown) - 4
    assert [each[1] for each in found] == shown[: len(found)]
    assert jumps(found) == []


def test_a_picture_comes_when_the_next_one_tells_how_long_it_lasts() -> None:
    feed = Feed([VIDEO])

    assert feed.live_fragments([picture(0, is_key=True)]) == b""
    assert feed.live_fragments([picture(1)])
    assert feed.live_fragments([]) == b""


def test_a_key_frame_begins_anew_after_times_went_back() -> None:
    feed = Feed([VIDEO])
    feed.live_fragments([picture(100, is_key=True), picture(101)])

    assert feed.live_fragments([picture(3, is_key=True), picture(4)])


def test_key_frames_that_are_no_idr_pictures_tell_browsers_what_they_are() -> None:
    units = [
        picture(0, is_key=True),
        picture(1),
        msgspec.structs.replace(picture(2), is_key=True),
        picture(3),
    ]
    data = Feed([VIDEO]).fragments(units)
    recovery_point = b"\0\0\0\5\6\6\1\x84\x80"
    assert data.count(recovery_point) == 1
    assert recovery_point + units[2].data in data


def test_sound_of_the_very_instant_of_the_first_picture_belongs_to_it() -> None:
    feed = Feed([VIDEO, AUDIO])
    units = [unit for frame in range(3) for unit in (picture(frame, is_key=frame == 0), sound(frame))]
    data = feed.init_segment(units[0].utc_us) + feed.live_fragments(units)

    with av.open(BytesIO(data)) as movie:
        times = [p.pts * p.time_base for p in movie.demux(audio=0) if p.size]  # type: ignore[operator]
    assert times == [0, Fraction(1, 25)]


@pytest.mark.parametrize("is_kept", [True, False], ids=["with what is kept", "one by one"])
def test_sound_from_before_the_first_picture_makes_no_later_sound_late(is_kept: bool) -> None:
    """Sound that comes 400 ms behind its picture, as from many cameras."""
    began_us = picture(0).utc_us
    units = []
    for frame in range(30):
        sound_us = picture(frame).utc_us - 393_000
        pts = (sound_us - began_us) * 16 // 1000 + 16_000
        sound = AccessUnit(track=1, utc_us=sound_us, pts=pts, data=b"\x21\x10\x05", is_key=True)
        units += [picture(frame, is_key=frame == 0), sound]
    feed = Feed([VIDEO, AUDIO])
    fragments = feed.live_fragments(units) if is_kept else b"".join(feed.live_fragments([u]) for u in units)

    with av.open(BytesIO(feed.init_segment(began_us) + fragments)) as movie:
        times = [float(p.pts * p.time_base) for p in movie.demux(audio=0) if p.size]  # type: ignore[operator]

    assert times[0] == pytest.approx(0.007)
    assert times[-1] < 0.8


@pytest.mark.parametrize("set_us", [3_600_000_000, -3_600_000_000])
def test_sound_stays_beside_the_picture_when_the_clock_is_set(set_us: int) -> None:
    units = []
    for frame in range(50):
        late_us = set_us if frame >= 20 else 0
        shown, heard = picture(frame, is_key=frame % 25 == 0), sound(frame)
        units += [msgspec.structs.replace(each, utc_us=each.utc_us + late_us) for each in (shown, heard)]
    feed = Feed([VIDEO, AUDIO])
    data = feed.init_segment(units[0].utc_us) + b"".join(feed.live_fragments([unit]) for unit in units)
    with av.open(BytesIO(data)) as movie:
        found = [(p.stream.type, float(p.pts * p.time_base)) for p in movie.demux() if p.size]
    latest = {kind: max(time for each, time in found if each == kind) for kind in ("video", "audio")}
    assert abs(latest["video"] - latest["audio"]) < 0.1
    assert latest["video"] < 2.1


def shown_and_heard(frames: range, *, is_heard: bool) -> list[AccessUnit]:
    pictures = [picture(frame, is_key=frame % 25 == 0) for frame in frames]
    return [unit for each in pictures for unit in ([each, sound(each.pts // STEP)] if is_heard else [each])]


@pytest.mark.parametrize(
    ("heard", "unheard", "is_missed"),
    [(0, 30, False), (0, 50, True), (50, 30, False), (50, 50, True), (50, 0, False)],
)
def test_sound_that_is_announced_and_does_not_come_is_missed(
    heard: int, unheard: int, is_missed: bool
) -> None:
    feed = Feed([VIDEO, AUDIO])
    assert not feed.lacks_sound(shown_and_heard(range(heard), is_heard=True))
    rest = shown_and_heard(range(heard, heard + unheard), is_heard=False)
    assert any([feed.lacks_sound([unit]) for unit in rest]) == is_missed
    assert not feed.without_sound().lacks_sound(rest)
    assert "mp4a" not in feed.without_sound().mime


@pytest.mark.parametrize("set_us", [20_000_000, -20_000_000], ids=["a gap", "a clock set back"])
def test_sound_is_not_missed_where_there_are_no_pictures_either(set_us: int) -> None:
    feed = Feed([VIDEO, AUDIO])
    assert not feed.lacks_sound(shown_and_heard(range(50), is_heard=True))
    for unit in shown_and_heard(range(50, 100), is_heard=True):
        assert not feed.lacks_sound([msgspec.structs.replace(unit, utc_us=unit.utc_us + set_us)])


def test_no_sound_is_missed_where_none_is_played() -> None:
    spoken = msgspec.structs.replace(AUDIO, codec="PCMU", clock_hz=8000, setup=())
    for tracks in ([VIDEO], [VIDEO, spoken]):
        assert not Feed(tracks).lacks_sound(shown_and_heard(range(100), is_heard=False))


@pytest.mark.parametrize(
    ("profile", "codec"),
    [
        ("01600000030090", "hvc1.1.6.L120.90"),
        ("64080000030090", "hvc1.A4.10.H120.90"),
        ("01600000030000", "hvc1.1.6.L120"),
    ],
    ids=["main", "another space and tier", "no constraints"],
)
def test_h265_is_named_as_browsers_are_asked_for_it(profile: str, codec: str) -> None:
    vps, sps, pps = HEVC.setup
    sps = bytes.fromhex(sps.hex().replace("01600000030090", profile, 1))
    feed = Feed([msgspec.structs.replace(HEVC, setup=(vps, sps, pps)), AUDIO])
    assert feed.mime == f'video/mp4; codecs="{codec},mp4a.40.2"'


def test_h265_comes_as_fragments_as_h264_does() -> None:
    feed = Feed([HEVC])
    slices = [
        msgspec.structs.replace(
            picture(frame), data=b"\0\0\0\4" + (b"\x02", b"\x28")[not frame] + b"\1\xaf\x80"
        )
        for frame in range(4)
    ]
    units = [msgspec.structs.replace(slices[0], is_key=True), *slices[1:]]
    data = feed.init_segment(units[0].utc_us) + feed.live_fragments(units)
    with av.open(BytesIO(data)) as movie:
        assert movie.streams.video[0].codec_context.name == "hevc"
        assert movie.streams.video[0].codec_context.extradata
        assert [p.pts for p in movie.demux(video=0) if p.size] == [0, STEP, 2 * STEP]


@pytest.mark.parametrize(
    ("track", "why"),
    [
        (msgspec.structs.replace(VIDEO, codec="JPEG", setup=()), "browsers cannot play JPEG"),
        (msgspec.structs.replace(VIDEO, setup=()), "no parameter sets yet"),
        (msgspec.structs.replace(HEVC, setup=HEVC.setup[:1]), "no parameter sets yet"),
        (msgspec.structs.replace(HEVC, setup=(HEVC.setup[1][:20],)), "H265"),
        (AUDIO, "there is no video"),
    ],
    ids=["MJPEG", "H.264 to come", "H.265 to come", "H.265 cut off", "sound alone"],
)
def test_what_no_browser_plays_is_said(track: Track, why: str) -> None:
    with pytest.raises(NotPlayable, match=why):
        Feed([track])
