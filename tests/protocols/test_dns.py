"""Questions to name servers and their answers."""

import contextlib
from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.name_answers import addresses_in

from vedette.protocols import dns

LABEL = st.text("abcxyz019-", min_size=1, max_size=20)
NAME = st.lists(LABEL, min_size=1, max_size=6).map(".".join)
NUMBER = st.integers(0, 0xFFFF)


@settings(max_examples=30)
@given(number=NUMBER, name=NAME, address=st.ip_addresses())
def test_every_name_has_the_address(number: int, name: str, address: object) -> None:
    kind = dns.A if ip_address(str(address)).version == 4 else dns.AAAA
    question = dns.question(number, name, kind)
    asked = dns.read_question(question)
    assert (asked.number, asked.name, asked.kind) == (number, name, kind)
    assert addresses_in(dns.answer(asked, str(address)), question) == [str(address)]


def test_there_is_no_address_of_the_other_family() -> None:
    question = dns.question(7, "ntp.example", dns.AAAA)
    assert addresses_in(dns.answer(dns.read_question(question), "192.0.2.9"), question) == []


def test_another_operation_is_not_implemented() -> None:
    update = bytearray(dns.question(7, "a.example"))
    update[2] |= 5 << 3  # RFC 2136: UPDATE
    assert dns.answer(dns.read_question(bytes(update)), "192.0.2.9")[3] & 15 == 4


@given(packet=st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(packet: bytes) -> None:
    with contextlib.suppress(dns.BadQuestion):
        dns.answer(dns.read_question(packet), "192.0.2.9")


@given(cut=st.integers(0, 27))
def test_a_question_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(dns.BadQuestion):
        dns.read_question(dns.question(7, "a.example.net")[: cut + 1])


@pytest.mark.parametrize("name", ["a" * 64, ".".join(["abc"] * 70)])
def test_a_name_too_long_is_not_asked(name: str) -> None:
    with pytest.raises(ValueError, match="too long"):
        dns.question(7, name)
