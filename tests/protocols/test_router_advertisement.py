"""Router advertisements."""

import contextlib
import struct
from ipaddress import IPv6Address, IPv6Network

from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.protocols.router_advertisement import (
    Advertisement,
    BadAdvertisement,
    packet,
    read,
    write,
)

PREFIX = st.tuples(st.integers(0, 2**128 - 1), st.integers(0, 128)).map(
    lambda each: IPv6Network(each, strict=False)
)


@settings(max_examples=30)
@given(
    prefixes=st.lists(PREFIX, min_size=1, max_size=4),
    router_s=st.integers(0, 9000),
    has_link=st.booleans(),
    is_managed=st.booleans(),
)
def test_what_is_announced_is_heard(
    prefixes: list[IPv6Network], router_s: int, *, has_link: bool, is_managed: bool
) -> None:
    told = Advertisement(prefixes=tuple(prefixes), router_s=router_s, prefix_s=1234, is_managed=is_managed)
    assert read(write(told, "02:00:00:00:00:09" if has_link else "")) == told


@given(rest=st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(rest: bytes) -> None:
    for message in (rest, write(Advertisement()) + rest):
        with contextlib.suppress(BadAdvertisement):
            read(message)


@given(message=st.binary(min_size=4, max_size=60))
def test_the_checksum_of_a_packet_is_right(message: bytes) -> None:
    source, destination = IPv6Address("fe80::9"), IPv6Address("ff02::1")
    whole = packet(message, source, destination)
    assert whole[:8] == struct.pack("!IHBB", 6 << 28, len(message), 58, 255)
    pseudo = source.packed + destination.packed + struct.pack("!II", len(message), 58)
    covered = pseudo + whole[40:] + b"\0" * (len(message) % 2)
    total = sum(struct.unpack(f"!{len(covered) // 2}H", covered))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    assert total == 0xFFFF  # RFC 1071: what has a right checksum sums to all ones
