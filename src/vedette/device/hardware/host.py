"""The port to the host: its name, clock, addresses and networks, as far as a driver can set them."""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

import msgspec

from vedette.device.hardware.errors import HardwareFailed
from vedette.device.settings.document import Settings
from vedette.device.settings.network import (
    DynamicNameSettings,
    InterfaceSettings,
    LinkSettings,
    NameServerSettings,
    Prefixed,
    TimeServerSettings,
    WirelessNetwork,
)

SettingsEdit = Callable[[Settings], Settings]


def unchanged(document: Settings) -> Settings:
    """The edit that changes nothing."""
    return document


class Chapter(StrEnum):
    """What of a host can be set; the operations for the rest are not offered."""

    NAME = "name"
    NAME_BY_DHCP = "name by DHCP"
    NAME_SERVERS = "name servers"
    TIME_SERVERS = "time servers"
    DYNAMIC_NAME = "dynamic name"
    GATEWAYS = "gateways"
    INTERFACES = "interfaces"
    ZERO_CONFIGURATION = "zero configuration"
    WIRELESS = "wireless"
    CLOCK = "clock"


class ClockFixed(HardwareFailed):
    """The clock is not for this program to set; the message says by how much it would have moved."""


class HostnameState(msgspec.Struct, frozen=True, kw_only=True):
    """The host's name and whether DHCP gives it."""

    name: str
    from_dhcp: bool = False


class ServerState(msgspec.Struct, frozen=True, kw_only=True):
    """Servers of one kind: those that were set, and those that DHCP gives while it is asked."""

    from_dhcp: bool = False
    manual: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    search_domains: tuple[str, ...] = ()

    @property
    def in_use(self) -> tuple[str, ...]:
        """The servers that are asked."""
        return self.given if self.from_dhcp else self.manual


class LinkState(msgspec.Struct, frozen=True, kw_only=True):
    """A wired link as it was set and as it runs."""

    wanted: LinkSettings
    actual: LinkSettings
    is_up: bool = True


class AddressState(msgspec.Struct, frozen=True, kw_only=True):
    """The addresses of one family on an interface; `dhcp` in the standard's words, for IPv4 `Off` or `On`."""

    is_enabled: bool = True
    dhcp: str = "Off"
    manual: tuple[Prefixed, ...] = ()
    link_local: tuple[Prefixed, ...] = ()
    from_dhcp: tuple[Prefixed, ...] = ()
    from_router: tuple[Prefixed, ...] = ()
    accepts_router_advert: bool | None = None


class InterfaceState(msgspec.Struct, frozen=True, kw_only=True):
    """A network interface; `kind` is its IANA interface type (6 Ethernet, 24 loopback, 71 wireless)."""

    token: str
    hardware_address: str
    mtu_bytes: int
    kind: int
    is_enabled: bool
    link: LinkState | None = None
    ipv4: AddressState | None = None
    ipv6: AddressState | None = None
    zero_configuration: tuple[str, ...] | None = None  # its addresses; None while it is off
    wireless: tuple[WirelessNetwork, ...] = ()

    @property
    def is_wireless(self) -> bool:
        """Whether it is a radio."""
        return self.kind == WIRELESS_KIND


WIRELESS_KIND = 71
CLOCK_TOLERANCE_US = 5_000_000  # a client that sets the time that is already there gets its way


class AccessPoint(msgspec.Struct, frozen=True, kw_only=True):
    """An access point in reach; `security`, `cipher` and `strength` in the standard's words."""

    ssid: bytes
    bssid: str
    security: str = "None"
    cipher: str = ""
    strength: str = "Good"


class RadioPhase(StrEnum):
    """What a radio is doing."""

    IDLE = "idle"
    SCANNING = "scanning"
    ASSOCIATING = "associating"
    AUTHENTICATING = "authenticating"
    CONNECTED = "connected"
    FAILED = "failed"


class RadioState(msgspec.Struct, frozen=True, kw_only=True):
    """A radio now; network and access point are those it is joining or has joined."""

    phase: RadioPhase
    network: WirelessNetwork | None = None
    point: AccessPoint | None = None


class Radio(Protocol):
    """The radios of a host; `token` is that of a wireless interface."""

    async def state(self, token: str) -> RadioState:
        """What the radio is doing."""
        ...

    async def scan(self, token: str) -> tuple[AccessPoint, ...]:
        """The access points in reach."""
        ...


class Host(Protocol):
    """A host. What is given to a setter has been validated; what it returns from is done and lasts.

    Setters raise HardwareFailed where the host refuses, and are called only for chapters in `settable`.
    """

    @property
    def settable(self) -> frozenset[Chapter]:
        """The chapters that can be set here."""
        ...

    @property
    def time_servers_most(self) -> int:
        """How many time servers fit; 0 where they cannot be set."""
        ...

    async def hostname(self) -> HostnameState:
        """The host's name."""
        ...

    async def set_hostname(self, name: str) -> None:
        """Go by another name; an empty one is to come from DHCP."""
        ...

    async def name_by_dhcp(self, *, wanted: bool) -> None:
        """Take the name from DHCP, or no longer."""
        ...

    async def name_servers(self) -> ServerState:
        """The name servers."""
        ...

    async def set_name_servers(self, wanted: NameServerSettings) -> None:
        """Ask other name servers."""
        ...

    async def time_servers(self) -> ServerState:
        """The time servers."""
        ...

    async def set_time_servers(self, wanted: TimeServerSettings) -> None:
        """Follow other time servers."""
        ...

    async def follows_time_server(self) -> bool:
        """Whether the clock follows the time servers."""
        ...

    async def set_clock(
        self, utc_us: int | None, *, follows_time_server: bool, beside: SettingsEdit = unchanged
    ) -> None:
        """Choose what the clock follows, and set it to `utc_us` (microseconds since 1970) if given.

        What `beside` changes in the settings is saved in the same step as what the host keeps there.
        Raises ClockFixed, and then nothing has changed.
        """
        ...

    async def correct_clock(self, offset_us: int) -> bool:
        """Hear that a time server is ahead by so much; false where the clock is wrong and stays so."""
        ...

    async def dynamic_name(self) -> DynamicNameSettings:
        """Who registers the host's name."""
        ...

    async def set_dynamic_name(self, wanted: DynamicNameSettings) -> None:
        """Have the host's name registered, or not."""
        ...

    async def gateways(self) -> tuple[str, ...]:
        """The default gateways of both families."""
        ...

    async def set_gateways(self, wanted: tuple[str, ...]) -> None:
        """Use other default gateways."""
        ...

    async def interfaces(self) -> tuple[InterfaceState, ...]:
        """The interfaces; raises HardwareFailed."""
        ...

    async def set_interface(self, wanted: InterfaceSettings) -> None:
        """Set what is not None in `wanted` of the interface it names."""
        ...

    async def set_zero_configuration(self, token: str, *, is_on: bool) -> None:
        """Give an interface a link-local IPv4 address (RFC 3927), or take it away."""
        ...
