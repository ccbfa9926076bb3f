"""G.711, µ-law and A-law: SDP line, RTP in and out, `ulaw` and `alaw`."""

from vedette.media.codecs.codec import Assembled, MalformedMedia, Payload, whole_unit
from vedette.media.codecs.entries import audio_children, audio_entry
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.rtp.payload import OneByOne

PACKET_MOST_S = 0.04  # a longer unit is cut: receivers' jitter buffers expect 20 to 40 ms


class G711:
    """G.711; one octet a sample and channel, no setup. A long unit is cut into packets of equal length.

    Source: RFC 3551 §4.5.14.
    """

    kind = TrackKind.AUDIO

    def __init__(self, name: str, static_payload_type: int, entry_kind: bytes) -> None:
        self.name = name
        self.static_payload_type: int | None = static_payload_type
        self.encoding_names: tuple[str, ...] = (name.lower(),)
        self.sample_entry_kinds: tuple[bytes, ...] = (entry_kind,)

    def rtpmap(self, track: Track) -> str:
        """See Codec."""
        channels = f"/{track.channels}" if track.channels > 1 else ""
        return f"{self.name}/{track.clock_hz}{channels}"

    def fmtp(self, track: Track) -> str:
        """See Codec; there are none."""
        return ""

    def track_from_sdp(self, number: int, rtpmap: str, fmtp: str) -> Track:
        """See Codec; a missing rtpmap is 8 kHz mono."""
        clock_hz, channels = audio_rtpmap(rtpmap, 8000)
        return self._track(number, clock_hz, channels)

    def with_setup(self, track: Track, setup: tuple[bytes, ...]) -> Track:
        """See Codec; there is no setup."""
        return track

    def payloads(self, track: Track, unit: AccessUnit, most_bytes: int) -> list[Payload]:
        """See Codec."""
        channels = max(track.channels, 1)
        room = min(most_bytes // channels, int(track.clock_hz * PACKET_MOST_S)) * channels
        count = -(-len(unit.data) // room)
        if count < 2:
            return [Payload(unit.data, marker=False)]
        each = -(-len(unit.data) // (count * channels)) * channels
        return [
            Payload(unit.data[at : at + each], marker=False, ticks=at // channels)
            for at in range(0, len(unit.data), each)
        ]

    def depacketizer(self, track: Track) -> "WholePackets":
        """See Codec; each packet is a unit."""
        return WholePackets()

    def sample_entry(self, track: Track) -> bytes:
        """See Codec; QuickTime's entry, which FFmpeg reads."""
        return audio_entry(self.sample_entry_kinds[0], max(track.channels, 1), track.clock_hz)

    def track_from_sample_entry(self, number: int, entry: bytes, clock_hz: int) -> Track:
        """See Codec."""
        channels, _, _ = audio_children(entry, self.sample_entry_kinds)
        return self._track(number, clock_hz, channels)

    def _track(self, number: int, clock_hz: int, channels: int) -> Track:
        return Track(number=number, kind=self.kind, codec=self.name, clock_hz=clock_hz, channels=channels)


class WholePackets(OneByOne):
    """Units that are one packet each; nothing is ever continued."""

    def __init__(self) -> None:
        self.pieces: list[bytes | memoryview] = []

    def receive(
        self,
        payload: memoryview,
        rtp_timestamp: int,
        *,
        marker: bool,
        lost: bool,
        extension: memoryview | None = None,
    ) -> list[Assembled]:
        """See Depacketizer."""
        return [whole_unit(bytes(payload), rtp_timestamp, is_discontinuous=lost)] if len(payload) else []

    def abandon(self) -> None:
        """See Depacketizer; nothing is ever open."""


def audio_rtpmap(rtpmap: str, default_hz: int) -> tuple[int, int]:
    """Clock in Hz and channels of `PCMU/8000/2`; raises MalformedMedia on nonsense."""
    parts = [*rtpmap.split("/"), "", ""]
    try:
        clock_hz, channels = int(parts[1] or default_hz), int(parts[2] or 1)
    except ValueError:
        raise MalformedMedia(f"an rtpmap of {rtpmap!r}") from None
    if not (1000 <= clock_hz <= 768_000 and 1 <= channels <= 16):
        raise MalformedMedia(f"an rtpmap of {rtpmap!r}")
    return clock_hz, channels
