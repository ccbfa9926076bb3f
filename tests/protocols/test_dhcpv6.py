"""DHCP for IPv6: messages, and what a server of one address answers."""

import contextlib
import struct
from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.protocols.dhcpv6 import (
    BadDhcpv6,
    Dhcpv6Message,
    Kind,
    Offer,
    Option,
    answer,
    read,
    server_identifier,
    write,
)

CLIENT = server_identifier("02:00:00:00:00:07")
SERVER = server_identifier("02:00:00:00:00:09")
OFFER = Offer(address=IPv6Address("fd00::7"), server=SERVER, name_server=IPv6Address("fd00::9"))
ASSOCIATION = (int(Option.ASSOCIATION), struct.pack("!III", 1, 0, 0))


def asked(kind: Kind, *options: tuple[int, bytes], server: bytes | None = None) -> Dhcpv6Message:
    named = () if server is None else ((int(Option.SERVER), server),)
    return Dhcpv6Message(kind=kind, transaction=9, options=((Option.CLIENT, CLIENT), *named, *options))


@given(
    message=st.builds(
        Dhcpv6Message,
        kind=st.sampled_from(Kind),
        transaction=st.integers(0, 2**24 - 1),
        options=st.lists(st.tuples(st.integers(20, 65_535), st.binary(max_size=40)), max_size=6).map(tuple),
    )
)
def test_what_is_written_is_read_again(message: Dhcpv6Message) -> None:
    assert read(write(message)) == message


@given(packet=st.binary(max_size=120), kind=st.sampled_from(Kind))
def test_any_bytes_are_read_or_refused(packet: bytes, kind: Kind) -> None:
    for data in (packet, bytes((kind,)) + packet):
        with contextlib.suppress(BadDhcpv6):
            answer(read(data), OFFER)


def test_who_solicits_is_offered_the_address_then_given_it() -> None:
    offered = answer(asked(Kind.SOLICIT, ASSOCIATION), OFFER)
    assert offered is not None
    assert (offered.kind, offered.addresses) == (Kind.ADVERTISE, (OFFER.address,))
    given_ = answer(asked(Kind.REQUEST, ASSOCIATION, server=SERVER), OFFER)
    assert given_ is not None
    assert (given_.kind, given_.addresses) == (Kind.REPLY, (OFFER.address,))
    assert given_.first(Option.CLIENT) == CLIENT
    assert given_.first(Option.NAME_SERVERS) == IPv6Address("fd00::9").packed
    assert read(write(given_)) == given_


def test_who_is_in_a_hurry_is_given_it_at_once() -> None:
    told = answer(asked(Kind.SOLICIT, ASSOCIATION, (int(Option.RAPID_COMMIT), b"")), OFFER)
    assert told is not None
    assert told.kind is Kind.REPLY
    assert told.first(Option.RAPID_COMMIT) == b""


def test_there_is_one_address_only() -> None:
    more = (int(Option.ASSOCIATION), struct.pack("!III", 2, 0, 0))
    told = answer(asked(Kind.SOLICIT, ASSOCIATION, more), OFFER)
    assert told is not None
    assert told.addresses == (OFFER.address,)


def test_a_client_learns_whether_its_address_holds_here() -> None:
    def status(address: str) -> int:
        held = struct.pack("!HH16sII", Option.ADDRESS, 24, IPv6Address(address).packed, 0, 0)
        said = asked(Kind.CONFIRM, (int(Option.ASSOCIATION), ASSOCIATION[1] + held))
        told = answer(said, OFFER)
        assert told is not None
        return int.from_bytes(told.first(Option.STATUS) or b"")

    assert status("fd00::7") == 0
    assert status("fd00::8") == 4


@pytest.mark.parametrize(
    "message",
    [
        asked(Kind.REQUEST, ASSOCIATION),
        asked(Kind.REQUEST, ASSOCIATION, server=CLIENT),
        asked(Kind.REPLY, ASSOCIATION),
        Dhcpv6Message(kind=Kind.SOLICIT, transaction=1, options=(ASSOCIATION,)),
    ],
)
def test_what_is_not_for_this_server_is_met_with_silence(message: Dhcpv6Message) -> None:
    assert answer(message, OFFER) is None


def test_the_hardware_address_is_read_from_an_identifier_that_has_one() -> None:
    assert asked(Kind.SOLICIT).hardware_address == "02:00:00:00:00:07"
    with_time = struct.pack("!HHI", 1, 1, 99) + bytes.fromhex("020000000007")
    message = Dhcpv6Message(kind=Kind.SOLICIT, transaction=1, options=((Option.CLIENT, with_time),))
    assert message.hardware_address == "02:00:00:00:00:07"
    other = Dhcpv6Message(kind=Kind.SOLICIT, transaction=1, options=((Option.CLIENT, b"\0\4abc"),))
    assert other.hardware_address == ""
