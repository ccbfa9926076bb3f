"""Device service: services, capabilities and addresses."""

from vedette.contract.device import Device
from vedette.contract.device.capabilities import (
    GetCapabilities,
    GetCapabilitiesResponse,
    GetEndpointReference,
    GetEndpointReferenceResponse,
    GetServiceCapabilities,
    GetServiceCapabilitiesResponse,
    GetServices,
    GetServicesResponse,
    GetWsdlUrl,
    GetWsdlUrlResponse,
)
from vedette.contract.operation import answers
from vedette.device.capabilities import Announcement
from vedette.device.context import RequestContext
from vedette.device.identity import DeviceIdentity
from vedette.device.legacy_capabilities import LegacyAnnouncement
from vedette.wire.namespaces import TDS


class OfferHandlers:
    """Tells what the device offers and where."""

    def __init__(self, announcement: Announcement, identity: DeviceIdentity) -> None:
        self._announcement = announcement
        self._legacy = LegacyAnnouncement(announcement)
        self._identity = identity

    @answers(Device.get_services)
    async def get_services(self, request: GetServices, context: RequestContext) -> GetServicesResponse:
        """Every service with address and version, and with capabilities if wanted."""
        entries = await self._announcement.entries(context, with_capabilities=request.include_capability)
        return GetServicesResponse(services=entries)

    @answers(Device.get_service_capabilities)
    async def get_service_capabilities(
        self, request: GetServiceCapabilities
    ) -> GetServiceCapabilitiesResponse:
        """The capabilities of this service."""
        return GetServiceCapabilitiesResponse(capabilities=self._announcement.device())

    @answers(Device.get_capabilities)
    async def get_capabilities(
        self, request: GetCapabilities, context: RequestContext
    ) -> GetCapabilitiesResponse:
        """The capabilities in their first form."""
        told = await self._legacy.capabilities(context, request.categories)
        return GetCapabilitiesResponse(capabilities=told)

    @answers(Device.get_wsdl_url)
    async def get_wsdl_url(self, request: GetWsdlUrl, context: RequestContext) -> GetWsdlUrlResponse:
        """Where the device describes itself."""
        address = self._announcement.addresses.service(context, TDS)
        return GetWsdlUrlResponse(wsdl_url=f"{address}?wsdl")

    @answers(Device.get_endpoint_reference)
    async def get_endpoint_reference(self, request: GetEndpointReference) -> GetEndpointReferenceResponse:
        """The name by which discovery knows the device."""
        return GetEndpointReferenceResponse(guid=self._identity.endpoint)
