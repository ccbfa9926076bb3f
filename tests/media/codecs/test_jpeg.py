"""JPEG: RFC 2435 and ONVIF's header extension."""

import struct

import pytest

from vedette.media.codecs.codec import Assembled, MalformedMedia, Payload
from vedette.media.codecs.jpeg import Jpeg
from vedette.media.codecs.jpeg_image import (
    DHT,
    DQT,
    DRI,
    JFIF,
    SCAN_HEADER,
    frame_header,
    parse_image,
    picture_size,
    quantisers,
    segment,
    standard_huffman,
)
from vedette.media.unit import AccessUnit, Track, TrackKind

TRACK = Track(number=0, kind=TrackKind.VIDEO, codec="JPEG", clock_hz=90_000)
codec = Jpeg()


def image(
    width: int, height: int, *, scan: bytes = b"scan" * 500, restart: int = 0, extra: bytes = b""
) -> bytes:
    tables = b"".join(segment(DQT, table) for _, table in sorted(quantisers(80).items()))
    huffman = segment(DHT, b"".join(table for _, table in sorted(standard_huffman().items())))
    interval = segment(DRI, struct.pack(">H", restart)) if restart else b""
    head = tables + huffman + extra + interval + frame_header(width, height, 0x22) + SCAN_HEADER
    return b"\xff\xd8" + JFIF + head + scan + b"\xff\xd9"


def sent(data: bytes, most_bytes: int = 1400) -> list[Payload]:
    return codec.payloads(TRACK, AccessUnit(track=0, utc_us=0, pts=0, data=data, is_key=True), most_bytes)


def put_together(payloads: list[Payload]) -> list[Assembled]:
    depacketizer = codec.depacketizer(TRACK)
    done: list[Assembled] = []
    for payload in payloads:
        extension = memoryview(payload.extension) if payload.extension else None
        done += depacketizer.receive(
            memoryview(payload.data), 1, marker=payload.marker, lost=False, extension=extension
        )
    return done


@pytest.mark.parametrize("restart", [0, 40])
def test_an_ordinary_image_needs_no_extension(restart: int) -> None:
    data = image(640, 480, restart=restart)
    payloads = sent(data)
    assert not any(payload.extension for payload in payloads)
    assert payloads[0].data[4] == (65 if restart else 1)
    assert payloads[0].data[5:8] == bytes([255, 80, 60])
    assert [unit.data for unit in put_together(payloads)] == [data]


@pytest.mark.parametrize("most_bytes", [64, 300, 1400, 60_000])
@pytest.mark.parametrize(("width", "height"), [(2592, 1944), (322, 242)])
def test_other_sizes_carry_their_headers_in_the_extension(width: int, height: int, most_bytes: int) -> None:
    data = image(width, height)
    payloads = sent(data, most_bytes)
    profile, words = struct.unpack_from(">HH", payloads[0].extension)
    assert profile == 0xFFD8
    assert 4 * words + 4 == len(payloads[0].extension)
    assert all(len(payload.data) + len(payload.extension) <= most_bytes for payload in payloads)
    later = [payload.extension[:2] for payload in payloads[1:] if payload.extension]
    assert set(later) <= {b"\xff\xff"}
    units = put_together(payloads)
    assert [parse_image(unit.data) for unit in units] == [parse_image(data)]
    assert units[0].setup == (struct.pack(">HH", width, height),)


def test_pixels_that_are_not_square_are_told_in_the_first_extension() -> None:
    def shaped(across: int, down: int) -> bytes:
        return image(640, 480).replace(JFIF[-7:], struct.pack(">BHHBB", 0, across, down, 0, 0), 1)

    for across, down in ((1, 1), (72, 72), (0, 1)):
        assert not any(payload.extension for payload in sent(shaped(across, down)))
    payloads = sent(shaped(12, 11))
    assert payloads[0].extension[4:].startswith(JFIF[:-7] + struct.pack(">BHHBB", 0, 12, 11, 0, 0))
    assert [parse_image(unit.data) for unit in put_together(payloads)] == [parse_image(shaped(12, 11))]


def test_padding_goes_before_the_scan_header() -> None:
    whole = b"".join(
        payload.extension[4:] for payload in sent(image(2592, 1944, extra=segment(0xFE, b"odd")))
    )
    assert len(whole) % 4 == 0
    assert whole.endswith(SCAN_HEADER)


def test_tables_by_number_are_those_of_the_format() -> None:
    head = struct.pack(">IBBBB", 0, 1, 50, 80, 60)
    unit = put_together([Payload(head + b"scan", marker=True)])[0]
    tables = [whole[5:] for kind, whole in parse_image(unit.data).segments if kind == DQT]
    assert tables[0][:8] == bytes([16, 11, 12, 14, 12, 10, 16, 14])
    assert tables[1][:8] == bytes([17, 18, 18, 24, 21, 24, 47, 26])
    assert picture_size(unit.data) == (640, 480)


def test_a_frame_of_the_extension_may_lean_on_the_one_before() -> None:
    first = sent(image(2592, 1944))
    depacketizer = codec.depacketizer(TRACK)
    whole: list[Assembled] = []
    for payload in first:
        extension = memoryview(payload.extension) if payload.extension else None
        whole += depacketizer.receive(
            memoryview(payload.data), 1, marker=payload.marker, lost=False, extension=extension
        )
    head = struct.pack(">IBBBB", 0, 1, 0, 0, 0)
    lean = depacketizer.receive(
        memoryview(head + b"more"), 2, marker=True, lost=False, extension=memoryview(b"\xff\xd8\0\0")
    )
    assert picture_size(lean[0].data) == (2592, 1944)
    before, after = parse_image(whole[0].data), parse_image(lean[0].data)
    assert {whole for kind, whole in before.segments if kind == DQT} == {
        whole for kind, whole in after.segments if kind == DQT
    }
    assert after.scan == b"more"


def test_a_restart_header_becomes_a_restart_segment() -> None:
    head = struct.pack(">IBBBBHH", 0, 65, 50, 80, 60, 12, 0xFFFF)
    unit = put_together([Payload(head + b"scan", marker=True)])[0]
    assert parse_image(unit.data).first(DRI) == b"\0\x0c"


def test_a_size_that_a_plain_header_has_no_room_for_is_the_described_one() -> None:
    payloads = [each._replace(data=each.data[:6] + b"\0\0" + each.data[8:]) for each in sent(image(640, 480))]
    described = codec.with_setup(TRACK, (struct.pack(">HH", 2592, 1944),))
    depacketizer = codec.depacketizer(described)
    done = [
        unit
        for each in payloads
        for unit in depacketizer.receive(memoryview(each.data), 1, marker=each.marker, lost=False)
    ]
    assert [unit.data for unit in done] == [image(2592, 1944)]
    assert done[0].setup is None


def test_a_frame_that_says_nothing_of_itself_is_dropped() -> None:
    for head in (struct.pack(">IBBBB", 0, 7, 50, 80, 60), struct.pack(">IBBBB", 0, 1, 50, 0, 0)):
        assert put_together([Payload(head + b"scan", marker=True)]) == []
    assert put_together([Payload(struct.pack(">IBBBB", 0, 1, 255, 80, 60), marker=True)]) == []


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"GIF89a", JFIF, image(640, 480)[:100]])
def test_what_is_no_image_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedMedia):
        sent(data)
