"""The replay header extension: when a recorded unit was captured, and where footage begins and ends."""

import struct
from typing import NamedTuple

from vedette.base.timestamps import ntp_from_utc_us, utc_us_from_ntp

REPLAY_PROFILE = 0xABAC
REPLAY_EXTENSION_BYTES = 16
JPEG_FIRST_PROFILE = 0xFFD8
JPEG_LATER_PROFILE = 0xFFFF
_HEAD = struct.Struct(">HH")
_WHOLE = struct.Struct(">HHQBBH")


class ReplayStamp(NamedTuple):
    """What the packets of a replayed unit say of it.

    `cseq` is the low byte of the PLAY request's CSeq. Source: Streaming, RTP header extension
    (26.06 §6.3).
    """

    utc_us: int
    is_clean_point: bool
    is_section_end: bool  # the last unit before a gap or the end of footage
    is_discontinuous: bool  # does not follow the unit sent before it
    is_terminal: bool  # no more will come on this track
    cseq: int


def build_replay_extension(stamp: ReplayStamp) -> bytes:
    """The 16 bytes of the extension: profile 0xABAC, length 3, NTP time, flags, CSeq, padding."""
    flags = (
        stamp.is_clean_point << 7
        | stamp.is_section_end << 6
        | stamp.is_discontinuous << 5
        | stamp.is_terminal << 4
    )
    return _WHOLE.pack(REPLAY_PROFILE, 3, ntp_from_utc_us(stamp.utc_us), flags, stamp.cseq & 0xFF, 0)


def packet_extensions(stamp: ReplayStamp, count: int) -> list[bytes]:
    """The extensions of a unit's `count` packets.

    The standard wants one in the first packet; every packet has it, since GStreamer's rtponvifparse takes
    the time of each packet from its own extension. Only the first says that it is discontinuous (it makes
    GStreamer forget what it holds of the unit), only the last that it is terminal (it ends the stream
    there).
    """
    middle = build_replay_extension(stamp._replace(is_discontinuous=False, is_terminal=False))
    extensions = [middle] * count
    if count:
        extensions[0] = build_replay_extension(stamp._replace(is_terminal=stamp.is_terminal and count == 1))
    if count > 1:
        extensions[-1] = build_replay_extension(stamp._replace(is_discontinuous=False))
    return extensions


def join_extensions(replay: bytes, jpeg: bytes) -> bytes:
    """Both extensions under one header (26.06 §6.3.2); `jpeg` may be empty."""
    if not jpeg:
        return replay
    words = (len(replay) + len(jpeg)) // 4 - 1
    return _HEAD.pack(REPLAY_PROFILE, words) + replay[4:] + jpeg


def split_extension(extension: memoryview) -> tuple[ReplayStamp | None, memoryview | None]:
    """The replay stamp and the JPEG extension (whole) that a header extension holds; None for what is absent.

    An extension that is neither is passed over: peers add their own.
    """
    profile, words = _HEAD.unpack_from(extension)
    if profile in (JPEG_FIRST_PROFILE, JPEG_LATER_PROFILE):
        return None, extension
    if profile != REPLAY_PROFILE or words < 3:
        return None, None
    _, _, ntp, flags, cseq, _ = _WHOLE.unpack_from(extension)
    stamp = ReplayStamp(
        utc_us_from_ntp(ntp), flags & 0x80 != 0, flags & 0x40 != 0, flags & 0x20 != 0, flags & 0x10 != 0, cseq
    )
    rest = extension[REPLAY_EXTENSION_BYTES:]
    if len(rest) < 4 or _HEAD.unpack_from(rest)[0] not in (JPEG_FIRST_PROFILE, JPEG_LATER_PROFILE):
        return stamp, None
    return stamp, rest
