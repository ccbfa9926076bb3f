"""Every codec there is, and how one is found."""

from vedette.media.codecs.aac import Aac
from vedette.media.codecs.codec import Codec, UnknownCodec
from vedette.media.codecs.g711 import G711
from vedette.media.codecs.h264 import H264
from vedette.media.codecs.h265 import H265
from vedette.media.codecs.jpeg import Jpeg
from vedette.media.codecs.metadata import Metadata

PCMU = G711("PCMU", 0, b"ulaw")
PCMA = G711("PCMA", 8, b"alaw")
CODECS: tuple[Codec, ...] = (H264(), H265(), Jpeg(), Aac(), PCMU, PCMA, Metadata())
_BY_NAME = {codec.name: codec for codec in CODECS}


def codec_named(name: str) -> Codec:
    """The codec of `Track.codec`; raises UnknownCodec."""
    try:
        return _BY_NAME[name]
    except KeyError:
        raise UnknownCodec(f"no codec {name!r}") from None


def codec_in_sdp(payload_type: int, rtpmap: str) -> Codec:
    """The codec of a media description: by its rtpmap, or by a static payload type when that is empty.

    Raises UnknownCodec, which names what the SDP said.
    """
    encoding = rtpmap.partition("/")[0].strip().lower()
    for codec in CODECS:
        if encoding in codec.encoding_names or (not encoding and payload_type == codec.static_payload_type):
            return codec
    raise UnknownCodec(f"no codec for payload type {payload_type} {rtpmap!r}")


def codec_in_sample_entry(entry: bytes) -> Codec:
    """The codec of an MP4 sample entry box; raises UnknownCodec."""
    for codec in CODECS:
        if entry[4:8] in codec.sample_entry_kinds:
            return codec
    raise UnknownCodec(f"no codec for the sample entry {entry[4:8]!r}")
