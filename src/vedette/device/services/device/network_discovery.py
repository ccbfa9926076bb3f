"""Device service: remote discovery."""

from vedette.contract.device import Device
from vedette.contract.device.scopes import (
    GetDPAddresses,
    GetDPAddressesResponse,
    GetRemoteDiscoveryMode,
    GetRemoteDiscoveryModeResponse,
    SetDPAddresses,
    SetDPAddressesResponse,
    SetRemoteDiscoveryMode,
    SetRemoteDiscoveryModeResponse,
)
from vedette.contract.operation import answers
from vedette.device.network_addresses import told_host
from vedette.device.network_discovery import RemoteDiscovery


class RemoteDiscoveryHandlers:
    """Tells and sets who else is told of the device."""

    def __init__(self, remote: RemoteDiscovery) -> None:
        self._remote = remote

    @answers(Device.get_remote_discovery_mode)
    async def get_mode(self, request: GetRemoteDiscoveryMode) -> GetRemoteDiscoveryModeResponse:
        """Whether the proxies are told."""
        return GetRemoteDiscoveryModeResponse(remote_discovery_mode=self._remote.mode)

    @answers(Device.set_remote_discovery_mode)
    async def set_mode(self, request: SetRemoteDiscoveryMode) -> SetRemoteDiscoveryModeResponse:
        """Tell the proxies, or no longer."""
        await self._remote.set_mode(request.remote_discovery_mode)
        return SetRemoteDiscoveryModeResponse()

    @answers(Device.get_dp_addresses)
    async def get_dp_addresses(self, request: GetDPAddresses) -> GetDPAddressesResponse:
        """The proxies."""
        return GetDPAddressesResponse(dp_addresses=tuple(told_host(each) for each in self._remote.proxies))

    @answers(Device.set_dp_addresses)
    async def set_dp_addresses(self, request: SetDPAddresses) -> SetDPAddressesResponse:
        """Tell other proxies."""
        await self._remote.set_proxies(request.dp_addresses)
        return SetDPAddressesResponse()
