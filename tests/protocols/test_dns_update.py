"""Registering names: what goes out, and what may come back."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.protocols.dns_update import BadNameAnswer, Zone, check_outcome, read_zone, update, zone_question

HEADER = struct.Struct("!HHHHHH")
EXAMPLE = b"\x07example\x03net\x00"
SOA = struct.Struct("!HHIH")


def soa_answer(number: int, *, section: str = "authority", outcome: int = 0) -> bytes:
    """What a server says of the zone `example.net`, its names compressed as servers do."""
    question = b"\x04gate" + EXAMPLE + struct.pack("!HH", 6, 1)
    zone = struct.pack("!H", 0xC000 | (HEADER.size + 5))  # `example.net` within the question
    data = b"\x02ns" + zone + b"\x04root" + zone + struct.pack("!IIIII", 1, 2, 3, 4, 5)
    counts = (1, 0, 1, 0) if section == "authority" else (1, 1, 0, 0)
    return (
        HEADER.pack(number, 0x8000 | outcome, *counts)
        + question
        + zone
        + SOA.pack(6, 1, 60, len(data))
        + data
    )


@pytest.mark.parametrize(("section", "outcome"), [("authority", 3), ("authority", 0), ("answer", 0)])
def test_the_zone_is_read_wherever_it_stands(section: str, outcome: int) -> None:
    found = read_zone(soa_answer(7, section=section, outcome=outcome), 7)
    assert found == Zone(name="example.net", primary="ns.example.net")


def test_a_name_that_is_pointed_to_may_point_further() -> None:
    question = b"\x04gate" + EXAMPLE + struct.pack("!HH", 6, 1)
    zone = struct.pack("!H", 0xC000 | (HEADER.size + 5))
    first = b"\x03sub" + zone + SOA.pack(5, 1, 60, 2) + zone  # an alias, `sub.example.net`
    there = struct.pack("!H", 0xC000 | (HEADER.size + len(question)))
    second = there + SOA.pack(6, 1, 60, 5) + b"\x02ns" + zone
    packet = HEADER.pack(7, 0x8000, 1, 1, 1, 0) + question + first + second

    assert read_zone(packet, 7) == Zone(name="sub.example.net", primary="ns.example.net")


def test_a_question_asks_for_the_zone_of_a_name() -> None:
    assert zone_question(7, "gate.example.net") == (
        HEADER.pack(7, 0x0100, 1, 0, 0, 0) + b"\x04gate" + EXAMPLE + struct.pack("!HH", 6, 1)
    )


def test_an_update_takes_the_old_addresses_away_before_it_gives_new_ones() -> None:
    packet = update(9, "example.net", "gate.example.net", ("192.0.2.5", "2001:db8::5"), ttl_s=600)
    name = b"\x04gate" + EXAMPLE
    assert packet == b"".join(
        (
            HEADER.pack(9, 5 << 11, 1, 0, 4, 0),
            EXAMPLE + struct.pack("!HH", 6, 1),
            name + SOA.pack(1, 255, 0, 0),
            name + SOA.pack(28, 255, 0, 0),
            name + SOA.pack(1, 1, 600, 4) + bytes((192, 0, 2, 5)),
            name + SOA.pack(28, 1, 600, 16) + bytes.fromhex("20010db8000000000000000000000005"),
        )
    )
    assert len(update(9, "example.net", "gate.example.net", (), ttl_s=0)) < len(packet)


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (b"short", "no message"),
        (HEADER.pack(8, 0x8000, 0, 0, 0, 0), "another question"),
        (HEADER.pack(9, 0, 0, 0, 0, 0), "another question"),
        (HEADER.pack(9, 0x8005, 0, 0, 0, 0), "refuses"),
        (HEADER.pack(9, 0x800F, 0, 0, 0, 0), "code 15"),
    ],
)
def test_what_is_no_success_is_told(packet: bytes, reason: str) -> None:
    with pytest.raises(BadNameAnswer, match=reason):
        check_outcome(packet, 9)
    with pytest.raises(BadNameAnswer, match=reason):
        read_zone(packet, 9)


@pytest.mark.parametrize("name", ["x" * 64, ".".join(["abc"] * 70), "grün.example"])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="DNS name"):
        zone_question(1, name)


@given(st.binary(max_size=200), st.integers(0, 140))
def test_any_answer_is_read_or_refused(noise: bytes, at: int) -> None:
    whole = soa_answer(7)
    for packet in (noise, whole[:at] + noise, whole[:at] + noise + whole[at + len(noise) :]):
        try:
            read_zone(packet, 7)
        except BadNameAnswer:
            continue
