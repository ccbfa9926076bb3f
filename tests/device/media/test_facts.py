"""What a stream is, by its tracks and by what went by."""

import asyncio
from collections.abc import Callable, Collection
from typing import Any

import msgspec
import pytest

from vedette.device.media.facts import StreamFacts
from vedette.device.settings.document import CameraSettings
from vedette.media.hub import Stream
from vedette.media.unit import AccessUnit, Track, TrackKind

START_US = 1_700_000_000_000_000


def video(codec: str = "H264", width: int = 1280, height: int = 720, idc: int = 100) -> Track:
    setup = (bytes((0x67, idc, 0, 31)), b"\x68") if codec == "H264" else ()
    return Track(
        number=0,
        kind=TrackKind.VIDEO,
        codec=codec,
        clock_hz=90_000,
        setup=setup,
        width=width,
        height=height,
    )


SOUND = Track(number=1, kind=TrackKind.AUDIO, codec="AAC", clock_hz=48_000, channels=2)


def film(
    stream: Stream, first: int, last: int, *, fps: float, gop: int, octets: int, keys: Collection[int] = ()
) -> None:
    """Publish frames number `first` to `last`, every `gop`th a key frame, and those in `keys`."""
    for number in range(first, last):
        stream.publish(
            [
                AccessUnit(
                    track=0,
                    utc_us=START_US + int(number * 1_000_000 / fps),
                    pts=int(number * 90_000 / fps),
                    data=bytes(octets),
                    is_key=number % gop == 0 or number in keys,
                )
            ]
        )


def test_a_stream_that_was_never_live_is_assumed_to_be_usual(rig: Any) -> None:
    known = rig.media.facts.of(rig.hub.require("door/main"))
    assert (known.codec, known.width, known.height, known.is_measured) == ("H264", 1920, 1080, False)


def test_codec_size_profile_and_sound_come_from_the_tracks(rig: Any) -> None:
    stream = rig.hub.require("door/main")
    stream.announce((video(idc=66), SOUND))
    known = rig.media.facts.of(stream)
    assert (known.codec, known.width, known.height, known.profile) == ("H264", 1280, 720, "Baseline")
    assert (known.audio_codec, known.audio_hz, known.audio_channels) == ("AAC", 48_000, 2)
    configurations = rig.media.configurations.by_token()
    assert "asc_door" in configurations
    assert "md_door" not in configurations


@pytest.mark.parametrize(("idc", "profile"), [(1, "Main"), (2, "Main10"), (4, "Main")])
def test_the_profile_of_h265_comes_from_its_parameter_set(rig: Any, idc: int, profile: str) -> None:
    stream = rig.hub.require("door/main")
    setup = (b"\x40\1\x0c", bytes((0x42, 1, 1, 0x60 | idc, 0, 0)), b"\x44\1")
    stream.announce((msgspec.structs.replace(video("H265"), setup=setup),))
    assert rig.media.facts.of(stream).profile == profile


@pytest.mark.parametrize(
    ("codec", "fps", "gop"),
    [
        ("H264", 25, 50),
        ("H265", 15, 15),
        ("H264", 12.5, 25),
        ("H264", 29.97, 30),
        ("JPEG", 10, 1),
        ("JPEG", 0.5, 1),
    ],
)
def test_rates_are_measured_once_and_then_stand(rig: Any, codec: str, fps: float, gop: int) -> None:
    facts, stream = rig.media.facts, rig.hub.require("door/main")
    stream.announce((video(codec),))
    film(stream, 0, 1, fps=fps, gop=gop, octets=2000)
    facts.of(stream)
    film(stream, 1, int(fps * 6) + 1, fps=fps, gop=gop, octets=2000)
    measured = facts.of(stream)
    assert (measured.is_measured, measured.frame_rate, measured.gop) == (True, round(fps, 1), gop)
    assert measured.fps == max(round(fps), 1)
    assert 2000 * 8 * fps / 1000 <= measured.bitrate_kbps <= 2000 * 8 * fps / 1000 * 1.05 + 64
    film(stream, int(fps * 6) + 1, int(fps * 12), fps=fps, gop=gop, octets=9000)
    assert facts.of(stream) == measured


def sing(stream: Stream, first: int, last: int, octets: int) -> None:
    """Publish seconds `first` to `last`: 25 pictures each, and as many sounds."""
    for number in range(first * 25, last * 25):
        film(stream, number, number + 1, fps=25, gop=25, octets=2000)
        pts = number * 1920
        stream.publish([AccessUnit(track=1, utc_us=START_US, pts=pts, data=bytes(octets), is_key=True)])


@pytest.mark.parametrize(("octets", "kbps"), [(480, 96), (163, 32), (487, 96), (800, 160)])
def test_the_bit_rate_of_sound_is_measured_and_told_as_encoders_are_set(
    rig: Any, octets: int, kbps: int
) -> None:
    facts, stream, door = rig.media.facts, rig.hub.require("door/main"), rig.cameras.require("door")
    stream.announce((video(), SOUND))
    assert rig.media.encoders.audio(door, stream).bitrate_kbps == 2 * 64
    sing(stream, 0, 6, octets)
    assert facts.of(stream).is_measured
    assert rig.media.encoders.audio(door, stream).bitrate_kbps == kbps
    revision = facts.revision
    stream.withdraw("a moment")
    facts.of(stream)
    stream.announce((video(), SOUND))
    facts.of(stream)
    sing(stream, 6, 12, octets * 9 // 10)  # what varies is no other setting
    assert facts.revision == revision
    assert rig.media.encoders.audio(door, stream).bitrate_kbps == kbps


@pytest.mark.parametrize(("hz", "channels", "kbps"), [(8000, 1, 64), (16_000, 1, 128), (8000, 2, 128)])
def test_g711_has_the_bit_rate_of_its_samples(rig: Any, hz: int, channels: int, kbps: int) -> None:
    stream, door = rig.hub.require("door/main"), rig.cameras.require("door")
    sound = msgspec.structs.replace(SOUND, codec="PCMA", clock_hz=hz, channels=channels)
    stream.announce((video(), sound))
    sing(stream, 0, 6, 999)
    assert rig.media.encoders.audio(door, stream).bitrate_kbps == kbps


def test_rates_are_told_of_whole_groups_wherever_one_looks(rig: Any) -> None:
    facts, stream = rig.media.facts, rig.hub.require("door/main")
    stream.announce((video(),))
    facts.of(stream)
    film(stream, 0, 202, fps=25, gop=50, octets=2000)  # the latest key frame is two frames old
    measured = facts.of(stream)
    assert (measured.is_measured, measured.fps, measured.gop) == (True, 25, 50)


def test_a_network_that_loses_packets_does_not_keep_rates_from_being_measured(rig: Any) -> None:
    facts, stream = rig.media.facts, rig.hub.require("door/main")
    stream.announce((video(),))
    facts.of(stream)
    for number in range(150):
        unit = AccessUnit(
            track=0,
            utc_us=START_US + number * 100_000,
            pts=number * 9000,
            data=bytes(100),
            is_key=number % 20 == 0,
            is_discontinuous=number % 7 == 3,
        )
        stream.publish([unit])
    assert (facts.of(stream).fps, facts.of(stream).is_measured) == (10, True)


def test_time_that_was_not_sent_is_not_counted(rig: Any) -> None:
    facts, stream = rig.media.facts, rig.hub.require("door/main")
    stream.announce((video(),))
    facts.of(stream)
    film(stream, 0, 60, fps=25, gop=25, octets=100)
    after = AccessUnit(track=0, utc_us=0, pts=110 * 3600, data=b"", is_key=False, is_discontinuous=True)
    stream.publish([after])
    film(stream, 111, 180, fps=25, gop=25, octets=100)
    assert not facts.of(stream).is_measured
    film(stream, 180, 250, fps=25, gop=25, octets=100)
    assert (facts.of(stream).fps, facts.of(stream).gop) == (25, 25)


def test_b_frames_do_not_change_the_rate(rig: Any) -> None:
    facts, stream = rig.media.facts, rig.hub.require("door/main")
    stream.announce((video(),))
    facts.of(stream)
    shown = [number + (0 if number % 3 == 0 else 1) for number in range(200)]
    for number, place in enumerate(shown):  # each third picture is sent before the two that it follows
        pts = (place if number % 3 else place + 3) * 3600
        unit = AccessUnit(
            track=0, utc_us=START_US + number * 40_000, pts=pts, data=bytes(100), is_key=number % 24 == 0
        )
        stream.publish([unit])
        facts.of(stream)
    assert (facts.of(stream).fps, facts.of(stream).gop) == (25, 24)


@pytest.mark.parametrize("begin", [0, 30, 60])
@pytest.mark.parametrize("end", [150, 151, 152, 153, 160])
def test_pictures_shown_before_a_key_frame_that_they_come_behind_are_of_the_group_before(
    rig: Any, begin: int, end: int
) -> None:
    """Three groups to a round of a file: the second and third are open, and end at one that is not."""
    facts, stream = rig.media.facts, rig.hub.require("door/main")
    stream.announce((video("H265"),))
    facts.of(stream)
    shown = list(range(190))
    for key in (30, 60, 120, 150):
        shown[key - 2 : key + 1] = [key, key - 2, key - 1]
    for number in shown[(begin and begin - 2) : end]:
        unit = AccessUnit(
            track=0,
            utc_us=START_US + number * 1_000_000 // 15,
            pts=number * 6000,
            data=bytes(100),
            is_key=number % 30 == 0,
        )
        stream.publish([unit])
        facts.of(stream)
    measured = facts.of(stream)
    assert (measured.is_measured, measured.frame_rate, measured.gop) == (True, 15, 30)


def test_key_frames_that_somebody_asked_for_do_not_shorten_the_group(rig: Any) -> None:
    facts, stream = rig.media.facts, rig.hub.require("door/main")
    stream.announce((video(),))
    facts.of(stream)
    for start, end in ((0, 50), (50, 63), (63, 70), (70, 120), (120, 121)):
        film(stream, start, end, fps=25, gop=1000, octets=100, keys={start})
    assert facts.of(stream).gop == 50


def test_a_stream_that_comes_back_otherwise_is_measured_again(rig: Any) -> None:
    facts, stream = rig.media.facts, rig.hub.require("door/main")
    stream.announce((video(),))
    facts.of(stream)
    film(stream, 0, 150, fps=25, gop=25, octets=2000)
    assert (facts.of(stream).fps, facts.of(stream).gop) == (25, 25)
    for fps, gop, expected in ((25, 26, (25, 25)), (10, 40, (10, 40))):  # as it was, about; then otherwise
        stream.withdraw("away")
        facts.of(stream)
        stream.announce((video(),))
        assert facts.of(stream).is_measured  # what was measured stands until it is known better
        film(stream, 0, 200, fps=fps, gop=gop, octets=2000)
        assert (facts.of(stream).fps, facts.of(stream).gop) == expected


def test_a_rate_that_only_a_whole_number_was_kept_of_is_learnt_again(rig: Any) -> None:
    facts, stream = rig.media.facts, rig.hub.require("door/main")
    stream.announce((video(),))
    facts.of(stream)
    film(stream, 0, 100, fps=12, gop=12, octets=2000)
    older = msgspec.structs.replace(facts.of(stream), exact_fps=0.0)
    assert older.frame_rate == 12.0
    media = msgspec.structs.replace(rig.store.current.media, known=(older,))
    rig.store.current = msgspec.structs.replace(rig.store.current, media=media)
    facts = StreamFacts(rig.store)
    facts.of(stream)
    film(stream, 1000, 1100, fps=12.5, gop=12, octets=2000)
    assert facts.of(stream).frame_rate == 12.5


def test_nobody_measures_longer_than_it_takes(rig: Any) -> None:
    facts, stream = rig.media.facts, rig.hub.require("door/main")
    stream.announce((SOUND,))
    facts.of(stream)
    assert not stream.sinks
    stream.announce((video(), SOUND))
    facts.of(stream)
    assert len(stream.sinks) == 1
    assert not stream.is_awaited
    stream.announce((video("H265"),))
    facts.of(stream)
    assert len(stream.sinks) == 1
    film(stream, 0, 150, fps=25, gop=25, octets=100)
    facts.of(stream)
    assert not stream.sinks


def test_a_new_picture_size_is_measured_anew(rig: Any) -> None:
    facts, stream = rig.media.facts, rig.hub.require("door/main")
    stream.announce((video(),))
    film(stream, 0, 1, fps=25, gop=25, octets=10)
    facts.of(stream)
    film(stream, 1, 200, fps=25, gop=25, octets=10)
    assert facts.of(stream).is_measured
    stream.announce((video(width=640, height=480),))
    assert (facts.of(stream).width, facts.of(stream).is_measured) == (640, False)


def test_what_was_last_seen_is_known_after_a_restart(
    rig: Any, again: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vedette.device.media.facts.OBSERVE_EVERY_S", 0.001)

    async def scene() -> None:
        rig.hub.require("door/main").announce((video("H265"), SOUND))
        saved = asyncio.Event()
        rig.store.watch(lambda before, after: saved.set())
        task = asyncio.create_task(rig.media.run())
        async with asyncio.timeout(5):
            await saved.wait()
        task.cancel()
        await asyncio.wait((task,))
        later = again()
        assert later.media.facts.of(later.hub.require("door/main")).codec == "H265"
        assert "ae_door_main" in later.media.configurations.by_token()

    asyncio.run(scene())


def test_a_camera_whose_sound_is_switched_off_shows_none(rig: Any) -> None:
    async def scene() -> None:
        await rig.cameras.add(CameraSettings(name="mute", source="rtsp://192.0.2.6/", audio=False))
        rig.hub.require("mute/main").announce((video(), SOUND))
        assert "asc_mute" not in rig.media.configurations.by_token()

    asyncio.run(scene())
