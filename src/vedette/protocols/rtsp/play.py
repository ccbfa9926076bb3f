"""What a PLAY asks for: the replay headers together, read from a request and written into one."""

import msgspec

from vedette.base.errors import PeerError
from vedette.protocols.rtsp.headers import (
    ClockRange,
    FrameKind,
    FrameSelection,
    NptRange,
    Range,
    UnsupportedRange,
    format_decimal,
    parse_decimal,
    parse_frames,
    parse_range,
    parse_speed,
    parse_yes_no,
)
from vedette.protocols.rtsp.message import Headers

REPLAY_TAG = "onvif-replay"  # Streaming, RTSP feature tag (26.06 §6.4)
BACKCHANNEL_TAG = "www.onvif.org/ver20/backchannel"  # Streaming, RTSP Require tag (26.06 §5.3.1)


class HeaderNotValid(PeerError):
    """Header fields that are legal alone and not together."""


class PlayParameters(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how to play. `scale` below zero is reverse; None where the header was missing.

    `is_rate_controlled`: in real time (scaled) rather than as fast as the transport takes it.
    `cseq` is the PLAY's number: replay stamps its low byte on the data. Source: Streaming, Initiating
    Playback (26.06 §6.5); RFC 2326 §12.29, §12.34, §12.35.
    """

    range: Range | None = None
    scale: float | None = None
    speed: float | None = None
    is_rate_controlled: bool = True
    frames: FrameSelection = FrameSelection()
    is_immediate: bool = False
    cseq: int = 0

    @property
    def is_reverse(self) -> bool:
        """Backwards in time."""
        return self.scale is not None and self.scale < 0

    def to_headers(self) -> list[tuple[str, str]]:
        """The header lines of a PLAY request; what has its default is left out."""
        lines: list[tuple[str, str]] = []
        if self.range is not None:
            lines.append(("Range", self.range.to_header()))
        if self.scale is not None:
            lines.append(("Scale", format_decimal(self.scale)))
        if self.speed is not None:
            lines.append(("Speed", format_decimal(self.speed)))
        if not self.is_rate_controlled:
            lines.append(("Rate-Control", "no"))
        if self.frames.kind is not FrameKind.ALL:
            lines.append(("Frames", self.frames.to_header()))
        if self.is_immediate:
            lines.append(("Immediate", "yes"))
        return lines


def parse_play(headers: Headers, cseq: int) -> PlayParameters:
    """What a PLAY's headers ask for.

    Raises BadHeader for a value that cannot be read, UnsupportedRange for a range that we do not serve or
    that runs against the direction of `Scale`, HeaderNotValid for a scale that goes with rate control only.
    """
    range_value, scale, speed = headers.get("Range"), headers.get("Scale"), headers.get("Speed")
    rate_control, frames, immediate = (headers.get(name) for name in ("Rate-Control", "Frames", "Immediate"))
    play = PlayParameters(
        range=None if range_value is None else _asked_range(range_value),
        scale=None if scale is None else parse_decimal("Scale", scale),
        speed=None if speed is None else parse_speed(speed),
        is_rate_controlled=rate_control is None or parse_yes_no("Rate-Control", rate_control),
        frames=FrameSelection() if frames is None else parse_frames(frames),
        is_immediate=immediate is not None and parse_yes_no("Immediate", immediate),
        cseq=cseq,
    )
    if not play.is_rate_controlled and play.scale not in (None, 1.0, -1.0):
        raise HeaderNotValid(f"Scale {play.scale} without rate control")
    _check_direction(play)
    return play


def _asked_range(value: str) -> Range | None:
    asked = parse_range(value)
    return None if asked == ClockRange() else asked


def parse_pause_point(headers: Headers) -> Range | None:
    """The instant at which a PAUSE shall take effect, None for at once.

    It is one instant and no stretch: raises UnsupportedRange for a range with an end, or in units that we do
    not serve. Source: RFC 2326 §10.6.
    """
    value = headers.get("Range")
    if value is None:
        return None
    unit, _, limits = value.partition("=")
    point = parse_range(f"{unit}={limits}" if "-" in limits else f"{unit}={limits.split(';', 1)[0]}-")
    end = point.end_utc_us if isinstance(point, ClockRange) else point.end_us
    if end is not None:
        raise UnsupportedRange(f"PAUSE at {value[:80]!r}, which is more than one instant")
    return point


def _check_direction(play: PlayParameters) -> None:
    asked = play.range
    match asked:
        case ClockRange(start_utc_us=int(start_us), end_utc_us=int(end_us)):
            length_us = end_us - start_us
        case NptRange(start_us=int(start_us), end_us=int(end_us)):
            length_us = end_us - start_us
        case _:
            return
    if (length_us > 0) if play.is_reverse else (length_us < 0):
        raise UnsupportedRange(f"Range {asked.to_header()} runs against the direction of play")
