"""What flows: access units, and the tracks they belong to."""

from enum import StrEnum

import msgspec


class TrackKind(StrEnum):
    """What a track carries, in the words of the search service."""

    VIDEO = "Video"
    AUDIO = "Audio"
    METADATA = "Metadata"


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
