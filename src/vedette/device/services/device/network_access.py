"""Device service: the ports that are listened on, and who may connect."""

from vedette.contract.device import Device
from vedette.contract.device.network import (
    AddIPAddressFilter,
    AddIPAddressFilterResponse,
    GetIPAddressFilter,
    GetIPAddressFilterResponse,
    GetNetworkProtocols,
    GetNetworkProtocolsResponse,
    RemoveIPAddressFilter,
    RemoveIPAddressFilterResponse,
    SetIPAddressFilter,
    SetIPAddressFilterResponse,
    SetNetworkProtocols,
    SetNetworkProtocolsResponse,
)
from vedette.contract.operation import answers
from vedette.device.context import RequestContext
from vedette.device.network_filter import AddressFilter
from vedette.device.network_protocols import NetworkProtocols


class ProtocolHandlers:
    """Tells and moves the ports."""

    def __init__(self, protocols: NetworkProtocols) -> None:
        self._protocols = protocols

    @answers(Device.get_network_protocols)
    async def get_network_protocols(self, request: GetNetworkProtocols) -> GetNetworkProtocolsResponse:
        """The protocols with their ports."""
        return GetNetworkProtocolsResponse(network_protocols=self._protocols.told())

    @answers(Device.set_network_protocols)
    async def set_network_protocols(self, request: SetNetworkProtocols) -> SetNetworkProtocolsResponse:
        """Turn protocols on and off and move their ports."""
        await self._protocols.set(request.network_protocols)
        return SetNetworkProtocolsResponse()


class AddressFilterHandlers:
    """Tells and sets who may connect."""

    def __init__(self, address_filter: AddressFilter) -> None:
        self._filter = address_filter

    @answers(Device.get_ip_address_filter)
    async def get_ip_address_filter(self, request: GetIPAddressFilter) -> GetIPAddressFilterResponse:
        """The filter."""
        return GetIPAddressFilterResponse(ip_address_filter=self._filter.told())

    @answers(Device.set_ip_address_filter)
    async def set_ip_address_filter(
        self, request: SetIPAddressFilter, context: RequestContext
    ) -> SetIPAddressFilterResponse:
        """Replace the filter."""
        await self._filter.replace(request.ip_address_filter, context.peer)
        return SetIPAddressFilterResponse()

    @answers(Device.add_ip_address_filter)
    async def add_ip_address_filter(
        self, request: AddIPAddressFilter, context: RequestContext
    ) -> AddIPAddressFilterResponse:
        """Add addresses to it."""
        await self._filter.add(request.ip_address_filter, context.peer)
        return AddIPAddressFilterResponse()

    @answers(Device.remove_ip_address_filter)
    async def remove_ip_address_filter(
        self, request: RemoveIPAddressFilter, context: RequestContext
    ) -> RemoveIPAddressFilterResponse:
        """Take addresses from it."""
        await self._filter.remove(request.ip_address_filter, context.peer)
        return RemoveIPAddressFilterResponse()
