"""The encoders behind the cameras' streams: what they are set to, what they can be, and setting them."""

from collections import Counter
from collections.abc import Container, Iterable

import msgspec

from vedette.contract.faults import ConfigModify
from vedette.device.cameras import Camera
from vedette.device.media.drawn import DrawnEncoders, Edit, unchanged
from vedette.device.media.facts import StreamFacts
from vedette.device.settings.media import KnownStream
from vedette.media.hub import Stream
from vedette.media.sources.settings import VideoEncoding, VideoProfile, VideoSettings

RESOLUTIONS = ((1920, 1080), (1280, 720), (640, 360), (320, 180))
FRAME_RATES = (25, 20, 15, 10, 5, 1)
GOPS = (1, 250)
BITRATES_KBPS = (64, 16384)
JPEG_BITRATES_KBPS = (512, 16384)  # below that the largest pictures, at their worst, are not one a second
QUALITIES = (1, 100)
JPEG_MULTIPLE = 8  # RFC 2435 §3.1.5 counts a picture's sides in blocks of this
_FIXED_QUALITY = 75  # of encoders that are not ours; there is nothing to measure it by
_AAC_KBPS = 64  # a channel, until it was measured
_G711_BITS = 8  # a sample


class VideoEncoder(msgspec.Struct, frozen=True, kw_only=True):
    """A video encoder's settings; `encoding` is a codec's name, `profile` empty where it has none."""

    encoding: str
    width: int
    height: int
    fps: float
    bitrate_kbps: int
    gop: int
    quality: int
    profile: str


class AudioEncoder(msgspec.Struct, frozen=True, kw_only=True):
    """An audio encoder's settings; `encoding` is a codec's name."""

    encoding: str
    bitrate_kbps: int
    sample_hz: int
    channels: int


class VideoOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a video encoder can be set to with one encoding; ranges are the least and the greatest."""

    encoding: str
    resolutions: tuple[tuple[int, int], ...]
    frame_rates: tuple[float, ...]  # the greatest first
    gops: tuple[int, int]
    bitrates_kbps: tuple[int, int]
    qualities: tuple[int, int]
    profiles: tuple[str, ...]


class Encoders:
    """Every camera's encoders. Those of drawn cameras can be set, others are as the camera sends them."""

    def __init__(self, drawn: DrawnEncoders, facts: StreamFacts) -> None:
        self._drawn = drawn
        self._facts = facts

    def revision(self, cameras: Iterable[Camera]) -> int:
        """Grows when something about the cameras' streams is known that was not; looks at each."""
        self._facts.look(cameras)
        return self._facts.revision

    def source_size(self, camera: Camera) -> tuple[int, int]:
        """Width and height of what a camera sees, in pixels."""
        if is_drawn(camera):
            return RESOLUTIONS[0]
        known = self._facts.of(camera.main)
        return known.width, known.height

    def source_fps(self, camera: Camera) -> float:
        """Frames per second that a camera can give."""
        return FRAME_RATES[0] if is_drawn(camera) else self._facts.of(camera.main).frame_rate

    def video(self, camera: Camera, stream: Stream) -> VideoEncoder | None:
        """What a stream's video is encoded with, None when it has no video."""
        if is_drawn(camera):
            video = self._drawn.video(camera, stream)
            return VideoEncoder(
                encoding=video.encoding,
                width=video.width,
                height=video.height,
                fps=video.fps,
                bitrate_kbps=video.bitrate_kbps,
                gop=video.gop,
                quality=video.quality,
                profile=_profile_of(video),
            )
        known = self._facts.of(stream)
        if not known.codec:
            return None
        return VideoEncoder(
            encoding=known.codec,
            width=known.width,
            height=known.height,
            fps=known.frame_rate,
            bitrate_kbps=known.bitrate_kbps,
            gop=known.gop,
            quality=_FIXED_QUALITY,
            profile=known.profile,
        )

    def audio(self, camera: Camera, stream: Stream) -> AudioEncoder | None:
        """What a stream's sound is encoded with, None when it has none."""
        if not camera.settings.audio:
            return None
        if is_drawn(camera):
            audio = self._drawn.audio(camera)
            if audio is None:
                return None
            return AudioEncoder(
                encoding=audio.encoding,
                bitrate_kbps=audio.bitrate_kbps,
                sample_hz=audio.sample_hz,
                channels=1,
            )
        known = self._facts.of(stream)
        if not known.audio_codec:
            return None
        return AudioEncoder(
            encoding=known.audio_codec,
            bitrate_kbps=_audio_kbps(known),
            sample_hz=known.audio_hz,
            channels=known.audio_channels,
        )

    def channels(self, camera: Camera) -> int:
        """How many channels a camera's sound has, 0 for none."""
        found = (self.audio(camera, stream) for stream in camera.streams)
        return max((audio.channels for audio in found if audio is not None), default=0)

    def has_metadata(self, camera: Camera, stream: Stream) -> bool:
        """Whether a stream carries metadata."""
        return is_drawn(camera) or self._facts.of(stream).has_metadata

    def instances(self, camera: Camera, told: Container[str] | None = None) -> tuple[int, dict[str, int]]:
        """How many encoders surely run at once for a camera, in all and for each codec: one a stream.

        With `told` only those that are set to one of these encodings now are counted.
        Source: Media2, GetVideoEncoderInstances (26.06 §5.3.5).
        """
        by_codec: Counter[str] = Counter()
        total = 0
        for stream in camera.streams:
            options = self.video_options(camera, stream)
            if options and (told is None or options[0].encoding in told):
                total += 1
                by_codec.update(each.encoding for each in options)
        return total, by_codec

    def video_options(self, camera: Camera, stream: Stream) -> tuple[VideoOptions, ...]:
        """What a stream's video can be set to, the encoding in force first."""
        now = self.video(camera, stream)
        if now is None:
            return ()
        if not is_drawn(camera):
            return (_exactly(now),)
        possible = [_drawn_options(encoding, now) for encoding in VideoEncoding]
        return tuple(sorted(possible, key=lambda options: options.encoding != now.encoding))

    async def set_video(
        self, camera: Camera, stream: Stream, wanted: VideoEncoder, also: Edit = unchanged
    ) -> bool:
        """Set a stream's video; bit rate and quality are brought into their ranges.

        True where there was something to keep, and what `also` edits was kept with it; an encoder that is not
        ours has nothing. Raises ConfigModify when the encoder cannot be set so, SettingsNotSaved.
        """
        options = next(
            (each for each in self.video_options(camera, stream) if each.encoding == wanted.encoding), None
        )
        if options is None:
            raise ConfigModify(f"{stream.name} cannot be encoded as {wanted.encoding!r}")
        _check(wanted, options)
        if not is_drawn(camera):
            return False
        try:
            video = VideoSettings(
                encoding=VideoEncoding(wanted.encoding),
                width=wanted.width,
                height=wanted.height,
                fps=round(wanted.fps),
                bitrate_kbps=_within(wanted.bitrate_kbps, options.bitrates_kbps),
                gop=wanted.gop,
                quality=_within(wanted.quality, options.qualities),
                profile=VideoProfile(wanted.profile or VideoProfile.MAIN),
            )
        except ValueError as error:
            raise ConfigModify(str(error)) from error
        await self._drawn.set_video(camera, stream, video, also)
        return True


def is_drawn(camera: Camera) -> bool:
    """Whether the camera's pictures are made here."""
    return camera.settings.source.startswith("drawn:")


def _audio_kbps(known: KnownStream) -> int:
    if known.audio_codec in ("PCMU", "PCMA"):
        return known.audio_hz * _G711_BITS * known.audio_channels // 1000
    return known.audio_kbps or _AAC_KBPS * known.audio_channels


def _profile_of(video: VideoSettings) -> str:
    match video.encoding:
        case VideoEncoding.H264:
            return video.profile
        case VideoEncoding.H265:
            return VideoProfile.MAIN
        case _:
            return ""


def _drawn_options(encoding: VideoEncoding, now: VideoEncoder) -> VideoOptions:
    """What is in force always counts among what is possible."""
    current = (now.width, now.height)
    resolutions: tuple[tuple[int, int], ...] = RESOLUTIONS
    profiles: tuple[str, ...] = ()
    bitrates_kbps = BITRATES_KBPS
    match encoding:
        case VideoEncoding.H264:
            profiles = tuple(VideoProfile)
        case VideoEncoding.H265:
            profiles = (VideoProfile.MAIN,)
        case VideoEncoding.JPEG:
            resolutions = tuple(size for size in RESOLUTIONS if _fits_jpeg(size))
            bitrates_kbps = JPEG_BITRATES_KBPS
            if encoding == now.encoding:
                bitrates_kbps = min(now.bitrate_kbps, bitrates_kbps[0]), bitrates_kbps[1]
    if current not in resolutions and (encoding == now.encoding or current not in RESOLUTIONS):
        resolutions = (current, *resolutions)
    return VideoOptions(
        encoding=encoding,
        resolutions=resolutions,
        frame_rates=tuple(sorted({*FRAME_RATES, now.fps}, reverse=True)),
        gops=GOPS,
        bitrates_kbps=bitrates_kbps,
        qualities=QUALITIES,
        profiles=profiles,
    )


def _fits_jpeg(size: tuple[int, int]) -> bool:
    """Whether players are shown such pictures as they are, and not filled up to whole blocks."""
    return not any(side % JPEG_MULTIPLE for side in size)


def _exactly(now: VideoEncoder) -> VideoOptions:
    return VideoOptions(
        encoding=now.encoding,
        resolutions=((now.width, now.height),),
        frame_rates=(now.fps,),
        gops=(now.gop, now.gop),
        bitrates_kbps=(now.bitrate_kbps, now.bitrate_kbps),
        qualities=(now.quality, now.quality),
        profiles=(now.profile,) if now.profile else (),
    )


def _check(wanted: VideoEncoder, options: VideoOptions) -> None:
    """Raises ConfigModify for what cannot be brought into its range silently."""
    if (wanted.width, wanted.height) not in options.resolutions:
        raise ConfigModify(f"{wanted.width}x{wanted.height} is not offered")
    if not min(options.frame_rates) <= wanted.fps <= max(options.frame_rates):
        raise ConfigModify(f"{wanted.fps} frames per second are not offered")
    if not options.gops[0] <= wanted.gop <= options.gops[1]:
        raise ConfigModify(f"a group of {wanted.gop} frames is not offered")
    if wanted.profile and options.profiles and wanted.profile not in options.profiles:
        raise ConfigModify(f"profile {wanted.profile!r} is not offered")


def _within(value: int, limits: tuple[int, int]) -> int:
    return min(max(value, limits[0]), limits[1])
