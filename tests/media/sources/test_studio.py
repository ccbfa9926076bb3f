"""Frames become units for every lane, with one clock for all tracks."""

import pytest

from vedette.media.sources.scene import Scene
from vedette.media.sources.settings import AudioSettings, VideoEncoding, VideoSettings
from vedette.media.sources.studio import AUDIO, METADATA, VIDEO, Studio, View

UTC_US = 1_763_680_000_000_000
BIG = VideoSettings(width=320, height=180, bitrate_kbps=500)
SMALL = VideoSettings(width=160, height=90, bitrate_kbps=100, fps=10)


def takes(studio: Studio, frames: range) -> list[list[tuple[int, int, int]]]:
    """For every lane: track, pts and utc of all units."""
    lanes: list[list[tuple[int, int, int]]] = [[], []]
    for frame in frames:
        for take in studio.take(frame, UTC_US + frame * 40_000, View()):
            lanes[take.lane] += [(unit.track, unit.pts, unit.utc_us) for unit in take.units]
    return lanes


def test_every_lane_gets_its_rate_and_all_get_the_same_sound_and_metadata() -> None:
    studio = Studio(Scene(41), (BIG, SMALL), AudioSettings(), has_metadata=True)
    big, small = takes(studio, range(50))
    assert [pts for track, pts, _ in big if track == VIDEO] == [n * 3600 for n in range(50)]
    assert len([1 for track, _, _ in small if track == VIDEO]) == 20
    assert [each for each in big if each[0] != VIDEO] == [each for each in small if each[0] != VIDEO]
    assert [pts for track, pts, _ in big if track == METADATA] == [n * 5 * 3600 for n in range(10)]
    assert len([1 for track, _, _ in big if track == AUDIO]) == 98  # 49 periods of 40 ms in packets of 20 ms


def test_utc_follows_pts_on_every_track() -> None:
    studio = Studio(Scene(42), (BIG, SMALL), AudioSettings(), has_metadata=True)
    hz = {VIDEO: 90_000, AUDIO: 8_000, METADATA: 90_000}
    for lane in takes(studio, range(30)):
        for track, pts, utc_us in lane:
            assert utc_us - UTC_US == pytest.approx(pts * 1_000_000 / hz[track], abs=1)


def test_a_slow_lane_gives_the_key_frame_that_was_asked_for_between_its_pictures() -> None:
    studio = Studio(Scene(44), (BIG, SMALL), None, has_metadata=False)
    taken = [studio.take(frame, UTC_US, View(), keys={1} if frame == 6 else ()) for frame in range(10)]
    pictures = {frame: take[1].units[0].is_key for frame, take in enumerate(taken) if take[1].units}
    assert pictures == {0: True, 3: False, 5: False, 8: True}


def test_a_slow_lane_keeps_its_rate_when_frames_are_skipped() -> None:
    studio = Studio(Scene(45), (BIG, SMALL), None, has_metadata=False)
    frames = [frame for frame in range(50) if frame % 5 not in (0, 3)]  # none of those that are due
    assert sum(len(studio.take(frame, UTC_US, View())[1].units) for frame in frames) == 20


@pytest.mark.parametrize(("kbps", "fps", "most"), [(500, 25, 6), (64, 25, 1), (2500, 25, 25), (64, 1, 1)])
def test_jpegs_that_cannot_be_small_enough_are_fewer(kbps: int, fps: int, most: int) -> None:
    wanted = VideoSettings(encoding=VideoEncoding.JPEG, width=640, height=360, fps=fps, bitrate_kbps=kbps)
    studio = Studio(Scene(46), (wanted,), None, has_metadata=True)
    units = [unit for frame in range(150) for unit in studio.take(frame, UTC_US, View())[0].units]
    pictures = [unit for unit in units if unit.track == VIDEO]
    assert (
        sum(len(each.data) for each in pictures) * 8 / 1000
        <= kbps * (6 + 1) + len(pictures[-1].data) * 8 / 1000
    )
    later = [each for each in pictures if each.pts >= 2 * 90_000]
    assert 4 * (most - 1) <= len(later) <= 4 * most
    assert len(units) - len(pictures) == 30


def test_a_jump_between_a_lanes_pictures_is_told_of_the_next_one() -> None:
    studio = Studio(Scene(44), (BIG, SMALL), None, has_metadata=False)
    taken = [studio.take(frame, UTC_US, View(), is_discontinuous=frame == 6) for frame in range(12)]
    pictures = {frame: take[1].units[0].is_discontinuous for frame, take in enumerate(taken) if take[1].units}
    assert pictures == {0: False, 3: False, 5: False, 8: True, 10: False}


def test_new_settings_begin_with_a_key_frame_and_new_tracks() -> None:
    studio = Studio(Scene(43), (BIG, SMALL), None, has_metadata=False)
    for frame in range(3):
        before = studio.take(frame, UTC_US, View())
    studio.reconfigure(0, VideoSettings(encoding=VideoEncoding.JPEG, width=200, height=100))
    after = studio.take(3, UTC_US, View())
    assert after[0].tracks[0].codec == "JPEG"
    assert (after[0].tracks[0].width, after[0].tracks[0].height) == (200, 100)
    assert after[0].units[0].is_key
    assert after[1].tracks == before[1].tracks


def test_a_lane_faster_than_the_scene_is_refused_and_changes_nothing() -> None:
    studio = Studio(Scene(44), (BIG, SMALL), None, has_metadata=False)
    with pytest.raises(ValueError, match="50"):
        studio.reconfigure(0, VideoSettings(width=320, height=180, fps=50))
    assert studio.take(0, UTC_US, View())[0].tracks[0].width == 320
