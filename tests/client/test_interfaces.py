"""This machine's addresses as the kernel tells them."""

import socket
import struct

import pytest

from vedette.client import interfaces

OPTIMISTIC, DAD_FAILED, TENTATIVE, PERMANENT = 0x04, 0x08, 0x40, 0x80  # linux/if_addr.h


@pytest.mark.parametrize(
    ("flags", "is_told"),
    [
        (PERMANENT, True),
        (PERMANENT | OPTIMISTIC, True),
        (PERMANENT | TENTATIVE, False),
        (PERMANENT | DAD_FAILED, False),
    ],
)
def test_an_address_that_another_machine_may_have_is_not_told(flags: int, is_told: bool) -> None:
    raw = socket.inet_pton(socket.AF_INET6, "2001:db8::7")
    body = struct.pack("=BBBBLHH", socket.AF_INET6, 64, flags, 0, 3, 4 + len(raw), 1) + raw
    told = [(each.index, each.address, each.prefix_bits) for each in interfaces._address(body)]
    assert told == ([(3, "2001:db8::7", 64)] if is_told else [])
