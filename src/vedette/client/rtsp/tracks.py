"""The tracks of a camera's description that we take, and their packets as access units."""

import struct
from collections.abc import Callable, Iterable
from itertools import repeat
from typing import NamedTuple

from vedette.base.errors import PeerError
from vedette.media.codecs.codec import Codec
from vedette.media.codecs.list import codec_in_sdp
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.rtp.clock import TrackClock
from vedette.protocols.rtp.forwarding import Forwarding, Numbering
from vedette.protocols.rtp.receiver import Received, RtpReceiver
from vedette.protocols.rtp.rtcp import Goodbye, ReportBlock, SenderReport, parse_rtcp
from vedette.protocols.sdp import MediaDescription, SessionDescription

KINDS = (TrackKind.VIDEO, TrackKind.AUDIO, TrackKind.METADATA)
NEEDS_SETUP = frozenset({"H264", "H265", "AAC", "JPEG"})  # cannot be described before it is known


class Offered(NamedTuple):
    """One track of a description: the codec that carries it, and the URL to set it up with."""

    track: Track
    codec: Codec
    payload_type: int
    url: str


def chosen_tracks(
    sdp: SessionDescription, urls: Iterable[str], kinds: Iterable[TrackKind] = KINDS
) -> tuple[list[Offered], list[str]]:
    """The first track of each kind that we can carry, numbered from 0; and why others are left out."""
    wanted = set(kinds)
    found: list[Offered] = []
    left_out: list[str] = []
    for media, url in zip(sdp.media, urls, strict=True):
        if media.direction == "sendonly" and media.kind == "audio":
            continue  # a back channel: the camera would like to hear us; others mean that they send
        offered = _offered(media, url, len(found), left_out)
        if offered is None:
            continue
        if offered.track.kind in wanted:
            wanted.discard(offered.track.kind)
            found.append(offered)
        else:
            left_out.append(f"a further {offered.track.kind.value} track {offered.track.codec}")
    return found, left_out


def _offered(media: MediaDescription, url: str, number: int, left_out: list[str]) -> Offered | None:
    for payload_type in media.payload_types:
        rtpmap = media.rtpmap(payload_type) or ""
        try:
            codec = codec_in_sdp(payload_type, rtpmap)
            track = codec.track_from_sdp(number, rtpmap, media.fmtp(payload_type) or "")
            if track.codec == "JPEG" and (size := media.frame_size(payload_type)) is not None:
                track = codec.with_setup(track, (struct.pack(">HH", *size),))
        except PeerError as error:
            left_out.append(str(error))
        else:
            return Offered(track, codec, payload_type, url)
    return None


class TrackReceiver:
    """One track's packets in, its units out; follows the setup that comes in band."""

    def __init__(self, offered: Offered, clock: TrackClock) -> None:
        self.track = offered.track
        self.ended = False  # the camera said goodbye
        self._received: list[Received] = []
        self._codec = offered.codec
        self._receiver = RtpReceiver(
            offered.codec.depacketizer(offered.track),
            offered.track.clock_hz,
            clock,
            payload_type=offered.payload_type,
        )

    @property
    def is_described(self) -> bool:
        """Whether enough is known to tell a decoder what comes."""
        return bool(self.track.setup) or self.track.codec not in NEEDS_SETUP

    @property
    def ssrc(self) -> int | None:
        """The source heard; None before any packet."""
        return self._receiver.ssrc

    @property
    def lost_total(self) -> int:
        """Packets that never came, or came spoilt."""
        return self._receiver.packets_lost

    @property
    def has_units(self) -> bool:
        """Whether `units` has something to give."""
        return bool(self._received)

    def receive_frames(self, data: bytes, at: int, channel: int, now_utc_us: int) -> int:
        """Take interleaved frames where they lie; `units` gives what they complete."""
        return self._receiver.receive_frames(data, at, channel, now_utc_us, self._received)

    def doubt(self) -> None:
        """The latest packet may not be what was sent; see RtpReceiver."""
        self._receiver.doubt()

    def forwarding(self, channel: int, numbering: Numbering) -> Forwarding | None:
        """See RtpReceiver; None also while `units` has something to give."""
        return None if self._received else self._receiver.forwarding(channel, numbering)

    def receive_datagrams(self, packets: list[memoryview], now_utc_us: int) -> None:
        """Take packets that came by UDP; `units` gives what they complete."""
        self._received += self._receiver.receive(packets, now_utc_us, reorder=True)

    def finish(self, now_utc_us: int) -> None:
        """Nothing more comes; `units` gives what waited for it."""
        self._received += self._receiver.finish(now_utc_us)

    def units(self, units: list[AccessUnit], changed: Callable[[], None]) -> None:
        """Append what is complete and forget it; `changed` is called before a new setup's first unit."""
        received = self._received
        if not received:
            return
        self._received = []
        number = self.track.number
        data, keys, pts, utc_us, gaps, setups = zip(*received, strict=True)
        made = map(AccessUnit, repeat(number), utc_us, pts, data, keys, gaps)
        if setups.count(None) < len(setups):
            for setup in setups:
                if setup is not None and setup != self.track.setup:
                    self.track = self._codec.with_setup(self.track, setup)
                    changed()
                units.append(next(made))
        else:
            units += made

    def receive_report(self, packet: memoryview | bytes, now_utc_us: int) -> None:
        """Hear the camera's RTCP; rubbish is ignored."""
        try:
            reports = parse_rtcp(packet)
        except PeerError:
            return
        for report in reports:
            if isinstance(report, SenderReport):
                self._receiver.receive_report(report, now_utc_us)
            elif isinstance(report, Goodbye) and self._receiver.ssrc in report.ssrcs:
                self.ended = True

    def blocks(self, now_utc_us: int) -> tuple[int | None, list[ReportBlock]]:
        """The SSRC heard, and the report block about it."""
        block = self._receiver.report_block(now_utc_us)
        return self._receiver.ssrc, [] if block is None else [block]
