"""Encoder settings are refused when nothing could encode them."""

from typing import Any

import pytest

from vedette.media.sources.settings import AudioEncoding, AudioSettings, VideoSettings


@pytest.mark.parametrize(
    "wrong",
    [
        {"width": 641},
        {"height": 10},
        {"width": 4098, "height": 64},
        {"width": 4096, "height": 4096},
        {"fps": 0},
        {"fps": 61},
        {"bitrate_kbps": 0},
        {"gop": 0},
        {"quality": 101},
    ],
)
def test_impossible_video_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=str(next(iter(wrong.values())))):
        VideoSettings(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sample_hz": 16000},
        {"encoding": AudioEncoding.AAC, "sample_hz": 8000},
        {"bitrate_kbps": 1},
    ],
)
def test_impossible_audio_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="possible"):
        AudioSettings(**wrong)
