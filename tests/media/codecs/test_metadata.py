"""Metadata: documents in a row, compressed, without markers, and never a part of one."""

import gzip

import pytest

from vedette.media.codecs.codec import Assembled, MalformedMedia
from vedette.media.codecs.metadata import Metadata, MetadataDepacketizer, split_documents

ONE = b'<tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema"><tt:Event/></tt:MetadataStream>'
TWO = b'<?xml version="1.0"?>\n<MetaDataStream><PTZ>\xc3\xa9</PTZ></MetaDataStream>'
codec = Metadata()


def fed(*pieces: tuple[bytes, bool], lost: tuple[int, ...] = ()) -> list[Assembled]:
    depacketizer = MetadataDepacketizer()
    done: list[Assembled] = []
    for place, (payload, marker) in enumerate(pieces):
        done += depacketizer.receive(memoryview(payload), place, marker=marker, lost=place in lost)
    return done


def test_several_documents_up_to_one_marker_are_told_apart() -> None:
    assert split_documents(ONE + b"\n" + TWO + ONE) == [ONE, TWO, ONE]
    assert [unit.data for unit in fed((ONE + TWO, True))] == [ONE, TWO]


def test_a_document_ends_with_its_root_when_no_marker_comes() -> None:
    assert [unit.data for unit in fed((ONE[:30], False), (ONE[30:], False), (TWO, False))] == [ONE, TWO]


@pytest.mark.parametrize("cut", [1, 5, 11])
def test_compressed_documents_are_inflated(cut: int) -> None:
    packed = gzip.compress(ONE)
    assert [unit.data for unit in fed((packed[:cut], False), (packed[cut:], True))] == [ONE]
    assert [unit.data for unit in fed((packed + gzip.compress(TWO), True))] == [ONE, TWO]


def test_compressed_documents_that_are_broken_or_huge_are_dropped_and_told() -> None:
    bomb = gzip.compress(b" " * (8 << 20))
    units = fed((gzip.compress(ONE)[:-9], True), (bomb, True), (ONE, True))
    assert [(unit.data, unit.is_discontinuous) for unit in units] == [(ONE, True)]


def test_a_gap_never_joins_two_documents() -> None:
    units = fed((ONE[:40], False), (TWO[:30], False), (TWO[30:], True), lost=(1,))
    assert [(unit.data, unit.is_discontinuous) for unit in units] == [(TWO, True)]
    assert fed((ONE[:40], False), (b"<a/></tt:MetadataStream>", True), lost=(1,)) == []


def test_joining_in_the_middle_of_a_document_drops_its_rest() -> None:
    assert [unit.data for unit in fed((ONE[40:], True), (ONE, True))] == [ONE]


def test_a_document_type_declaration_ends_the_row() -> None:
    evil = b'<!DOCTYPE x [<!ENTITY a "b">]><MetadataStream>&a;</MetadataStream>'
    assert split_documents(ONE + evil + ONE) == [ONE]


def test_other_encodings_are_refused() -> None:
    assert codec.track_from_sdp(2, "vnd.onvif.metadata+gzip/90000", "").codec == "METADATA"
    with pytest.raises(MalformedMedia, match="exi"):
        codec.track_from_sdp(2, "vnd.onvif.metadata.exi.ext/90000", "")
