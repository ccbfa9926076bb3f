"""Encodes canvases by FFmpeg's encoders, one thread each, without delay."""

from fractions import Fraction

import av
from av.codec.context import CodecContext, Flags
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from vedette.media.codecs.h264 import H264
from vedette.media.codecs.h265 import H265
from vedette.media.codecs.nal import NalFormat, split_annex_b
from vedette.media.sources.canvas import Canvas, full_601, limited_709
from vedette.media.sources.settings import VideoEncoding, VideoProfile, VideoSettings
from vedette.media.sources.source import SourceLost
from vedette.media.unit import AccessUnit, Track, TrackKind

CLOCK_HZ = 90_000
_BURST_90K = CLOCK_HZ  # by which a picture may be ahead of the bit rate: what the encoders' own buffers hold
_BT709 = 1
_WORST_QUANTIZER = 51
# APP0 of JFIF 1.01: square pixels, no thumbnail; the encoder writes none.
_JFIF = bytes.fromhex("ffe000104a46494600010100000100010000")
_FORMS: dict[VideoEncoding, NalFormat] = {VideoEncoding.H264: H264(), VideoEncoding.H265: H265()}
_X264_TOOLS = {
    VideoProfile.BASELINE: "cabac=0:8x8dct=0",
    VideoProfile.MAIN: "cabac=1:8x8dct=0",
    VideoProfile.HIGH: "cabac=1:8x8dct=1",
}


class VideoEncoder:
    """One encoder; a change of settings takes a new one."""

    def __init__(self, settings: VideoSettings, *, number: int) -> None:
        self.settings = settings
        self._paid_pts: int | None = None  # when the bits of all pictures so far are sent at the bit rate
        self.colours = full_601 if settings.encoding is VideoEncoding.JPEG else limited_709
        try:
            self._context = _opened(settings)
        except (av.FFmpegError, ValueError) as error:
            raise SourceLost(f"cannot encode {settings.encoding} here: {error}") from error
        self.track = Track(
            number=number,
            kind=TrackKind.VIDEO,
            codec=settings.encoding.value,
            clock_hz=CLOCK_HZ,
            setup=self._setup(),
            width=settings.width,
            height=settings.height,
        )

    def has_room(self, pts: int) -> bool:
        """Whether a picture at `pts` keeps to the bit rate: JPEGs of the worst quality can be too many."""
        if self.settings.encoding is not VideoEncoding.JPEG or self._paid_pts is None:
            return True
        return self._paid_pts <= pts + _BURST_90K

    def encode(
        self,
        canvas: Canvas,
        pts: int,
        utc_us: int,
        *,
        wants_key: bool = False,
        is_discontinuous: bool = False,
    ) -> AccessUnit:
        """The access unit of one picture; raises SourceLost when the encoder fails."""
        frame = av.VideoFrame.from_numpy_buffer(canvas.packed, format=self._context.pix_fmt or "yuv420p")
        frame.pts = pts
        frame.time_base = Fraction(1, CLOCK_HZ)
        if wants_key or self.settings.gop == 1:
            frame.pict_type = PictureType.I
        try:
            packets = self._context.encode(frame)
        except av.FFmpegError as error:
            raise SourceLost(f"the {self.settings.encoding} encoder failed: {error}") from error
        if not packets:
            raise SourceLost(f"the {self.settings.encoding} encoder kept a frame back")
        data = self._body(b"".join(bytes(packet) for packet in packets))
        ticks = len(data) * 8 * CLOCK_HZ // (self.settings.bitrate_kbps * 1000)
        self._paid_pts = max(pts, self._paid_pts or pts) + ticks
        return AccessUnit(
            track=self.track.number,
            utc_us=utc_us,
            pts=pts,
            data=data,
            is_key=packets[0].is_keyframe,
            is_discontinuous=is_discontinuous,
        )

    def _setup(self) -> tuple[bytes, ...]:
        form = _FORMS.get(self.settings.encoding)
        return form.sort(split_annex_b(self._context.extradata or b"")).setup if form else ()

    def _body(self, encoded: bytes) -> bytes:
        form = _FORMS.get(self.settings.encoding)
        return form.sort(split_annex_b(encoded)).data if form else encoded[:2] + _JFIF + encoded[2:]


def _opened(settings: VideoSettings) -> VideoCodecContext:
    context = CodecContext.create(_ENCODER[settings.encoding], "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height = settings.width, settings.height
    context.pix_fmt = "yuvj420p" if settings.encoding is VideoEncoding.JPEG else "yuv420p"
    context.time_base = Fraction(1, CLOCK_HZ)
    context.framerate = Fraction(settings.fps)
    context.thread_count = 1
    if settings.encoding is VideoEncoding.JPEG:
        _prepare_jpeg(context, settings)
    else:
        _prepare_predicted(context, settings)
    context.open()
    return context


def _prepare_predicted(context: VideoCodecContext, settings: VideoSettings) -> None:
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    keyint = settings.gop
    if settings.encoding is VideoEncoding.H265:
        keyint = max(keyint, 2)  # with 1 it makes another profile, Main Intra, that few can play
    context.gop_size = keyint
    context.max_b_frames = 0
    context.bit_rate = settings.bitrate_kbps * 1000
    context.qmin = _WORST_QUANTIZER * (100 - settings.quality) // 100
    context.flags |= Flags.global_header
    rate = str(settings.bitrate_kbps * 1000)
    options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "forced-idr": "1",
        "maxrate": rate,
        "bufsize": rate,
    }
    if settings.encoding is VideoEncoding.H264:
        tools = _X264_TOOLS[settings.profile]
        options["x264-params"] = f"keyint={keyint}:scenecut=0:log-level=-1:{tools}"
    else:
        options["x265-params"] = (
            f"keyint={keyint}:min-keyint={keyint}:scenecut=0:open-gop=0:pools=none:"
            "frame-threads=1:log-level=none"
        )
    context.options = options


def _prepare_jpeg(context: VideoCodecContext, settings: VideoSettings) -> None:
    # The encoder's scale is 1 (best) to 31; standard Huffman tables, since RFC 2435 sends none.
    context.qmin = max(1, round(31 - 30 * settings.quality / 100))
    context.qmax = 31  # it goes there only where the bit rate leaves no other way
    context.bit_rate = settings.bitrate_kbps * 1000
    rate = str(context.bit_rate)
    context.options = {"huffman": "default", "maxrate": rate, "bufsize": rate}


_ENCODER = {
    VideoEncoding.H264: "libx264",
    VideoEncoding.H265: "libx265",
    VideoEncoding.JPEG: "mjpeg",
}
