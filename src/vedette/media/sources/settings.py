"""What a drawn scene's encoders are asked for."""

from enum import StrEnum

import msgspec

MOST_PIXELS = 3840 * 2160


class VideoEncoding(StrEnum):
    """How pictures are encoded; the values are names in `media.codecs.CODECS`."""

    H264 = "H264"
    H265 = "H265"
    JPEG = "JPEG"


class VideoProfile(StrEnum):
    """The H.264 profile; the other encodings have one each (H.265 Main, baseline JPEG)."""

    BASELINE = "Baseline"
    MAIN = "Main"
    HIGH = "High"


class VideoSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One video encoder. Refuses with ValueError what cannot be encoded.

    `width` and `height` in pixels, even; `fps` 1 to 60, at most the scene's rate; `bitrate_kbps` is a
    limit, not a target that is filled up, and `fps` too: where JPEGs of the worst quality are too many for
    the bit rate, pictures are left out. `gop` frames from one key frame to the next; `quality` 1 to 100,
    and no more than the bit rate allows.
    """

    encoding: VideoEncoding = VideoEncoding.H264
    width: int = 1920
    height: int = 1080
    fps: int = 25
    bitrate_kbps: int = 4000
    gop: int = 50
    quality: int = 75
    profile: VideoProfile = VideoProfile.MAIN

    def __post_init__(self) -> None:
        if self.width % 2 or self.height % 2 or self.width < 64 or self.height < 64:
            raise ValueError(f"{self.width}x{self.height}: both must be even and at least 64")
        if self.width * self.height > MOST_PIXELS or max(self.width, self.height) > 4096:
            raise ValueError(f"{self.width}x{self.height}: more than {MOST_PIXELS} pixels or 4096 in a row")
        for name, value, most in (
            ("fps", self.fps, 60),
            ("bitrate_kbps", self.bitrate_kbps, 100_000),
            ("gop", self.gop, 1500),
            ("quality", self.quality, 100),
        ):
            if not 1 <= value <= most:
                raise ValueError(f"{name} is {value}; 1 to {most} are possible")


MAIN_VIDEO = VideoSettings()
SUB_VIDEO = VideoSettings(width=640, height=360, bitrate_kbps=512, profile=VideoProfile.BASELINE)


class AudioEncoding(StrEnum):
    """How sound is encoded; the values are names in `media.codecs.CODECS`."""

    PCMU = "PCMU"
    AAC = "AAC"


class AudioSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One mono audio encoder: PCMU at 8000 Hz (64 kbit/s), AAC at 16000 or 48000 Hz."""

    encoding: AudioEncoding = AudioEncoding.PCMU
    sample_hz: int = 8000
    bitrate_kbps: int = 64

    def __post_init__(self) -> None:
        possible = (8000,) if self.encoding is AudioEncoding.PCMU else (16000, 48000)
        if self.sample_hz not in possible:
            raise ValueError(f"{self.encoding} at {self.sample_hz} Hz; possible: {possible}")
        if not 8 <= self.bitrate_kbps <= 320:
            raise ValueError(f"bitrate_kbps is {self.bitrate_kbps}; 8 to 320 are possible")


AAC_AUDIO = AudioSettings(encoding=AudioEncoding.AAC, sample_hz=48000, bitrate_kbps=64)
