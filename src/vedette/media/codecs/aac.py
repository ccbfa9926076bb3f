"""AAC: its configuration, SDP line, RTP in and out, `mp4a`."""

from typing import NamedTuple

from vedette.base.bits import BitReader
from vedette.base.errors import PeerError
from vedette.media.codecs.codec import Assembled, MalformedMedia, Payload, whole_unit
from vedette.media.codecs.entries import audio_children, audio_entry, esds, parse_esds
from vedette.media.codecs.g711 import audio_rtpmap
from vedette.media.codecs.nal import fmtp_parameters
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.mp4.boxes import child
from vedette.protocols.rtp.payload import OneByOne

FREQUENCIES_HZ = (
    96_000,
    88_200,
    64_000,
    48_000,
    44_100,
    32_000,
    24_000,
    22_050,
    16_000,
    12_000,
    11_025,
    8_000,
    7_350,
)
AUDIO_ISO_14496_3, AUDIO_STREAM = 0x40, 5
UNIT_MOST_BYTES = 8191  # 13 bits of AU-size
_CHANNELS = (0, 1, 2, 3, 4, 5, 6, 8)


class AudioConfig(NamedTuple):
    """What an AudioSpecificConfig says; `output_hz` is twice `core_hz` with spectral band replication."""

    object_type: int
    core_hz: int
    output_hz: int
    channels: int  # 0 where the configuration leaves it to the stream
    frame_samples: int  # at `core_hz`


def parse_audio_config(config: bytes) -> AudioConfig:
    """An AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1); raises PeerError."""
    bits = BitReader(config)
    object_type = _object_type(bits)
    core_hz = output_hz = _frequency(bits)
    channels = bits.read(4)
    if object_type in (5, 29):
        output_hz = _frequency(bits)
        object_type = _object_type(bits)
    if channels >= len(_CHANNELS):
        raise MalformedMedia(f"AAC channel configuration {channels}")
    is_short = object_type in (1, 2, 3, 4, 6, 7) and bits.left > 0 and bits.flag()
    return AudioConfig(object_type, core_hz, output_hz, _CHANNELS[channels], 960 if is_short else 1024)


def audio_config(sample_hz: int, channels: int) -> bytes:
    """The AudioSpecificConfig of AAC-LC; raises MalformedMedia for what it cannot say."""
    if sample_hz not in FREQUENCIES_HZ or channels not in _CHANNELS[1:]:
        raise MalformedMedia(f"AAC of {sample_hz} Hz and {channels} channels")
    bits = 2 << 11 | FREQUENCIES_HZ.index(sample_hz) << 7 | _CHANNELS.index(channels) << 3
    return bits.to_bytes(2, "big")


def _object_type(bits: BitReader) -> int:
    value = bits.read(5)
    return 32 + bits.read(6) if value == 31 else value


def _frequency(bits: BitReader) -> int:
    index = bits.read(4)
    if index == 15:
        value = bits.read(24)
    elif index < len(FREQUENCIES_HZ):
        value = FREQUENCIES_HZ[index]
    else:
        raise MalformedMedia(f"AAC sampling frequency index {index}")
    if not 1000 <= value <= 192_000:
        raise MalformedMedia(f"AAC of {value} Hz")
    return value


class Aac:
    """AAC. `Track.setup`: the AudioSpecificConfig.

    Source: RFC 3640 §3.3.6 (AAC-hbr); ISO/IEC 14496-14 §5.6.
    """

    name = "AAC"
    kind = TrackKind.AUDIO
    static_payload_type = None
    encoding_names = ("mpeg4-generic",)
    sample_entry_kinds = (b"mp4a",)

    def rtpmap(self, track: Track) -> str:
        """See Codec."""
        return f"mpeg4-generic/{track.clock_hz}/{max(track.channels, 1)}"

    def fmtp(self, track: Track) -> str:
        """See Codec; RFC 3640 §4.1."""
        return (
            "streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;"
            f"config={self._setup(track).hex().upper()}"
        )

    def track_from_sdp(self, number: int, rtpmap: str, fmtp: str) -> Track:
        """See Codec. Only AAC-hbr's field widths are carried; without `config` AAC-LC is taken."""
        clock_hz, channels = audio_rtpmap(rtpmap, 0)
        parameters = fmtp_parameters(fmtp)
        for name, due in (("sizelength", "13"), ("indexlength", "3"), ("indexdeltalength", "3")):
            if parameters.get(name, due) != due:
                raise MalformedMedia(f"AAC with {name}={parameters[name]}")
        try:
            config = bytes.fromhex(parameters.get("config", ""))
            parse_audio_config(config)
        except (ValueError, PeerError):
            config = audio_config(clock_hz, channels)
        track = Track(number=number, kind=self.kind, codec=self.name, clock_hz=clock_hz, channels=channels)
        return self.with_setup(track, (config,))

    def with_setup(self, track: Track, setup: tuple[bytes, ...]) -> Track:
        """See Codec."""
        try:
            channels = parse_audio_config(setup[0]).channels if setup else 0
        except PeerError:
            channels = 0
        return Track(
            number=track.number,
            kind=self.kind,
            codec=self.name,
            clock_hz=track.clock_hz,
            setup=setup,
            channels=channels or track.channels,
        )

    def payloads(self, track: Track, unit: AccessUnit, most_bytes: int) -> list[Payload]:
        """See Codec; one unit a packet, or fragments of one. More than 8,191 bytes raise MalformedMedia."""
        size = len(unit.data)
        if size > UNIT_MOST_BYTES:
            raise MalformedMedia(f"an AAC unit of {size} bytes")
        head = b"\0\x10" + (size << 3).to_bytes(2, "big")
        room = most_bytes - len(head)
        return [
            Payload(head + unit.data[at : at + room], at + room >= size)
            for at in range(0, max(size, 1), room)
        ]

    def depacketizer(self, track: Track) -> "AacDepacketizer":
        """See Codec."""
        config = parse_audio_config(self._setup(track))
        return AacDepacketizer(config.frame_samples * track.clock_hz // config.core_hz)

    def sample_entry(self, track: Track) -> bytes:
        """See Codec; `mp4a` with `esds`."""
        setup = self._setup(track)
        channels = track.channels or parse_audio_config(setup).channels
        return audio_entry(b"mp4a", channels, track.clock_hz, esds(AUDIO_ISO_14496_3, AUDIO_STREAM, setup))

    def track_from_sample_entry(self, number: int, entry: bytes, clock_hz: int) -> Track:
        """See Codec."""
        channels, _, children = audio_children(entry, self.sample_entry_kinds)
        kind, setup = parse_esds(child(children, b"esds"))
        if kind != AUDIO_ISO_14496_3:
            raise MalformedMedia(f"an mp4a entry of object type {kind:#x}")
        parse_audio_config(setup)
        track = Track(number=number, kind=self.kind, codec=self.name, clock_hz=clock_hz, channels=channels)
        return self.with_setup(track, (setup,))

    def _setup(self, track: Track) -> bytes:
        return track.setup[0] if track.setup else audio_config(track.clock_hz, max(track.channels, 1))


class AacDepacketizer(OneByOne):
    """Several units a packet, or one unit in several packets (RFC 3640 §3.2)."""

    def __init__(self, unit_ticks: int) -> None:
        """`unit_ticks` is the length of one unit in the track's clock."""
        self.pieces: list[bytes | memoryview] = []
        self._unit_ticks = unit_ticks
        self._is_gap = False
        self._missing = 0  # bytes of the open unit that have not come yet
        self._size = 0
        self._timestamp = 0

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
        if lost:
            self.abandon()
        sizes, at = _unit_sizes(payload)
        if len(sizes) == 1 and sizes[0] > len(payload) - at:
            return self._take_fragment(payload[at:], sizes[0], rtp_timestamp)
        if self._missing:
            self.abandon()
        done = []
        for place, size in enumerate(sizes):
            if not size or at + size > len(payload):
                self._is_gap = True
                break
            data = bytes(payload[at : at + size])
            done.append(
                whole_unit(data, rtp_timestamp, place * self._unit_ticks, is_discontinuous=self._is_gap)
            )
            self._is_gap = False
            at += size
        return done

    def abandon(self) -> None:
        """See Depacketizer."""
        self._is_gap = True
        self._missing = 0
        self.pieces.clear()

    def _take_fragment(self, piece: memoryview, size: int, rtp_timestamp: int) -> list[Assembled]:
        if self._missing and (
            size != self._size or rtp_timestamp != self._timestamp or len(piece) > self._missing
        ):
            self.abandon()
        if not self._missing:
            if self._is_gap and self._size == size and self._timestamp == rtp_timestamp:
                return []  # the rest of a unit whose beginning was lost
            self._missing = self._size = size
            self._timestamp = rtp_timestamp
        self.pieces.append(piece)
        self._missing -= len(piece)
        if self._missing:
            return []
        data = b"".join(self.pieces)
        self.pieces.clear()
        is_gap, self._is_gap = self._is_gap, False
        return [whole_unit(data, rtp_timestamp, is_discontinuous=is_gap)]


def _unit_sizes(payload: memoryview) -> tuple[list[int], int]:
    """The sizes that the AU headers state and where the units begin; none when cut off."""
    if len(payload) < 4:
        return [], 0
    header_bits = payload[0] << 8 | payload[1]
    start = 2 + (header_bits + 7) // 8
    if start > len(payload):
        return [], 0
    return [(payload[at] << 8 | payload[at + 1]) >> 3 for at in range(2, start - 1, 2)], start
