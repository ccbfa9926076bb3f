"""Decodes access units to pictures and encodes pictures as JPEG, by PyAV."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import av
from av.codec.context import CodecContext
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace

from vedette.base.errors import PeerError
from vedette.media.codecs.nal import annex_b, split_lengths
from vedette.media.unit import AccessUnit, Track

_DECODER = {"H264": "h264", "H265": "hevc", "JPEG": "mjpeg"}
_JPEG_SCALE = "4"  # of 1 (best) to 31


class Picture(NamedTuple):
    """A decoded frame and the instant it was captured."""

    frame: VideoFrame
    utc_us: int


def last_picture(track: Track, units: Sequence[AccessUnit]) -> Picture | None:
    """The newest picture of a group that begins with a key frame; None when nothing can be decoded.

    Units that are broken are passed over.
    """
    decoder = CodecContext.create(_DECODER[track.codec], "r")
    assert isinstance(decoder, VideoCodecContext)
    decoder.thread_count = 1
    instants = {unit.pts: unit.utc_us for unit in units}
    newest: VideoFrame | None = None
    for unit in [*units, None]:
        try:
            frames = decoder.decode(_packet(track, unit) if unit else None)
        except (av.FFmpegError, PeerError):
            continue
        for frame in frames:
            if newest is None or (frame.pts or 0) >= (newest.pts or 0):
                newest = frame
    if newest is None:
        return None
    return Picture(newest, instants.get(newest.pts or 0, units[-1].utc_us))


def jpeg(picture: Picture, width: int = 0, height: int = 0) -> tuple[bytes, int, int, int]:
    """A picture as JPEG: its bytes, capture instant, width and height. A size of 0 is in proportion."""
    frame = picture.frame
    width, height = _size(frame, width, height)
    frame = frame.reformat(
        width=width,
        height=height,
        format="yuvj420p",
        dst_colorspace=Colorspace.ITU601,
        dst_color_range=ColorRange.JPEG,
    )
    encoder = CodecContext.create("mjpeg", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height = width, height
    encoder.pix_fmt = "yuvj420p"
    encoder.time_base = Fraction(1, 90_000)
    encoder.thread_count = 1
    encoder.options = {"qmin": _JPEG_SCALE, "qmax": _JPEG_SCALE}
    encoder.qmin = encoder.qmax = int(_JPEG_SCALE)
    frame.pts = 0
    data = b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
    return data, picture.utc_us, width, height


def _packet(track: Track, unit: AccessUnit) -> Any:
    data = unit.data
    if track.codec != "JPEG":
        sets = track.setup if unit.is_key else ()
        data = annex_b([*sets, *split_lengths(data)])
    packet = av.Packet(data)
    packet.pts = unit.pts
    packet.time_base = Fraction(1, track.clock_hz)
    return packet


def _size(frame: VideoFrame, width: int, height: int) -> tuple[int, int]:
    if not width and not height:
        width, height = frame.width, frame.height
    elif not width:
        width = frame.width * height // frame.height
    elif not height:
        height = frame.height * width // frame.width
    return max(2, width & ~1), max(2, height & ~1)
