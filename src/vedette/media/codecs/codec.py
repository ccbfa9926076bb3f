"""What every codec file provides; RTP, SDP and MP4 ask the codec and know none by name."""

from collections.abc import Sequence
from typing import Protocol

from vedette.base.errors import PeerError
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.rtp.payload import Assembled, Depacketizer, Payload, PayloadRun

__all__ = ["Assembled", "Codec", "Depacketizer", "MalformedMedia", "Payload", "UnknownCodec", "whole_unit"]


class UnknownCodec(PeerError):
    """A codec that Vedette does not carry; the message names it."""


class MalformedMedia(PeerError):
    """Parameter sets, format parameters or sample entries that contradict their own format."""


class Codec(Protocol):
    """One codec: its parameter sets, SDP lines, RTP in and out, MP4 sample entry."""

    @property
    def name(self) -> str:
        """As in Track.codec."""
        ...

    @property
    def kind(self) -> TrackKind:
        """What its tracks carry."""
        ...

    @property
    def static_payload_type(self) -> int | None:
        """RFC 3551's, where there is one."""
        ...

    @property
    def encoding_names(self) -> tuple[str, ...]:
        """In an SDP's rtpmap, lower case, ours first."""
        ...

    @property
    def sample_entry_kinds(self) -> tuple[bytes, ...]:
        """In an MP4's stsd, ours first."""
        ...

    def rtpmap(self, track: Track) -> str:
        """`H264/90000`, `mpeg4-generic/48000/2` …, without the payload type."""
        ...

    def fmtp(self, track: Track) -> str:
        """The format parameters without the payload type, or an empty string."""
        ...

    def track_from_sdp(self, number: int, rtpmap: str, fmtp: str) -> Track:
        """A track as the SDP describes it; what only the band can tell is left empty.

        Parameter sets that cannot be read are left out; a format that cannot be carried raises PeerError.
        """
        ...

    def with_setup(self, track: Track, setup: tuple[bytes, ...]) -> Track:
        """The track with a new setup, and with the picture size or channels that follow from it."""
        ...

    def payloads(self, track: Track, unit: AccessUnit, most_bytes: int) -> Sequence[Payload | PayloadRun]:
        """The RTP payloads of one unit, none larger than `most_bytes` (extension included, at least 64);
        key frames carry the setup in band. The last one is no run: it may have the marker."""
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


def whole_unit(data: bytes, rtp_timestamp: int, pts_offset: int = 0, *, is_discontinuous: bool) -> Assembled:
    """A unit of a codec whose every unit decodes alone and that carries no setup in band."""
    return Assembled(
        data,
        is_key=True,
        rtp_timestamp=rtp_timestamp,
        is_discontinuous=is_discontinuous,
        setup=None,
        pts_offset=pts_offset,
    )
