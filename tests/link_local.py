"""An address that holds on one link of this machine."""

from ipaddress import IPv6Address
from pathlib import Path

import pytest

LISTED = Path("/proc/net/if_inet6")  # addresses; missing where the system has no IPv6


def link_local() -> tuple[str, int]:
    """Such an address, and its interface's number; skips the test where there is none."""
    lines = LISTED.read_text(encoding="ascii").splitlines() if LISTED.exists() else []
    for line in lines:
        digits, index, *_ = line.split()
        address = IPv6Address(bytes.fromhex(digits))
        if address.is_link_local:
            return str(address), int(index, 16)
    pytest.skip("no interface has a link-local address")
