"""Network interfaces, wired and wireless."""

from enum import StrEnum

from vedette.contract.schema.values import DeviceEntity
from vedette.wire.message import HexBytes, element, message
from vedette.wire.namespaces import TT


@message(TT)
class NetworkInterfaceInfo:
    """Network interface info."""

    name: str | None = None
    hw_address: str
    mtu: int | None = element("MTU", default=None)


class Duplex(StrEnum):
    """Duplex: the named values."""

    FULL = "Full"
    HALF = "Half"


@message(TT)
class NetworkInterfaceConnectionSetting:
    """Network interface connection setting."""

    auto_negotiation: bool
    speed: int
    duplex: Duplex


@message(TT)
class NetworkInterfaceLink:
    """Network interface link."""

    admin_settings: NetworkInterfaceConnectionSetting
    oper_settings: NetworkInterfaceConnectionSetting
    interface_type: int


@message(TT)
class PrefixedIPv4Address:
    """Prefixed IPv4 address."""

    address: str
    prefix_length: int


@message(TT)
class IPv4Configuration:
    """IPv4 configuration."""

    manuals: tuple[PrefixedIPv4Address, ...] = element("Manual", default=())
    link_local: PrefixedIPv4Address | None = None
    from_dhcp: PrefixedIPv4Address | None = element("FromDHCP", default=None)
    dhcp: bool = element("DHCP")


@message(TT)
class IPv4NetworkInterface:
    """IPv4 network interface."""

    enabled: bool
    config: IPv4Configuration


class IPv6DHCPConfiguration(StrEnum):
    """IPv6 DHCP configuration: the named values."""

    AUTO = "Auto"
    STATEFUL = "Stateful"
    STATELESS = "Stateless"
    OFF = "Off"


@message(TT)
class PrefixedIPv6Address:
    """Prefixed IPv6 address."""

    address: str
    prefix_length: int


@message(TT)
class IPv6Configuration:
    """IPv6 configuration."""

    accept_router_advert: bool | None = None
    dhcp: IPv6DHCPConfiguration = element("DHCP")
    manuals: tuple[PrefixedIPv6Address, ...] = element("Manual", default=())
    link_locals: tuple[PrefixedIPv6Address, ...] = element("LinkLocal", default=())
    from_dhcps: tuple[PrefixedIPv6Address, ...] = element("FromDHCP", default=())
    from_ras: tuple[PrefixedIPv6Address, ...] = element("FromRA", default=())


@message(TT)
class IPv6NetworkInterface:
    """IPv6 network interface."""

    enabled: bool
    config: IPv6Configuration | None = None


@message(TT)
class Dot3Configuration:
    """802.3 configuration."""


class Dot11StationMode(StrEnum):
    """802.11 station mode: the named values."""

    AD_HOC = "Ad-hoc"
    INFRASTRUCTURE = "Infrastructure"
    EXTENDED = "Extended"


class Dot11SecurityMode(StrEnum):
    """802.11 security mode: the named values."""

    NONE = "None"
    WEP = "WEP"
    PSK = "PSK"
    DOT1X = "Dot1X"
    EXTENDED = "Extended"


class Dot11Cipher(StrEnum):
    """802.11 cipher: the named values."""

    CCMP = "CCMP"
    TKIP = "TKIP"
    ANY = "Any"
    EXTENDED = "Extended"


@message(TT)
class Dot11PSKSet:
    """802.11 PSK set."""

    key: HexBytes | None = None
    passphrase: str | None = None


@message(TT)
class Dot11SecurityConfiguration:
    """802.11 security configuration."""

    mode: Dot11SecurityMode
    algorithm: Dot11Cipher | None = None
    psk: Dot11PSKSet | None = element("PSK", default=None)
    dot1x: str | None = element("Dot1X", default=None)


@message(TT)
class Dot11Configuration:
    """802.11 configuration."""

    ssid: HexBytes = element("SSID")
    mode: Dot11StationMode
    alias: str
    priority: int
    security: Dot11SecurityConfiguration


@message(TT)
class NetworkInterfaceExtension:
    """Network interface extension."""

    interface_type: int
    dot3s: tuple[Dot3Configuration, ...] = element("Dot3", default=())
    dot11s: tuple[Dot11Configuration, ...] = element("Dot11", default=())


@message(TT)
class NetworkInterface(DeviceEntity):
    """Network interface."""

    enabled: bool
    info: NetworkInterfaceInfo | None = None
    link: NetworkInterfaceLink | None = None
    ipv4: IPv4NetworkInterface | None = element("IPv4", default=None)
    ipv6: IPv6NetworkInterface | None = element("IPv6", default=None)
    extension: NetworkInterfaceExtension | None = None


@message(TT)
class IPv4NetworkInterfaceSetConfiguration:
    """IPv4 network interface set configuration."""

    enabled: bool | None = None
    manuals: tuple[PrefixedIPv4Address, ...] = element("Manual", default=())
    dhcp: bool | None = element("DHCP", default=None)


@message(TT)
class IPv6NetworkInterfaceSetConfiguration:
    """IPv6 network interface set configuration."""

    enabled: bool | None = None
    accept_router_advert: bool | None = None
    manuals: tuple[PrefixedIPv6Address, ...] = element("Manual", default=())
    dhcp: IPv6DHCPConfiguration | None = element("DHCP", default=None)


@message(TT)
class NetworkInterfaceSetConfigurationExtension:
    """Network interface set configuration extension."""

    dot3s: tuple[Dot3Configuration, ...] = element("Dot3", default=())
    dot11s: tuple[Dot11Configuration, ...] = element("Dot11", default=())


@message(TT)
class NetworkInterfaceSetConfiguration:
    """Network interface set configuration."""

    enabled: bool | None = None
    link: NetworkInterfaceConnectionSetting | None = None
    mtu: int | None = element("MTU", default=None)
    ipv4: IPv4NetworkInterfaceSetConfiguration | None = element("IPv4", default=None)
    ipv6: IPv6NetworkInterfaceSetConfiguration | None = element("IPv6", default=None)
    extension: NetworkInterfaceSetConfigurationExtension | None = None


@message(TT)
class Dot11Capabilities:
    """802.11 capabilities."""

    tkip: bool = element("TKIP")
    scan_available_networks: bool
    multiple_configuration: bool
    ad_hoc_station_mode: bool
    wep: bool = element("WEP")


class Dot11SignalStrength(StrEnum):
    """802.11 signal strength: the named values."""

    NONE = "None"
    VERY_BAD = "Very Bad"
    BAD = "Bad"
    GOOD = "Good"
    VERY_GOOD = "Very Good"
    EXTENDED = "Extended"


@message(TT)
class Dot11Status:
    """802.11 status."""

    ssid: HexBytes = element("SSID")
    bssid: str | None = element("BSSID", default=None)
    pair_cipher: Dot11Cipher | None = None
    group_cipher: Dot11Cipher | None = None
    signal_strength: Dot11SignalStrength | None = None
    active_config_alias: str


class Dot11AuthAndMangementSuite(StrEnum):
    """802.11 auth and mangement suite: the named values."""

    NONE = "None"
    DOT1X = "Dot1X"
    PSK = "PSK"
    EXTENDED = "Extended"


@message(TT)
class Dot11AvailableNetworks:
    """802.11 available networks."""

    ssid: HexBytes = element("SSID")
    bssid: str | None = element("BSSID", default=None)
    auth_and_mangement_suites: tuple[Dot11AuthAndMangementSuite, ...] = element(
        "AuthAndMangementSuite", default=()
    )
    pair_ciphers: tuple[Dot11Cipher, ...] = element("PairCipher", default=())
    group_ciphers: tuple[Dot11Cipher, ...] = element("GroupCipher", default=())
    signal_strength: Dot11SignalStrength | None = None
