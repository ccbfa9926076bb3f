"""H.264: parameter sets read, pictures told apart, peers that bend the rules understood."""

import base64
import re
from fractions import Fraction

import pytest

from vedette.base.bits import BitReader, BitsExhausted
from vedette.media.codecs import codec_named
from vedette.media.codecs.codec import Assembled, MalformedMedia
from vedette.media.codecs.h264 import H264, parse_sps
from vedette.media.codecs.nal import annex_b, split_annex_b, split_lengths
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.rtp.payload import spread

SPS = bytes.fromhex("67640028acd940780227e584000003000400000300c83c60c658")
PPS = bytes.fromhex("68ebe3cb22c0")
SMALL_SPS = bytes.fromhex("6742c01ed900a047fe5c0440000003004000000c83c58b9200")[:-1]
IDR, P, P_LATER = b"\x65\x88\x84", b"\x41\x9a\x21", b"\x41\x4a\x21"
BARE = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000)
codec = H264()


def fed(
    *payloads: tuple[bytes, int, bool], track: Track = BARE, lost: tuple[int, ...] = ()
) -> list[Assembled]:
    depacketizer = codec.depacketizer(track)
    done: list[Assembled] = []
    for place, (payload, timestamp, marker) in enumerate(payloads):
        done += depacketizer.receive(memoryview(payload), timestamp, marker=marker, lost=place in lost)
    return done


def body(*nals: bytes) -> bytes:
    return b"".join(len(nal).to_bytes(4, "big") + nal for nal in nals)


def test_a_sequence_parameter_set_tells_size_rate_and_profile() -> None:
    sps = parse_sps(SPS)
    assert (sps.width, sps.height, sps.fps, sps.profile_level_id) == (1920, 1080, Fraction(25), "640028")


@pytest.mark.parametrize("size", range(10))
def test_a_sequence_parameter_set_that_is_cut_off_is_refused(size: int) -> None:
    with pytest.raises((MalformedMedia, BitsExhausted)):
        parse_sps(SPS[:size])


def renumbered(nal: bytes, head: int, ids: int) -> bytes:
    """A parameter set whose `ids` first numbers behind `head` bytes, all 0, become 1."""
    plain = nal.replace(b"\0\0\3", b"\0\0")
    bits = "".join(f"{octet:08b}" for octet in plain[head:])
    assert bits.startswith("1" * ids)
    bits = "010" * ids + bits[ids:]
    bits += "0" * (-len(bits) % 8)
    moved = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))
    return plain[:head] + re.sub(rb"\0\0(?=[\0-\3])", b"\0\0\3", moved)


def test_a_size_that_is_told_under_another_id_takes_the_place_of_the_former() -> None:
    other_sps, other_pps = renumbered(SMALL_SPS, 4, 1), renumbered(PPS, 1, 2)
    assert (parse_sps(other_sps).number, parse_sps(other_sps).width) == (1, parse_sps(SMALL_SPS).width)
    first = ((SPS, 1, False), (PPS, 1, False), (IDR, 1, True))
    second = ((other_sps, 2, False), (other_pps, 2, False), (IDR, 2, True), (P, 3, True))
    again = tuple((payload, timestamp + 10, marker) for payload, timestamp, marker in first)
    units = fed(*first, *second, *again)
    assert [unit.setup for unit in units] == [(SPS, PPS), (other_sps, other_pps), None, (SPS, PPS)]


def test_parameter_sets_that_are_used_together_all_stay() -> None:
    twin, twin_pps = renumbered(SPS, 4, 1), renumbered(PPS, 1, 2)  # of the same size
    units = fed(
        *((SPS, 1, False), (PPS, 1, False), (IDR, 1, True)),
        *((twin, 2, False), (twin_pps, 2, False), (IDR, 2, True)),
    )
    assert [unit.setup for unit in units] == [(SPS, PPS), (SPS, twin, PPS, twin_pps)]
    small = renumbered(SMALL_SPS, 4, 1)  # for another layer: both come with each key frame
    both = ((SPS, 1, False), (small, 1, False), (PPS, 1, False), (twin_pps, 1, False), (IDR, 1, True))
    assert [unit.setup for unit in fed(*both)] == [(SPS, small, PPS, twin_pps)]


def test_delimiters_and_filler_are_dropped_and_parameter_sets_taken_out() -> None:
    units = fed(
        (b"\x09\x10", 1, False), (SPS, 1, False), (PPS, 1, False), (IDR, 1, False), (b"\x0c\xff\x80", 1, True)
    )
    assert [unit.data for unit in units] == [body(IDR)]
    assert units[0].setup == (SPS, PPS)
    assert units[0].is_key


def test_a_new_timestamp_ends_a_unit_that_had_no_marker() -> None:
    units = fed((IDR, 1, False), (P, 3601, False), (P_LATER, 3601, False), (P, 7201, False))
    assert [unit.data for unit in units] == [body(IDR), body(P, P_LATER)]


def test_a_marker_on_every_slice_is_seen_through_after_one_unit() -> None:
    units = fed(
        (IDR, 1, True),
        (P, 2, True),
        (P_LATER, 2, True),
        (P, 3, True),
        (P_LATER, 3, True),
        (P, 4, True),
    )
    assert [unit.data for unit in units] == [body(IDR), body(P), body(P, P_LATER)]
    assert [unit.is_discontinuous for unit in units] == [False, False, True]


def test_a_marker_on_every_packet_is_seen_through_at_the_first_fragment() -> None:
    pictures = [(codec.payloads(BARE, picture(kind, 5000), 1400), kind) for kind in (0x65, 0x41, 0x41)]
    packets = [
        (payload.data, 1 + place, True)
        for place, (payloads, _) in enumerate(pictures)
        for payload in spread(payloads)
    ]
    units, rest = fed_to_the_end(*packets)
    assert [unit.data for unit in (*units, *rest)] == [picture(kind, 5000).data for _, kind in pictures]
    assert not any(unit.is_discontinuous for unit in units)
    small = [(b"\x41\x9a" + bytes(100), 0, True), (b"\x41\x9a" + bytes(100), 100, True)]  # fit a packet
    units, _ = fed_to_the_end(*small, *packets, *((data, at + 10, True) for data, at, _ in packets))
    assert units[-1].data == picture(0x41, 5000).data


@pytest.mark.parametrize("is_marked", [False, True])
def test_an_end_of_the_stream_gives_the_last_unit_where_markers_say_nothing(is_marked: bool) -> None:
    key, later = (spread(codec.payloads(BARE, picture(kind, 5000), 1400)) for kind in (0x65, 0x41))
    packets = [(payload.data, 1, is_marked) for payload in key]
    packets += [(payload.data, 2, is_marked) for payload in later]
    units, rest = fed_to_the_end(*packets)
    assert [unit.data for unit in units] == [picture(0x65, 5000).data]
    assert [unit.data for unit in rest] == [picture(0x41, 5000).data]
    _, rest = fed_to_the_end(*packets[:-1])
    assert rest == []  # its last packet never came


def test_an_end_of_the_stream_gives_no_unit_whose_marker_never_came() -> None:
    units, rest = fed_to_the_end((IDR, 1, True), (P, 2, False))
    assert [unit.data for unit in units] == [body(IDR)]
    assert rest == []


def picture(kind: int, size: int) -> AccessUnit:
    nal = bytes([kind]) + b"\x88" + bytes(range(1, 251)) * (size // 250)
    return AccessUnit(track=0, utc_us=0, pts=0, data=body(nal), is_key=kind == 0x65)


def fed_to_the_end(*payloads: tuple[bytes, int, bool]) -> tuple[list[Assembled], list[Assembled]]:
    """The units that packets complete, and those that the end does."""
    depacketizer = codec.depacketizer(BARE)
    done: list[Assembled] = []
    for payload, timestamp, marker in payloads:
        done += depacketizer.receive(memoryview(payload), timestamp, marker=marker, lost=False)
    return done, list(depacketizer.finish())


def test_a_marker_on_parameter_sets_ends_nothing() -> None:
    units = fed((SPS, 1, True), (PPS, 1, True), (IDR, 1, True))
    assert [(unit.data, unit.setup) for unit in units] == [(body(IDR), (SPS, PPS))]


def test_an_aggregate_is_taken_apart() -> None:
    aggregate = b"\x78" + b"".join(len(nal).to_bytes(2, "big") + nal for nal in (SPS, PPS, IDR))
    units = fed((aggregate, 1, True))
    assert [(unit.data, unit.setup) for unit in units] == [(body(IDR), (SPS, PPS))]


def test_a_byte_stream_inside_a_payload_is_cut_at_its_start_codes() -> None:
    units = fed((annex_b((SPS, PPS, IDR)), 1, True))
    assert [(unit.data, unit.setup) for unit in units] == [(body(IDR), (SPS, PPS))]
    units = fed((SPS + b"\0\0\0\1" + PPS + b"\0\0\1" + IDR, 1, True))
    assert [(unit.data, unit.setup) for unit in units] == [(body(IDR), (SPS, PPS))]


@pytest.mark.parametrize("sets", [(b"\0\0\0\1" + SPS, b"\0\0\1" + PPS), (annex_b((SPS, PPS)),)])
def test_parameter_sets_of_the_sdp_may_have_start_codes(sets: tuple[bytes, ...]) -> None:
    value = ",".join(base64.b64encode(each).decode() for each in sets)
    track = codec.track_from_sdp(0, "H264/90000", f"packetization-mode=1;sprop-parameter-sets={value},=no,é")
    assert track.setup == (SPS, PPS)
    assert (track.width, track.height) == (1920, 1080)


def test_parameter_sets_of_the_band_replace_wrong_ones_of_the_sdp() -> None:
    described = codec.with_setup(BARE, (SMALL_SPS, b"\x68\xce\x3c\x80"))
    assert (described.width, described.height) != (1920, 1080)
    units = fed((SPS, 1, False), (PPS, 1, False), (IDR, 1, True), (P, 2, True), track=described)
    assert [unit.setup for unit in units] == [(SPS, PPS), None]
    assert codec.with_setup(described, (SPS, PPS)).width == 1920


def test_equal_parameter_sets_in_the_band_change_nothing() -> None:
    units = fed((SPS, 1, False), (PPS, 1, False), (IDR, 1, True), track=codec.with_setup(BARE, (SPS, PPS)))
    assert [unit.setup for unit in units] == [None]


def test_a_recovery_point_is_an_entry_and_other_messages_are_not() -> None:
    recovery, other = b"\x06\x06\x01\xc4\x80", b"\x06\x05\x02\xab\xcd\x80"
    units = fed((recovery, 1, False), (P, 1, True), (other, 2, False), (P, 2, True))
    assert [unit.is_key for unit in units] == [True, False]
    assert units[0].data == body(recovery, P)


def test_an_intra_slice_behind_parameter_sets_is_an_entry() -> None:
    intra = b"\x41\x88\x80"  # first macroblock 0, slice type 7
    units = fed((SPS, 1, False), (intra, 1, True), (SPS, 2, False), (P, 2, True), (intra, 3, True))
    assert [unit.is_key for unit in units] == [True, False, False]


@pytest.mark.parametrize(
    "told",
    [
        body(IDR),
        body(b"\x06\x05\x02\xab\xcd\x80", IDR),
        body(b"\x06\x06\x01\xc4\x80", P),
        b"\0\0\1\0\x41",
        b"",
    ],
    ids=["an IDR slice", "behind a message", "a recovery point", "damaged", "nothing"],
)
def test_what_tells_that_it_is_an_entry_stays_as_it_is(told: bytes) -> None:
    assert codec.with_entry_told(told) is told


def test_an_entry_that_does_not_tell_it_gets_a_recovery_point() -> None:
    told = codec.with_entry_told(body(b"\x06\x05\x02\xab\xcd\x80", P, P_LATER))
    message = told[4:9]
    assert told == body(message, b"\x06\x05\x02\xab\xcd\x80", P, P_LATER)
    assert codec.is_entry(message)
    bits = BitReader(message[3:])
    assert bits.ue() == 0  # all is right from this very picture on
    assert not bits.flag()  # though not exactly
    assert not bits.flag()  # and nothing was cut out before


def test_a_gap_before_a_later_slice_drops_the_unit() -> None:
    units = fed((P, 1, True), (P_LATER, 2, True), (P, 3, True), lost=(1,))
    assert [(unit.rtp_timestamp, unit.is_discontinuous) for unit in units] == [(1, False), (3, True)]


def test_joining_in_the_middle_of_a_picture_drops_its_rest() -> None:
    assert [unit.rtp_timestamp for unit in fed((P_LATER, 1, True), (P, 2, True))] == [2]
    assert [unit.rtp_timestamp for unit in fed((b"\x5c\x01abc", 1, False), (P, 2, True))] == [2]


def test_a_fragment_without_its_beginning_drops_the_unit() -> None:
    units = fed((P, 1, True), (b"\x5c\x01abc", 2, False), (b"\x5c\x41abc", 2, True), (P, 3, True))
    assert [(unit.rtp_timestamp, unit.is_discontinuous) for unit in units] == [(1, False), (3, True)]


def test_a_fragment_that_never_ends_is_ended_by_the_marker() -> None:
    units = fed((b"\x5c\x81\x9aabc", 1, False), (b"\x5c\x01def", 1, True))
    assert [unit.data for unit in units] == [body(b"\x41\x9aabcdef")]


def test_interleaved_mode_is_refused() -> None:
    with pytest.raises(MalformedMedia, match="interleaved"):
        codec.track_from_sdp(0, "H264/90000", "packetization-mode=2")
    assert fed((b"\x79\0\0abc", 1, True)) == []


def test_parameter_sets_that_no_one_can_read_are_left_out_of_the_sdp() -> None:
    track = codec.track_from_sdp(
        3, "H264/90000", "sprop-parameter-sets=Z0==,%%,aOvjyyLA;x; packetization-mode=1"
    )
    assert track.setup == (PPS,)
    assert (track.number, track.width) == (3, 0)


def test_key_frames_carry_the_parameter_sets_in_band() -> None:
    track = codec.with_setup(BARE, (SPS, PPS))
    sorted_body = codec.sort(split_annex_b(annex_b((b"\x09\x10", SPS, PPS, IDR))))
    assert sorted_body == (body(IDR), (SPS, PPS), True)
    unit = AccessUnit(track=0, utc_us=0, pts=0, data=sorted_body.data, is_key=True)
    payloads = spread(codec.payloads(track, unit, 1400))
    assert [payload.data[0] & 31 for payload in payloads] == [24, 5]
    assert [payload.marker for payload in payloads] == [False, True]


def test_fragments_are_of_equal_size_but_for_the_last() -> None:
    nal = b"\x41\x9a" + b"x" * 9998
    unit = AccessUnit(track=0, utc_us=0, pts=0, data=body(nal), is_key=False)
    sizes = [len(payload.data) for payload in spread(codec_named("H264").payloads(BARE, unit, 1400))]
    assert len(sizes) == 8
    assert len(set(sizes[:-1])) == 1
    assert sizes[-1] <= sizes[0]


def test_lengths_that_reach_beyond_the_unit_are_refused() -> None:
    assert [bytes(nal) for nal in split_lengths(body(IDR, P))] == [IDR, P]
    with pytest.raises(MalformedMedia, match="beyond"):
        list(split_lengths(body(IDR)[:-1]))


def test_a_track_without_a_sequence_parameter_set_has_no_sample_entry() -> None:
    with pytest.raises(MalformedMedia, match="no sequence parameter set"):
        codec.sample_entry(BARE)
