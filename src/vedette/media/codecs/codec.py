"""What every codec file provides; RTP, SDP and MP4 ask the codec and know none by name."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from vedette.media.unit import AccessUnit, Track, TrackKind


class Payload(NamedTuple):
    """One RTP payload; `marker` as the payload format defines it, `extension` a whole header extension
    (profile, length, words) or empty."""

    data: bytes
    marker: bool
    extension: bytes = b""


class Assembled(NamedTuple):
    """One access unit's body put together from payloads."""

    data: bytes
    is_key: bool
    rtp_timestamp: int
    is_discontinuous: bool
    setup: tuple[bytes, ...] | None  # the track's new setup when the band carried one that differs
    pts_offset: int = 0  # of this unit behind rtp_timestamp, where one packet holds several (AAC)


class Depacketizer(Protocol):
    """Puts access units together; tolerant of loss, missing marker bits and parameter sets in band."""

    def receive(
        self, payload: memoryview, rtp_timestamp: int, *, marker: bool, lost: bool
    ) -> Sequence[Assembled]:
        """Take one payload in order; `lost` says that packets before it are missing."""
        ...


class Codec(Protocol):
    """One codec: its parameter sets, SDP lines, RTP in and out, MP4 sample entry."""

    name: str  # as in Track.codec
    kind: TrackKind
    static_payload_type: int | None  # RFC 3551's, where there is one

    def rtpmap(self, track: Track) -> str:
        """`H264/90000`, `mpeg4-generic/48000/2` …, without the payload type."""
        ...

    def fmtp(self, track: Track) -> str:
        """The format parameters without the payload type, or an empty string."""
        ...

    def track_from_sdp(self, number: int, rtpmap: str, fmtp: str) -> Track:
        """A track as the SDP describes it; what only the band can tell is left empty."""
        ...

    def payloads(self, track: Track, unit: AccessUnit, most_bytes: int) -> list[Payload]:
        """The RTP payloads of one unit, none larger than `most_bytes`; key frames carry the setup in band."""
        ...

    def depacketizer(self, track: Track) -> Depacketizer:
        """A fresh depacketizer for a track."""
        ...

    def sample_entry(self, track: Track) -> bytes:
        """The whole `stsd` entry box of a track (`avc1` with `avcC`, `hvc1`, `mp4a`, …)."""
        ...

    def track_from_sample_entry(self, number: int, entry: bytes, clock_hz: int) -> Track:
        """The track back from its sample entry box; raises PeerError."""
        ...
