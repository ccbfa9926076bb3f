"""The section of the network: what was set there; what is None was never set and is as the host has it."""

import ipaddress
from typing import Annotated

import msgspec
from msgspec import Meta

WIRELESS_SEALED_FOR = "wireless network "  # and the alias: a sealed key is of use in its place only
PORT_ACCESS_SEALED_FOR = "802.1X "  # and the token


class Prefixed(msgspec.Struct, frozen=True):
    """An address and the length of its network prefix in bits."""

    address: str
    prefix_bits: int


class NameServerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The name servers to ask, and the domains that complete a name."""

    from_dhcp: bool = False
    search_domains: tuple[str, ...] = ()
    manual: tuple[str, ...] = ()


class TimeServerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The time servers to follow: names or addresses."""

    from_dhcp: bool = False
    manual: tuple[str, ...] = ()


class DynamicNameSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Who registers the device's name; `kind` in the standard's words, `ttl_s` None where it was not said."""

    kind: str = "NoUpdate"
    name: str | None = None
    ttl_s: int | None = None


class LinkSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a wired link is run."""

    auto_negotiation: bool = True
    speed_mbps: int = 1000
    is_full_duplex: bool = True


class WirelessNetwork(msgspec.Struct, frozen=True, kw_only=True):
    """A wireless network to join.

    `ssid` is in hexadecimal digits; `station_mode`, `security` and `cipher` are in the standard's words.
    `key` is the sealed pre-shared key (64 digits) or passphrase, `is_passphrase` says which. `port_access`
    is the token of a PortAccessSettings.
    """

    alias: str
    ssid: str
    station_mode: str = "Infrastructure"
    priority: int = 0
    security: str = "None"
    cipher: str | None = None
    key: str = ""
    is_passphrase: bool = False
    port_access: str = ""


class InterfaceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """An interface; `ipv6_dhcp` in the standard's words."""

    token: str
    is_enabled: bool | None = None
    mtu_bytes: int | None = None
    link: LinkSettings | None = None
    ipv4_enabled: bool | None = None
    ipv4_dhcp: bool | None = None
    ipv4_manual: tuple[Prefixed, ...] | None = None
    ipv6_enabled: bool | None = None
    ipv6_dhcp: str | None = None
    ipv6_manual: tuple[Prefixed, ...] | None = None
    accepts_router_advert: bool | None = None
    has_zero_configuration: bool | None = None
    wireless: tuple[WirelessNetwork, ...] = ()


class ProtocolSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One of HTTP, HTTPS and RTSP."""

    is_enabled: bool = True
    ports: Annotated[tuple[Annotated[int, Meta(ge=1, le=65535)], ...], Meta(min_length=1)]


class PortSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The ports that clients chose.

    `instead_of` are the operator's HTTP and RTSP ports that were in force at the time: once the operator
    names others, those hold.
    """

    instead_of: tuple[int, int]
    http: ProtocolSettings
    https: ProtocolSettings | None = None
    rtsp: ProtocolSettings


class FilterSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The networks that are let in, or kept out, as `address/prefix`; an empty deny list lets all in."""

    is_allow: bool = False
    networks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError for what is no network."""
        for each in self.networks:
            ipaddress.ip_network(each, strict=False)


class PortAccessSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the device identifies itself to an 802.1X network; `password` is sealed."""

    token: str
    identity: str
    anonymous_id: str | None = None
    eap_method: int
    password: str = ""


class NetworkSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The section. `clock_source` is `Manual` or `NTP`; `clock_offset_us` is added to the host's clock."""

    hostname_from_dhcp: bool = False
    name_servers: NameServerSettings | None = None
    time_servers: TimeServerSettings | None = None
    dynamic_name: DynamicNameSettings = DynamicNameSettings()
    gateways: tuple[str, ...] | None = None
    interfaces: tuple[InterfaceSettings, ...] = ()
    ports: PortSettings | None = None
    address_filter: FilterSettings = FilterSettings()
    port_access: tuple[PortAccessSettings, ...] = ()
    clock_source: str | None = None
    clock_offset_us: int = 0
    is_remotely_discoverable: bool = False
    discovery_proxies: tuple[str, ...] = ()

    def interface(self, token: str) -> InterfaceSettings:
        """What an interface was set to."""
        return next((each for each in self.interfaces if each.token == token), InterfaceSettings(token=token))

    def with_interface(self, settings: InterfaceSettings) -> "NetworkSettings":
        """The section after an interface was set."""
        others = tuple(each for each in self.interfaces if each.token != settings.token)
        return msgspec.structs.replace(self, interfaces=(*others, settings))
