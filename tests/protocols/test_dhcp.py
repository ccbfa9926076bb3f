"""DHCP for IPv4: messages, and what a server of one address answers."""

import contextlib
from ipaddress import IPv4Address

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.protocols.dhcp import BadDhcp, DhcpMessage, Kind, Offer, Option, answer, read, write

HARDWARE = "02:00:00:00:00:07"
OFFER = Offer(address=IPv4Address("192.0.2.7"), prefix_bits=24, server=IPv4Address("192.0.2.9"))
ADDRESS = st.integers(0, 2**32 - 1).map(IPv4Address)
CODES = st.integers(1, 254).filter(lambda code: code != Option.KIND)


def asked(kind: Kind, **options: bytes) -> DhcpMessage:
    said = {int(Option[name]): value for name, value in options.items()}
    return DhcpMessage(transaction=5, kind=kind, hardware_address=HARDWARE, options=said)


@settings(max_examples=30)
@given(
    message=st.builds(
        DhcpMessage,
        is_reply=st.booleans(),
        transaction=st.integers(0, 2**32 - 1),
        kind=st.sampled_from(Kind),
        hardware_address=st.binary(min_size=6, max_size=6).map(lambda raw: raw.hex(":")),
        client=ADDRESS,
        yours=ADDRESS,
        relay=ADDRESS,
        wants_broadcast=st.booleans(),
        options=st.dictionaries(CODES, st.binary(max_size=40), max_size=6),
    )
)
def test_what_is_written_is_read_again(message: DhcpMessage) -> None:
    assert read(write(message)) == message


@given(packet=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(packet: bytes) -> None:
    with contextlib.suppress(BadDhcp):
        read(packet)


@given(rest=st.binary(max_size=60))
def test_any_options_are_read_or_refused(rest: bytes) -> None:
    with contextlib.suppress(BadDhcp):
        answer(read(write(asked(Kind.DISCOVER))[:240] + rest), OFFER)


def test_an_option_in_parts_is_joined() -> None:
    packet = write(asked(Kind.DISCOVER))[:243] + bytes((12, 2)) + b"ca" + bytes((12, 1)) + b"m\xff"
    assert read(packet).options[Option.HOST_NAME] == b"cam"


def test_who_discovers_is_offered_the_address_then_given_it() -> None:
    offered = answer(asked(Kind.DISCOVER), OFFER)
    assert offered is not None
    assert (offered.kind, offered.yours) == (Kind.OFFER, OFFER.address)
    given_ = answer(
        asked(Kind.REQUEST, SERVER=OFFER.server.packed, WANTED_ADDRESS=OFFER.address.packed), OFFER
    )
    assert given_ is not None
    assert (given_.kind, given_.yours, given_.is_reply) == (Kind.ACK, OFFER.address, True)
    assert given_.address(Option.NAME_SERVERS) == given_.address(Option.TIME_SERVERS) == OFFER.server
    assert given_.address(Option.SUBNET_MASK) == IPv4Address("255.255.255.0")


def test_a_client_keeps_the_address_it_has_and_no_other() -> None:
    renewing = msgspec.structs.replace(asked(Kind.REQUEST), client=OFFER.address)
    kept = answer(renewing, OFFER)
    assert kept is not None
    assert kept.kind is Kind.ACK
    refused = answer(asked(Kind.REQUEST, WANTED_ADDRESS=IPv4Address("192.0.2.8").packed), OFFER)
    assert refused is not None
    assert (refused.kind, refused.yours) == (Kind.NAK, IPv4Address(0))


@pytest.mark.parametrize(
    "message",
    [
        asked(Kind.REQUEST, SERVER=IPv4Address("192.0.2.1").packed, WANTED_ADDRESS=OFFER.address.packed),
        asked(Kind.RELEASE),
        msgspec.structs.replace(asked(Kind.DISCOVER), is_reply=True),
    ],
)
def test_what_is_not_for_this_server_is_met_with_silence(message: DhcpMessage) -> None:
    assert answer(message, OFFER) is None


def test_who_only_informs_gets_no_address() -> None:
    told = answer(msgspec.structs.replace(asked(Kind.INFORM), client=IPv4Address("192.0.2.50")), OFFER)
    assert told is not None
    assert (told.kind, told.yours) == (Kind.ACK, IPv4Address(0))
    assert Option.LEASE_S not in told.options
