"""Network interfaces, wired and wireless."""

from enum import StrEnum

from vedette.contract.schema.values import DeviceEntity
from vedette.wire.message import HexBytes, element, message
from vedette.wire.namespaces import TT


@message(TT)
class NetworkInterfaceInfo:
    """Name, hardware address and packet size of an interface."""

    name: str | None = None
    hw_address: str
    mtu: int | None = element("MTU", default=None)


class Duplex(StrEnum):
    """Whether both sides may talk at once."""

    FULL = "Full"
    HALF = "Half"


@message(TT)
class NetworkInterfaceConnectionSetting:
    """Speed and duplex of a link."""

    auto_negotiation: bool
    speed: int
    duplex: Duplex


@message(TT)
class NetworkInterfaceLink:
    """The link of an interface: as set and as it is."""

    admin_settings: NetworkInterfaceConnectionSetting
    oper_settings: NetworkInterfaceConnectionSetting
    interface_type: int


@message(TT)
class PrefixedIPv4Address:
    """A version 4 address with its prefix length."""

    address: str
    prefix_length: int


@message(TT)
class IPv4Configuration:
    """Version 4 addresses and where they come from."""

    manual: tuple[PrefixedIPv4Address, ...] = ()
    link_local: PrefixedIPv4Address | None = None
    from_dhcp: PrefixedIPv4Address | None = element("FromDHCP", default=None)
    dhcp: bool = element("DHCP")


@message(TT)
class IPv4NetworkInterface:
    """Version 4 addressing of an interface."""

    enabled: bool
    config: IPv4Configuration


class IPv6DHCPConfiguration(StrEnum):
    """How DHCP for version 6 is used."""

    AUTO = "Auto"
    STATEFUL = "Stateful"
    STATELESS = "Stateless"
    OFF = "Off"


@message(TT)
class PrefixedIPv6Address:
    """A version 6 address with its prefix length."""

    address: str
    prefix_length: int


@message(TT)
class IPv6Configuration:
    """Version 6 addresses and where they come from."""

    accept_router_advert: bool | None = None
    dhcp: IPv6DHCPConfiguration = element("DHCP")
    manual: tuple[PrefixedIPv6Address, ...] = ()
    link_local: tuple[PrefixedIPv6Address, ...] = ()
    from_dhcp: tuple[PrefixedIPv6Address, ...] = element("FromDHCP", default=())
    from_ra: tuple[PrefixedIPv6Address, ...] = element("FromRA", default=())


@message(TT)
class IPv6NetworkInterface:
    """Version 6 addressing of an interface."""

    enabled: bool
    config: IPv6Configuration | None = None


@message(TT)
class Dot3Configuration:
    """A place for settings of wired interfaces."""


class Dot11StationMode(StrEnum):
    """With or without an access point."""

    AD_HOC = "Ad-hoc"
    INFRASTRUCTURE = "Infrastructure"
    EXTENDED = "Extended"


class Dot11SecurityMode(StrEnum):
    """The ways to secure a wireless network."""

    NONE = "None"
    WEP = "WEP"
    PSK = "PSK"
    DOT1X = "Dot1X"
    EXTENDED = "Extended"


class Dot11Cipher(StrEnum):
    """The ciphers of a wireless network."""

    CCMP = "CCMP"
    TKIP = "TKIP"
    ANY = "Any"
    EXTENDED = "Extended"


@message(TT)
class Dot11PSKSet:
    """The key of a wireless network, or the passphrase it follows from."""

    key: HexBytes | None = None
    passphrase: str | None = None


@message(TT)
class Dot11SecurityConfiguration:
    """How a wireless network is secured."""

    mode: Dot11SecurityMode
    algorithm: Dot11Cipher | None = None
    psk: Dot11PSKSet | None = element("PSK", default=None)
    dot1x: str | None = element("Dot1X", default=None)


@message(TT)
class Dot11Configuration:
    """A wireless network to join."""

    ssid: HexBytes = element("SSID")
    mode: Dot11StationMode
    alias: str
    priority: int
    security: Dot11SecurityConfiguration


@message(TT)
class NetworkInterfaceExtension:
    """What kind of interface it is, and its wireless settings."""

    interface_type: int
    dot3: tuple[Dot3Configuration, ...] = ()
    dot11: tuple[Dot11Configuration, ...] = ()


@message(TT)
class NetworkInterface(DeviceEntity):
    """A network interface and its present state."""

    enabled: bool
    info: NetworkInterfaceInfo | None = None
    link: NetworkInterfaceLink | None = None
    ipv4: IPv4NetworkInterface | None = element("IPv4", default=None)
    ipv6: IPv6NetworkInterface | None = element("IPv6", default=None)
    extension: NetworkInterfaceExtension | None = None


@message(TT)
class IPv4NetworkInterfaceSetConfiguration:
    """New version 4 addressing."""

    enabled: bool | None = None
    manual: tuple[PrefixedIPv4Address, ...] = ()
    dhcp: bool | None = element("DHCP", default=None)


@message(TT)
class IPv6NetworkInterfaceSetConfiguration:
    """New version 6 addressing."""

    enabled: bool | None = None
    accept_router_advert: bool | None = None
    manual: tuple[PrefixedIPv6Address, ...] = ()
    dhcp: IPv6DHCPConfiguration | None = element("DHCP", default=None)


@message(TT)
class NetworkInterfaceSetConfigurationExtension:
    """New wired and wireless settings."""

    dot3: tuple[Dot3Configuration, ...] = ()
    dot11: tuple[Dot11Configuration, ...] = ()


@message(TT)
class NetworkInterfaceSetConfiguration:
    """New settings of a network interface."""

    enabled: bool | None = None
    link: NetworkInterfaceConnectionSetting | None = None
    mtu: int | None = element("MTU", default=None)
    ipv4: IPv4NetworkInterfaceSetConfiguration | None = element("IPv4", default=None)
    ipv6: IPv6NetworkInterfaceSetConfiguration | None = element("IPv6", default=None)
    extension: NetworkInterfaceSetConfigurationExtension | None = None


@message(TT)
class Dot11Capabilities:
    """What the wireless interface can do."""

    tkip: bool = element("TKIP")
    scan_available_networks: bool
    multiple_configuration: bool
    ad_hoc_station_mode: bool
    wep: bool = element("WEP")


class Dot11SignalStrength(StrEnum):
    """How well a wireless network is received."""

    NONE = "None"
    VERY_BAD = "Very Bad"
    BAD = "Bad"
    GOOD = "Good"
    VERY_GOOD = "Very Good"
    EXTENDED = "Extended"


@message(TT)
class Dot11Status:
    """The wireless network that is joined."""

    ssid: HexBytes = element("SSID")
    bssid: str | None = element("BSSID", default=None)
    pair_cipher: Dot11Cipher | None = None
    group_cipher: Dot11Cipher | None = None
    signal_strength: Dot11SignalStrength | None = None
    active_config_alias: str


class Dot11AuthAndMangementSuite(StrEnum):
    """How a wireless network authenticates."""

    NONE = "None"
    DOT1X = "Dot1X"
    PSK = "PSK"
    EXTENDED = "Extended"


@message(TT)
class Dot11AvailableNetworks:
    """A wireless network in reach."""

    ssid: HexBytes = element("SSID")
    bssid: str | None = element("BSSID", default=None)
    auth_and_management_suites: tuple[Dot11AuthAndMangementSuite, ...] = element(
        "AuthAndMangementSuite", default=()
    )
    pair_ciphers: tuple[Dot11Cipher, ...] = element("PairCipher", default=())
    group_ciphers: tuple[Dot11Cipher, ...] = element("GroupCipher", default=())
    signal_strength: Dot11SignalStrength | None = None
