"""NAL units between the ways they are stored: start codes, `avcC` and `hvcC` records, length prefixes."""

from collections.abc import Iterable, Sequence

from vedette.base.errors import PeerError

H264_PARAMETER_SETS = (7, 8)
H264_LEFT_OUT = frozenset((7, 8, 9, 12))  # parameter sets, delimiter, filler
H265_PARAMETER_SETS = (32, 33, 34)
H265_LEFT_OUT = frozenset((32, 33, 34, 35, 38))  # the same
MOST_UNITS = 4096


def h264_type(unit: bytes) -> int:
    """The type of an H.264 NAL unit. Source: ITU-T H.264 §7.3.1."""
    return unit[0] & 0x1F


def h265_type(unit: bytes) -> int:
    """The type of an H.265 NAL unit. Source: ITU-T H.265 §7.3.1.2."""
    return unit[0] >> 1 & 0x3F


def split_annex_b(stream: bytes) -> list[bytes]:
    """The NAL units between start codes of three or four bytes; zero bytes behind a unit are dropped.

    Source: ITU-T H.264 Annex B.
    """
    units: list[bytes] = []
    start = stream.find(b"\0\0\1")
    while start >= 0:
        start += 3
        end = stream.find(b"\0\0\1", start)
        unit = stream[start : end if end >= 0 else len(stream)].rstrip(b"\0")
        if unit:
            units.append(unit)
        if len(units) > MOST_UNITS:
            raise PeerError(f"more than {MOST_UNITS} NAL units in one access unit")
        start = end
    return units


def split_length_prefixed(sample: bytes, prefix_bytes: int) -> list[bytes]:
    """The NAL units of an MP4 sample; raises PeerError when a length leads past the end."""
    units: list[bytes] = []
    offset = 0
    while offset < len(sample):
        size = int.from_bytes(sample[offset : offset + prefix_bytes])
        offset += prefix_bytes
        if offset + size > len(sample):
            raise PeerError(f"a NAL unit of {size} bytes where {len(sample) - offset} are left")
        if size:
            units.append(sample[offset : offset + size])
        if len(units) > MOST_UNITS:
            raise PeerError(f"more than {MOST_UNITS} NAL units in one access unit")
        offset += size
    return units


def length_prefixed(units: Iterable[bytes]) -> bytes:
    """NAL units each behind its length in four bytes, as `AccessUnit.data` holds them."""
    return b"".join(part for unit in units for part in (len(unit).to_bytes(4), unit))


def from_avcc(record: bytes) -> tuple[int, tuple[bytes, ...]]:
    """Bytes per length prefix, and SPS then PPS, of an AVC decoder configuration record.

    Raises PeerError when it is cut short. Source: ISO/IEC 14496-15 §5.3.3.1.
    """
    if len(record) < 7 or record[0] != 1:
        raise PeerError("not an AVC decoder configuration record")
    sets: list[bytes] = []
    offset = 5
    for mask in (0x1F, 0xFF):
        count = _byte(record, offset) & mask
        offset += 1
        offset = _read_sets(record, offset, count, sets)
    return (record[4] & 3) + 1, tuple(sets)


def from_hvcc(record: bytes) -> tuple[int, tuple[bytes, ...]]:
    """Bytes per length prefix, and VPS, SPS, PPS, of an HEVC decoder configuration record.

    Raises PeerError when it is cut short. Source: ISO/IEC 14496-15 §8.3.3.1.
    """
    if len(record) < 23:
        raise PeerError("not an HEVC decoder configuration record")
    sets: list[bytes] = []
    offset = 23
    for _ in range(record[22]):
        _byte(record, offset + 2)
        count = int.from_bytes(record[offset + 1 : offset + 3])
        offset = _read_sets(record, offset + 3, count, sets)
    return (record[21] & 3) + 1, parameter_sets(sets, is_h265=True)


def parameter_sets(units: Sequence[bytes], *, is_h265: bool) -> tuple[bytes, ...]:
    """The parameter sets among NAL units in the order that `Track.setup` wants."""
    wanted, type_of = (H265_PARAMETER_SETS, h265_type) if is_h265 else (H264_PARAMETER_SETS, h264_type)
    return tuple(unit for kind in wanted for unit in units if type_of(unit) == kind)


def without_parameter_sets(units: Sequence[bytes], *, is_h265: bool) -> list[bytes]:
    """The NAL units that `AccessUnit.data` holds: no parameter sets, delimiters and filler."""
    left_out, type_of = (H265_LEFT_OUT, h265_type) if is_h265 else (H264_LEFT_OUT, h264_type)
    return [unit for unit in units if type_of(unit) not in left_out]


def _read_sets(record: bytes, offset: int, count: int, into: list[bytes]) -> int:
    for _ in range(count):
        _byte(record, offset + 1)
        size = int.from_bytes(record[offset : offset + 2])
        offset += 2
        if not size or offset + size > len(record):
            raise PeerError(f"a parameter set of {size} bytes where {len(record) - offset} are left")
        into.append(record[offset : offset + size])
        offset += size
    return offset


def _byte(record: bytes, offset: int) -> int:
    if offset >= len(record):
        raise PeerError(f"a configuration record of {len(record)} bytes is cut short")
    return record[offset]
