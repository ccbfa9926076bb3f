"""Device management service: network interfaces and wireless networks."""

from vedette.contract.faults import (
    IncompatibleDot1X,
    InvalidDHCPv6,
    InvalidDot11,
    InvalidInterfaceSpeed,
    InvalidInterfaceType,
    InvalidIPv4Address,
    InvalidIPv6Address,
    InvalidMtuValue,
    InvalidNetworkInterface,
    InvalidSecurityMode,
    InvalidStationMode,
    MissingDot1X,
    MissingDot11,
    MissingPSK,
    NotConnectedDot11,
    NotDot11,
    NotScanAvailable,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.network_interfaces import (
    Dot11AvailableNetworks,
    Dot11Capabilities,
    Dot11Status,
    NetworkInterface,
    NetworkInterfaceSetConfiguration,
)
from vedette.wire.message import message
from vedette.wire.namespaces import TDS


@message(TDS)
class GetNetworkInterfaces:
    """Asks for the network interfaces."""


@message(TDS)
class GetNetworkInterfacesResponse:
    """Answers with the network interfaces."""

    network_interfaces: tuple[NetworkInterface, ...]


@message(TDS)
class SetNetworkInterfaces:
    """Changes the network interfaces."""

    interface_token: str
    network_interface: NetworkInterfaceSetConfiguration


@message(TDS)
class SetNetworkInterfacesResponse:
    """Tells that the network interfaces changed."""

    reboot_needed: bool


@message(TDS)
class GetDot11Capabilities:
    """Asks for the 802.11 capabilities."""


@message(TDS)
class GetDot11CapabilitiesResponse:
    """Answers with the 802.11 capabilities."""

    capabilities: Dot11Capabilities


@message(TDS)
class GetDot11Status:
    """Asks for the 802.11 status."""

    interface_token: str


@message(TDS)
class GetDot11StatusResponse:
    """Answers with the 802.11 status."""

    status: Dot11Status


@message(TDS)
class ScanAvailableDot11Networks:
    """Looks for wireless networks in reach."""

    interface_token: str


@message(TDS)
class ScanAvailableDot11NetworksResponse:
    """Answers with the available 802.11 networks found."""

    networks: tuple[Dot11AvailableNetworks, ...] = ()


class NetworkInterfaces(Service):
    """Network interfaces and wireless networks."""

    get_network_interfaces = Operation(
        GetNetworkInterfaces,
        GetNetworkInterfacesResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetNetworkInterfaces (26.06 §8.2.10)",
        iec="IEC 60839-11-31 8.3.10",
    )

    set_network_interfaces = Operation(
        SetNetworkInterfaces,
        SetNetworkInterfacesResponse,
        access=Access.WRITE_SYSTEM,
        faults=(
            InvalidIPv6Address,
            InvalidIPv4Address,
            InvalidNetworkInterface,
            InvalidMtuValue,
            InvalidInterfaceSpeed,
            InvalidInterfaceType,
            InvalidDot11,
            InvalidSecurityMode,
            InvalidStationMode,
            MissingDot11,
            MissingPSK,
            MissingDot1X,
            IncompatibleDot1X,
            InvalidDHCPv6,
        ),
        source="Core, SetNetworkInterfaces (26.06 §8.2.11)",
        iec="IEC 60839-11-31 8.3.11",
    )

    get_dot11_capabilities = Operation(
        GetDot11Capabilities,
        GetDot11CapabilitiesResponse,
        access=Access.READ_SYSTEM,
        faults=(InvalidDot11,),
        source="Core, GetDot11Capabilities (26.06 §8.2.22.5)",
        iec="IEC 60839-11-31 8.3.22",
    )

    get_dot11_status = Operation(
        GetDot11Status,
        GetDot11StatusResponse,
        access=Access.READ_SYSTEM,
        faults=(InvalidNetworkInterface, InvalidDot11, NotDot11, NotConnectedDot11),
        source="Core, GetDot11Status (26.06 §8.2.22.6)",
        iec="IEC 60839-11-31 8.3.22",
    )

    scan_available_dot11_networks = Operation(
        ScanAvailableDot11Networks,
        ScanAvailableDot11NetworksResponse,
        access=Access.READ_SYSTEM,
        faults=(InvalidNetworkInterface, InvalidDot11, NotDot11, NotScanAvailable),
        source="Core, ScanAvailableDot11Networks (26.06 §8.2.22.7)",
        iec="IEC 60839-11-31 8.3.22",
    )
