"""ONVIF metadata: SDP line, RTP in and out (also gzip in), `metx`."""

import zlib
from xml.parsers import expat

from vedette.media.codecs.codec import Assembled, MalformedMedia, Payload, whole_unit
from vedette.media.codecs.entries import entry_body
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.mp4.boxes import box
from vedette.protocols.rtp.payload import OneByOne

NAMESPACE = b"http://www.onvif.org/ver10/schema"
DOCUMENT_MOST_BYTES = 4 << 20
DOCUMENTS_MOST = 256  # in one run up to a marker
_ROOT_END = b"MetadataStream>"
_ROOT_END_AS_PRINTED = b"MetaDataStream>"  # the specification's text, against its own schema
_GZIP = "vnd.onvif.metadata+gzip"


class Metadata:
    """ONVIF's XML metadata; each unit is one document, without a setup. We send plain XML.

    Source: Streaming, RTP for Metadata stream (26.06 §5.1.2.1.1); Export File Format, Metadata (26.06 §5.5).
    """

    name = "METADATA"
    kind = TrackKind.METADATA
    static_payload_type = None
    encoding_names = ("vnd.onvif.metadata", _GZIP)
    sample_entry_kinds = (b"metx",)

    def rtpmap(self, track: Track) -> str:
        """See Codec."""
        return f"vnd.onvif.metadata/{track.clock_hz}"

    def fmtp(self, track: Track) -> str:
        """See Codec; there are none."""
        return ""

    def track_from_sdp(self, number: int, rtpmap: str, fmtp: str) -> Track:
        """See Codec. Compression needs no word in the track: gzip shows itself. EXI raises MalformedMedia."""
        name, _, rest = rtpmap.partition("/")
        if name.lower() not in self.encoding_names:
            raise MalformedMedia(f"metadata as {name!r}")
        clock = rest.split("/")[0]
        return self._track(number, int(clock) if clock.isdecimal() and 0 < int(clock) < 1 << 20 else 90_000)

    def with_setup(self, track: Track, setup: tuple[bytes, ...]) -> Track:
        """See Codec; there is no setup."""
        return track

    def payloads(self, track: Track, unit: AccessUnit, most_bytes: int) -> list[Payload]:
        """See Codec; the marker ends the document."""
        size = len(unit.data)
        count = max(-(-size // most_bytes), 1)
        each = max(-(-size // count), 1)
        return [Payload(unit.data[at : at + each], at + each >= size) for at in range(0, max(size, 1), each)]

    def depacketizer(self, track: Track) -> "MetadataDepacketizer":
        """See Codec."""
        return MetadataDepacketizer()

    def sample_entry(self, track: Track) -> bytes:
        """See Codec; no content encoding (that is, XML), the namespace, no schema location."""
        return box(b"metx", bytes(6) + b"\0\1" + b"\0" + NAMESPACE + b"\0" + b"\0")

    def track_from_sample_entry(self, number: int, entry: bytes, clock_hz: int) -> Track:
        """See Codec; content that is encoded raises MalformedMedia."""
        strings = entry_body(entry, self.sample_entry_kinds)[8:].split(b"\0")
        if strings[0].lower() not in (b"", b"xml", b"text/xml", b"application/xml"):
            raise MalformedMedia(f"metadata encoded as {strings[0][:40]!r}")
        return self._track(number, clock_hz)

    def _track(self, number: int, clock_hz: int) -> Track:
        return Track(number=number, kind=self.kind, codec=self.name, clock_hz=clock_hz)


class MetadataDepacketizer(OneByOne):
    """Documents cut at any byte, one or several up to a marker, plain or gzip.

    Timestamps do not tell documents apart: they are those of the packets. A peer that never sets the
    marker is understood where a packet ends with the end of the root element.
    """

    def __init__(self) -> None:
        self.pieces: list[bytes | memoryview] = []
        self._size = 0
        self._timestamp = 0
        self._is_gap = False
        self._is_broken = False
        self._is_fresh = True

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
        if lost or self._is_fresh:
            self.abandon()
            self._is_gap = lost
            self._is_fresh = False
            self._is_broken = not _starts_document(payload)
        if not self._is_broken:
            if not self.pieces:
                self._timestamp = rtp_timestamp
            self.pieces.append(payload)
            self._size += len(payload)
            if self._size > DOCUMENT_MOST_BYTES:
                self.abandon()
        ends = marker or _ends_document(payload)
        if not ends:
            return []
        if self._is_broken:
            self._is_broken = False
            return []
        data = b"".join(self.pieces)
        self.pieces.clear()
        self._size = 0
        return self._documents(data) if data.strip() else []

    def abandon(self) -> None:
        """See Depacketizer."""
        self._is_gap = self._is_broken = True
        self._size = 0
        self.pieces.clear()

    def _documents(self, data: bytes) -> list[Assembled]:
        plain = _inflated(data) if data.startswith(b"\x1f\x8b") else data
        documents: list[bytes] = split_documents(plain) if plain is not None else []
        if not documents:
            self._is_gap = True
        done = []
        for document in documents:
            done.append(whole_unit(document, self._timestamp, is_discontinuous=self._is_gap))
            self._is_gap = False
        return done


def split_documents(data: bytes) -> list[bytes]:
    """The XML documents that stand one behind the other; what is not well formed ends the row.

    A document that has just one root end is taken as it is: only a row of several is parsed.
    """
    data = data.strip(b" \t\r\n\0")
    ends = data.count(_ROOT_END) + data.count(_ROOT_END_AS_PRINTED)
    if ends == 1 and data.endswith((_ROOT_END, _ROOT_END_AS_PRINTED)):
        return [data]
    documents: list[bytes] = []
    while data and len(documents) < DOCUMENTS_MOST:
        end = _document_end(data)
        if end == 0:
            break
        documents.append(data[:end])
        data = data[end:].lstrip(b" \t\r\n\0")
    return documents


def _document_end(data: bytes) -> int:
    """Where the first document's root element ends; 0 when it does not."""
    parser = expat.ParserCreate()
    depth = end = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1

    def stop(name: str) -> None:
        nonlocal depth, end
        depth -= 1
        if depth == 0:
            end = data.find(b">", parser.CurrentByteIndex) + 1

    def refuse(*parts: object) -> None:
        raise MalformedMedia("a document type declaration in metadata")

    parser.StartElementHandler = start
    parser.EndElementHandler = stop
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)  # noqa: FBT003 - the C function takes it by position
    except (expat.ExpatError, MalformedMedia):
        return end
    return end


def _starts_document(payload: memoryview) -> bool:
    """Whether a packet behind a gap opens a document, and not just an element within one."""
    start = bytes(payload[:80]).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"\x1f\x8b", b"<?xml")) or start == b"\x1f":
        return True
    name = start[1:].replace(b">", b" ").replace(b"/", b" ").partition(b" ")[0].rpartition(b":")[2]
    return start.startswith(b"<") and name.lower() == b"metadatastream"


def _ends_document(payload: memoryview) -> bool:
    return bytes(payload[-32:]).rstrip().endswith((_ROOT_END, _ROOT_END_AS_PRINTED))


def _inflated(data: bytes) -> bytes | None:
    """The content of the gzip members (RFC 1952); None when broken or beyond the size allowed."""
    pieces: list[bytes] = []
    left = DOCUMENT_MOST_BYTES
    while data.startswith(b"\x1f\x8b"):
        inflater = zlib.decompressobj(wbits=31)
        try:
            pieces.append(inflater.decompress(data, left))
        except zlib.error:
            return None
        left -= len(pieces[-1])
        if not inflater.eof or left <= 0:
            return None
        data = inflater.unused_data
    return b"".join(pieces)
