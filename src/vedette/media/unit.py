"""What flows: access units, and the tracks they belong to."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from operator import attrgetter

import msgspec


class TrackKind(StrEnum):
    """What a track carries, in the words of the search service."""

    VIDEO = "Video"
    AUDIO = "Audio"
    METADATA = "Metadata"


TrackKey = tuple[TrackKind, int]  # kind and number


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """One elementary stream and what is needed to decode it.

    `number` counts from 0 within its stream. `codec` is a name in `media.codecs.CODECS`.
    `clock_hz` is the unit of `AccessUnit.pts` (and of its RTP timestamps). `setup` holds the codec's
    own configuration in the order that the codec's file documents: H.264 SPS then PPS, H.265 VPS,
    SPS, PPS (NAL units without start codes), AAC its AudioSpecificConfig. Two tracks that compare
    equal decode alike; a new `setup` is a new track.
    """

    number: int
    kind: TrackKind
    codec: str
    clock_hz: int
    setup: tuple[bytes, ...] = ()
    width: int = 0
    height: int = 0
    channels: int = 0

    @property
    def key(self) -> TrackKey:
        """What makes a track of a recording, whatever its codec."""
        return self.kind, self.number


class AccessUnit(msgspec.Struct, frozen=True, gc=False):
    """One frame, one audio packet or one metadata document, in decoding order.

    `utc_us` is the capture instant. `pts` is the media time in `Track.clock_hz`, not wrapped; with
    B-frames it is not monotonic, while `utc_us` follows `pts`. `data`: H.264 and H.265 as NAL units,
    each behind its length in four bytes, without access unit delimiters and parameter sets (those
    are in `Track.setup`); JPEG as one JFIF image; AAC as one raw_data_block; G.711 as its octets;
    metadata as one UTF-8 XML document. `is_key`: decodable without any earlier unit of its track
    (always true outside video). `is_discontinuous`: something before it was lost, or time jumped.
    """

    track: int
    utc_us: int
    pts: int
    data: bytes
    is_key: bool
    is_discontinuous: bool = False


# Columns of a batch: `map(data_of, units)` takes no step of the interpreter for each unit.
track_of, utc_us_of, pts_of = attrgetter("track"), attrgetter("utc_us"), attrgetter("pts")
data_of, is_key_of, is_discontinuous_of = (
    attrgetter("data"),
    attrgetter("is_key"),
    attrgetter("is_discontinuous"),
)


def bytes_of(units: Iterable[AccessUnit]) -> int:
    """How much media the units hold together."""
    return sum(map(len, map(data_of, units)))


def units_of(track: int, units: Sequence[AccessUnit]) -> Sequence[AccessUnit]:
    """Those of one track; the batch itself where all are."""
    return units if set(map(track_of, units)) == {track} else [each for each in units if each.track == track]
