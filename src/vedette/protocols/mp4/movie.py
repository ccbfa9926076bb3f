"""What a file opens with: its brands, its tracks, its absolute start time; and the ends of export files."""

import struct
from collections.abc import Sequence
from typing import NamedTuple

from vedette.base.errors import PeerError
from vedette.base.timestamps import MP4_EPOCH_S
from vedette.protocols.mp4.boxes import MalformedFile, box, children, fields, full_box

MOVIE_HZ = 1000  # the unit of durations in mvhd, tkhd, mehd and edit lists
FILETIME_EPOCH_S = 11_644_473_600  # seconds from 1601-01-01 to 1970-01-01
HANDLERS = {"Video": b"vide", "Audio": b"soun", "Metadata": b"meta"}  # by the search service's track kinds
MATRIX = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
MOST_TRACKS = 120  # also keeps track numbers in seven bits, see fragments.py


class MovieTrack(NamedTuple):
    """One track as the file's head describes it.

    `track_id` counts from 1. `kind` is Video, Audio or Metadata. `sample_entries` are whole boxes for
    `stsd`. `tables` are the other children of `stbl` (empty ones when the file is fragmented), `edits` a
    whole `edts` box or nothing, `duration` counts in `clock_hz`, `delay_ms` is what the edits put before.
    """

    track_id: int
    kind: str
    clock_hz: int
    sample_entries: Sequence[bytes]
    width: int = 0
    height: int = 0
    tables: bytes = b""
    edits: bytes = b""
    duration: int = 0
    delay_ms: int = 0


class TrackStart(NamedTuple):
    """The instant at which a track's media time is zero, from a `cstb` box."""

    track_id: int
    utc_us: int


class UnsupportedVersion(PeerError):
    """A box comes in a version that is not known here."""


EMPTY_TABLES = b"".join(
    (
        full_box(b"stts", 0, 0, bytes(4)),
        full_box(b"stsc", 0, 0, bytes(4)),
        full_box(b"stsz", 0, 0, bytes(8)),
        full_box(b"stco", 0, 0, bytes(4)),
    )
)


def file_type(*, is_fragmented: bool) -> bytes:
    """The `ftyp` box. Source: ISO/IEC 14496-12 §4.3; Export file format, Annex B (26.06)."""
    brands = (b"isom", b"iso6", b"mp41") if is_fragmented else (b"isom", b"iso2", b"avc1", b"mp41")
    return box(b"ftyp", b"isom", struct.pack(">I", 512), *brands)


def fragmented_movie(tracks: Sequence[MovieTrack], utc_us: int) -> tuple[bytes, int]:
    """The `moov` box of a file whose samples all lie in fragments.

    The second value is the offset within the box of the 64-bit duration (in MOVIE_HZ) of `mehd`; it is
    zero, meaning unknown, and may be overwritten in place when the file is finished.
    Raises ValueError for no tracks or more than MOST_TRACKS.
    """
    head = full_box(b"mehd", 1, 0, bytes(8))
    defaults = b"".join(full_box(b"trex", 0, 0, struct.pack(">5I", t.track_id, 1, 0, 0, 0)) for t in tracks)
    extends = box(b"mvex", head, defaults)
    movie = _movie(tracks, utc_us, 0, extends)
    return movie, len(movie) - len(extends) + len(head)  # the header of mvex is as long as the duration


def plain_movie(tracks: Sequence[MovieTrack], utc_us: int, duration_ms: int) -> bytes:
    """The `moov` box of a file that is not fragmented; every track brings its `tables`."""
    return _movie(tracks, utc_us, duration_ms, b"")


def _movie(tracks: Sequence[MovieTrack], utc_us: int, duration_ms: int, extends: bytes) -> bytes:
    if not 0 < len(tracks) <= MOST_TRACKS:
        raise ValueError(f"a file of {len(tracks)} tracks")
    made_s = max(0, utc_us // 1_000_000 + MP4_EPOCH_S)
    next_id = max(track.track_id for track in tracks) + 1
    header = full_box(
        b"mvhd",
        1,
        0,
        struct.pack(">QQIQ", made_s, made_s, MOVIE_HZ, duration_ms),
        struct.pack(">IH10x", 0x10000, 0x100),
        MATRIX,
        bytes(24),
        struct.pack(">I", next_id),
    )
    return box(b"moov", header, *(_track(each, made_s) for each in tracks), extends)


def _track(track: MovieTrack, made_s: int) -> bytes:
    # With an edit list it is the length of all edits (ISO/IEC 14496-12 §8.3.2).
    duration_ms = track.delay_ms - (-track.duration * MOVIE_HZ // track.clock_hz)
    header = full_box(
        b"tkhd",
        1,
        3,  # enabled, in the movie
        struct.pack(">QQIIQ", made_s, made_s, track.track_id, 0, duration_ms),
        struct.pack(">8xhhHH", 0, 0, 0x100 if track.kind == "Audio" else 0, 0),
        MATRIX,
        struct.pack(">II", (track.width & 0xFFFF) << 16, (track.height & 0xFFFF) << 16),
    )
    media_header = full_box(
        b"mdhd",
        1,
        0,
        struct.pack(">QQIQ", made_s, made_s, track.clock_hz, track.duration),
        struct.pack(">HH", 0x55C4, 0),  # undetermined language
    )
    kind_header = {
        "Video": full_box(b"vmhd", 0, 1, bytes(8)),
        "Audio": full_box(b"smhd", 0, 0, bytes(4)),
        "Metadata": full_box(b"nmhd", 0, 0),
    }[track.kind]
    entries = full_box(b"stsd", 0, 0, struct.pack(">I", len(track.sample_entries)), *track.sample_entries)
    here = box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1)))
    tables = box(b"stbl", entries, track.tables or EMPTY_TABLES)
    handler = _handler(HANDLERS[track.kind], track.kind)
    media = box(b"mdia", media_header, handler, box(b"minf", kind_header, here, tables))
    return box(b"trak", header, track.edits, media)


def _handler(kind: bytes, name: str) -> bytes:
    return full_box(b"hdlr", 0, 0, struct.pack(">4x4s12x", kind), name.encode() + b"\0")


def correct_start_times(starts: Sequence[TrackStart]) -> bytes:
    """A `cstb` box: when each track's media time line begins, in 100 ns since 1601-01-01 UTC.

    Source: Export file format, Timing (26.06 §5.3).
    """
    entries = (struct.pack(">IQ", s.track_id, s.utc_us * 10 + FILETIME_EPOCH_S * 10_000_000) for s in starts)
    return box(b"cstb", struct.pack(">I", len(starts)), *entries)


def parse_correct_start_times(content: memoryview) -> list[TrackStart]:
    """The entries of a `cstb` box, rounded down to microseconds; raises MalformedFile."""
    (count,) = fields("I", content)
    if count * 12 > len(content) - 4:
        raise MalformedFile(f"cstb claims {count} entries in {len(content)} bytes")
    entries = (fields("IQ", content, 4 + 12 * index) for index in range(count))
    return [TrackStart(number, ticks // 10 - FILETIME_EPOCH_S * 1_000_000) for number, ticks in entries]


def file_meta(*boxes: bytes) -> bytes:
    """The file level `meta` box. The text names no handler, so it is `null`.

    Source: ISO/IEC 14496-12 §8.11.1; Export file format, Annex B (26.06).
    """
    return full_box(b"meta", 0, 0, _handler(b"null", ""), *boxes)


def starts_in_meta(content: memoryview) -> list[TrackStart]:
    """The track starts in the content of a file level `meta` box; empty when there are none."""
    fields("I", content)
    for each in children(content[4:]):
        if each.kind == b"cstb":
            return parse_correct_start_times(each.content)
    return []


class ExportedTrack(NamedTuple):
    """Where one exported track came from, in words and addresses; unknown is empty."""

    track_id: int
    source_name: str = ""
    source_url: str = ""
    source_mac: str = ""
    source_line: str = ""


class ExportUnit(NamedTuple):
    """Who exported, with what, when (UTC microseconds, written in whole seconds); unknown is empty."""

    name: str = ""
    url: str = ""
    mac: str = ""
    utc_us: int = 0
    operator: str = ""


def supplementary(unit: ExportUnit, tracks: Sequence[ExportedTrack]) -> bytes:
    """The `suep` box. Source: Export file format, Required Side Information (26.06 §5.2)."""
    entries = [
        struct.pack(">H", each.track_id) + b"".join(map(_text, each[1:]))  # the four strings in order
        for each in tracks
    ]
    exported_s = max(0, unit.utc_us // 1_000_000 + MP4_EPOCH_S)
    return full_box(
        b"suep",
        1,
        0,
        _text(unit.name),
        _text(unit.url),
        _text(unit.mac),
        struct.pack(">Q", exported_s),
        _text(unit.operator),
        struct.pack(">I", len(tracks)),
        *entries,
    )


def parse_supplementary(content: memoryview) -> tuple[ExportUnit, list[ExportedTrack]]:
    """What a `suep` box says; raises MalformedFile, or UnsupportedVersion for the layout before 18.06."""
    (version_flags,) = fields("I", content)
    if version_flags >> 24 != 1:
        raise UnsupportedVersion(f"suep version {version_flags >> 24}")
    name, at = _read_text(content, 4)
    url, at = _read_text(content, at)
    mac, at = _read_text(content, at)
    (exported_s,) = fields("Q", content, at)
    operator, at = _read_text(content, at + 8)
    (count,) = fields("I", content, at)
    at += 4
    tracks = []
    for _ in range(min(count, MOST_TRACKS)):
        (track_id,) = fields("H", content, at)
        at += 2
        texts = []
        for _ in range(4):
            text, at = _read_text(content, at)
            texts.append(text)
        tracks.append(ExportedTrack(track_id, *texts))
    return ExportUnit(name, url, mac, (exported_s - MP4_EPOCH_S) * 1_000_000, operator), tracks


def _text(text: str) -> bytes:
    return text.replace("\0", "").encode() + b"\0"


def _read_text(content: memoryview, at: int) -> tuple[str, int]:
    end = bytes(content).find(b"\0", at)
    if end < 0:
        raise MalformedFile(f"a string at {at} has no end")
    return bytes(content[at:end]).decode("utf-8", "replace"), end + 1
