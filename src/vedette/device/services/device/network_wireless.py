"""Device service: wireless networks and 802.1X."""

from vedette.contract.device import Device
from vedette.contract.device.dot1x import (
    CreateDot1XConfiguration,
    CreateDot1XConfigurationResponse,
    DeleteDot1XConfiguration,
    DeleteDot1XConfigurationResponse,
    GetDot1XConfiguration,
    GetDot1XConfigurationResponse,
    GetDot1XConfigurations,
    GetDot1XConfigurationsResponse,
    SetDot1XConfiguration,
    SetDot1XConfigurationResponse,
)
from vedette.contract.device.network_interfaces import (
    GetDot11Capabilities,
    GetDot11CapabilitiesResponse,
    GetDot11Status,
    GetDot11StatusResponse,
    ScanAvailableDot11Networks,
    ScanAvailableDot11NetworksResponse,
)
from vedette.contract.faults import NotConnectedDot11, NotDot11
from vedette.contract.operation import answers
from vedette.contract.schema.network_interfaces import (
    Dot11AuthAndMangementSuite,
    Dot11AvailableNetworks,
    Dot11Capabilities,
    Dot11Cipher,
    Dot11SignalStrength,
    Dot11Status,
)
from vedette.contract.schema.security import Dot1XConfiguration
from vedette.device.hardware.host import AccessPoint, Radio, RadioPhase
from vedette.device.network_interfaces import NetworkInterfaces
from vedette.device.network_port_access import PortAccessList
from vedette.device.settings.network import PortAccessSettings
from vedette.wire.message import HexBytes


class WirelessHandlers:
    """Tells what the radio can do, what it does and whom it hears."""

    def __init__(self, interfaces: NetworkInterfaces, radio: Radio) -> None:
        self._interfaces = interfaces
        self._radio = radio

    @answers(Device.get_dot11_capabilities)
    async def get_dot11_capabilities(self, request: GetDot11Capabilities) -> GetDot11CapabilitiesResponse:
        """What can be set."""
        return GetDot11CapabilitiesResponse(
            capabilities=Dot11Capabilities(
                tkip=True,
                scan_available_networks=True,
                multiple_configuration=True,
                ad_hoc_station_mode=False,
                wep=False,
            )
        )

    @answers(Device.get_dot11_status)
    async def get_dot11_status(self, request: GetDot11Status) -> GetDot11StatusResponse:
        """The network that is joined."""
        await self._check(request.interface_token)
        now = await self._radio.state(request.interface_token)
        if now.phase is not RadioPhase.CONNECTED or now.network is None or now.point is None:
            raise NotConnectedDot11(f"the radio is {now.phase.value}")
        cipher = Dot11Cipher(now.point.cipher) if now.point.cipher else None
        return GetDot11StatusResponse(
            status=Dot11Status(
                ssid=HexBytes(now.point.ssid),
                bssid=now.point.bssid,
                pair_cipher=cipher,
                group_cipher=cipher,
                signal_strength=Dot11SignalStrength(now.point.strength),
                active_config_alias=now.network.alias,
            )
        )

    @answers(Device.scan_available_dot11_networks)
    async def scan(self, request: ScanAvailableDot11Networks) -> ScanAvailableDot11NetworksResponse:
        """The networks in reach."""
        await self._check(request.interface_token)
        found = await self._radio.scan(request.interface_token)
        return ScanAvailableDot11NetworksResponse(networks=tuple(_available(each) for each in found))

    async def _check(self, token: str) -> None:
        if not (await self._interfaces.require(token)).is_wireless:
            raise NotDot11(f"{token} is no IEEE 802.11 interface")


class PortAccessHandlers:
    """Keeps 802.1X configurations."""

    def __init__(self, configurations: PortAccessList) -> None:
        self._configurations = configurations

    @answers(Device.create_dot1x_configuration)
    async def create(self, request: CreateDot1XConfiguration) -> CreateDot1XConfigurationResponse:
        """Add one."""
        await self._configurations.create(request.dot1x_configuration)
        return CreateDot1XConfigurationResponse()

    @answers(Device.set_dot1x_configuration)
    async def set(self, request: SetDot1XConfiguration) -> SetDot1XConfigurationResponse:
        """Change one."""
        await self._configurations.replace(request.dot1x_configuration)
        return SetDot1XConfigurationResponse()

    @answers(Device.get_dot1x_configuration)
    async def get(self, request: GetDot1XConfiguration) -> GetDot1XConfigurationResponse:
        """One, without its password."""
        found = self._configurations.require(request.dot1x_configuration_token)
        return GetDot1XConfigurationResponse(dot1x_configuration=_told(found))

    @answers(Device.get_dot1x_configurations)
    async def get_all(self, request: GetDot1XConfigurations) -> GetDot1XConfigurationsResponse:
        """Every one, without passwords."""
        return GetDot1XConfigurationsResponse(
            dot1x_configurations=tuple(_told(each) for each in self._configurations.all)
        )

    @answers(Device.delete_dot1x_configuration)
    async def delete(self, request: DeleteDot1XConfiguration) -> DeleteDot1XConfigurationResponse:
        """Delete some."""
        await self._configurations.delete(request.dot1x_configuration_tokens)
        return DeleteDot1XConfigurationResponse()


def _available(point: AccessPoint) -> Dot11AvailableNetworks:
    ciphers = (Dot11Cipher(point.cipher),) if point.cipher else ()
    return Dot11AvailableNetworks(
        ssid=HexBytes(point.ssid),
        bssid=point.bssid,
        auth_and_management_suites=(Dot11AuthAndMangementSuite(point.security),),
        pair_ciphers=ciphers,
        group_ciphers=ciphers,
        signal_strength=Dot11SignalStrength(point.strength),
    )


def _told(settings: PortAccessSettings) -> Dot1XConfiguration:
    return Dot1XConfiguration(
        dot1x_configuration_token=settings.token,
        identity=settings.identity,
        anonymous_id=settings.anonymous_id,
        eap_method=settings.eap_method,
    )
