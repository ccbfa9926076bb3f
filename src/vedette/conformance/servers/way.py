"""How this machine reaches the device: the interface, and its own addresses on it."""

import socket
from ipaddress import ip_address
from pathlib import Path

import msgspec

from vedette.client.interfaces import interface_addresses
from vedette.conformance.verdicts import CaseNotRun

_DISCARD_PORT = 9
_NO_HARDWARE_ADDRESS = "00:00:00:00:00:00"


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """An interface of this machine and its addresses there; the empty text for those it has not."""

    interface: str
    index: int
    hardware_address: str
    address: str  # that by which the device knows this machine
    ipv4: str = ""
    ipv6_link_local: str = ""
    ipv6: str = ""

    @property
    def has_ipv6(self) -> bool:
        """Whether IPv6 is on."""
        return bool(self.ipv6_link_local or self.ipv6)


def way_to(host: str) -> Way:
    """The way to a host; raises CaseNotRun where there is none. Nothing is sent."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, _DISCARD_PORT, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, protocol) as asking:
            asking.connect(place)
            address = str(asking.getsockname()[0]).partition("%")[0]
        every = interface_addresses()
        index = next(each.index for each in every if each.address == address)
        name = socket.if_indextoname(index)
    except (OSError, StopIteration) as error:
        raise CaseNotRun(f"the way from this machine to {host} is not known: {error}") from error
    here = [each for each in every if each.index == index]

    def first(version: int, *, is_local: bool) -> str:
        found = (
            each.address
            for each in here
            if ip_address(each.address).version == version and each.is_link_local is is_local
        )
        return next(found, "")

    return Way(
        interface=name,
        index=index,
        hardware_address=_hardware_address(name),
        address=address,
        ipv4=address if "." in address else first(4, is_local=False),
        ipv6_link_local=first(6, is_local=True),
        ipv6=first(6, is_local=False),
    )


def _hardware_address(interface: str) -> str:
    try:
        return Path(f"/sys/class/net/{interface}/address").read_text(encoding="ascii").strip()
    except OSError:
        return _NO_HARDWARE_ADDRESS
