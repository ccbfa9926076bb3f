"""What is around the device under test: servers for it to ask, and addresses it may move to."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

import msgspec

TIME_SERVER = "ntp-server"
DHCP_SERVER = "dhcp-server"
DHCPV6_SERVER = "dhcpv6-server"
ROUTER = "router-advertisement"
SPARE_ADDRESS = "spare-ip"
IPV6_LINK = "ipv6-link"
FIRMWARE = "firmware-file"
HARD_RESET = "hard-reset"
DISPOSABLE_USERS = "disposable-users"

# How a need that is not met can be.
HOW_TO_MEET = {
    TIME_SERVER: "name one by --time-server, or let the tester be one: --bring ntp-server",
    DHCP_SERVER: "--have dhcp-server if the device's link has one, else --bring dhcp-server",
    DHCPV6_SERVER: "--have dhcpv6-server if the device's link has one, else --bring dhcpv6-server",
    ROUTER: "--have router-advertisement if the link has a router, else --bring router-advertisement",
    SPARE_ADDRESS: "name a free address of the device's subnet by --spare-address",
    IPV6_LINK: "this machine has no IPv6 on the way to the device; --have ipv6-link if that is wrong",
    FIRMWARE: "name a firmware file of the device's maker by --firmware",
    HARD_RESET: "--have hard-reset if the device may lose its address and its users",
    DISPOSABLE_USERS: "--have disposable-users if all users may be deleted for good",
    "factory-reset": "--have factory-reset if the device may lose its settings",
}


class Served(msgspec.Struct):
    """A server that the device may ask while a case runs.

    `address` is where it is, empty for servers that are found otherwise. Of the tester's own (`is_own`)
    is known who `asked` it, and which addresses it has `given` or announced.
    """

    address: str = ""
    is_own: bool = False
    asked: list[str] = []
    given: list[str] = []


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """What the tester's DHCP server gives, and the one hardware address that it gives it to."""

    hardware_address: str
    address: str
    prefix_bits: int


class Surroundings(Protocol):
    """Brings servers for the length of a case; raises CaseNotRun for what cannot be brought."""

    @property
    def met(self) -> frozenset[str]:
        """The needs of cases (the column `needs`) that are met by it."""
        ...

    @property
    def spare_address(self) -> str:
        """A free IPv4 address of the device's subnet, empty if none is known."""
        ...

    @property
    def firmware(self) -> bytes:
        """A firmware that the device takes, empty if there is none."""
        ...

    def time_server(self) -> AbstractAsyncContextManager[Served]:
        """A time server."""
        ...

    def dhcp_server(self, lease: Lease) -> AbstractAsyncContextManager[Served]:
        """A DHCP server; that of the link, or one that gives this lease."""
        ...

    def dhcpv6_server(self, hardware_address: str) -> AbstractAsyncContextManager[Served]:
        """A DHCP server for IPv6; that of the link, or one that serves this hardware address alone."""
        ...

    def router(self, hardware_address: str) -> AbstractAsyncContextManager[Served]:
        """A router that announces a prefix; that of the link, or one that tells this device alone."""
        ...


class FoundSurroundings:
    """Nothing but what is there already: `had` are needs that the link meets.

    Where `time_server_address` is given, there is a time server at it.
    """

    def __init__(
        self,
        had: frozenset[str] = frozenset(),
        *,
        time_server_address: str = "",
        spare_address: str = "",
        firmware: bytes = b"",
    ) -> None:
        self._had = had
        self._time_server = time_server_address
        self.spare_address = spare_address
        self.firmware = firmware

    @property
    def met(self) -> frozenset[str]:
        """See `Surroundings`."""
        named = {
            TIME_SERVER: self._time_server,
            SPARE_ADDRESS: self.spare_address,
            FIRMWARE: self.firmware,
        }
        found = self._had - named.keys()  # to have one of these is of no use without knowing which
        return found | {need for need, value in named.items() if value}

    @asynccontextmanager
    async def time_server(self) -> AsyncIterator[Served]:
        """See `Surroundings`."""
        yield Served(address=self._time_server)

    @asynccontextmanager
    async def dhcp_server(self, lease: Lease) -> AsyncIterator[Served]:
        """See `Surroundings`."""
        yield Served()

    @asynccontextmanager
    async def dhcpv6_server(self, hardware_address: str) -> AsyncIterator[Served]:
        """See `Surroundings`."""
        yield Served()

    @asynccontextmanager
    async def router(self, hardware_address: str) -> AsyncIterator[Served]:
        """See `Surroundings`."""
        yield Served()
