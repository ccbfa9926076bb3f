"""The addresses in GetCapabilities, read from devices that leave out what is mandatory beside them."""

from vedette.contract.device import Device
from vedette.contract.device.capabilities import GetCapabilities
from vedette.contract.operation import Access, Operation
from vedette.wire.message import element, message
from vedette.wire.namespaces import TAN, TDS, TEV, TIMG, TMD, TPTZ, TRC, TRP, TRT, TRV, TSE, TT


@message(TT)
class ServicePlace:
    """Where a service is; what it offers is not looked at."""

    xaddr: str = element("XAddr")


@message(TT)
class LaterPlaces:
    """Where the services are that came later."""

    device_io: ServicePlace | None = element("DeviceIO", default=None)
    recording: ServicePlace | None = None
    search: ServicePlace | None = None
    replay: ServicePlace | None = None
    receiver: ServicePlace | None = None


@message(TT)
class ServicePlaces:
    """Where every service is."""

    analytics: ServicePlace | None = None
    events: ServicePlace | None = None
    imaging: ServicePlace | None = None
    media: ServicePlace | None = None
    ptz: ServicePlace | None = element("PTZ", default=None)
    extension: LaterPlaces | None = None

    def by_namespace(self) -> dict[str, str]:
        """The addresses as GetServices would name them."""
        more = self.extension or LaterPlaces()
        parts = (
            (TRT, self.media),
            (TEV, self.events),
            (TIMG, self.imaging),
            (TPTZ, self.ptz),
            (TAN, self.analytics),
            (TMD, more.device_io),
            (TRC, more.recording),
            (TSE, more.search),
            (TRP, more.replay),
            (TRV, more.receiver),
        )
        return {name: part.xaddr for name, part in parts if part is not None and part.xaddr.strip()}


@message(TDS, name="GetCapabilitiesResponse")
class ServicePlacesAnswer:
    """GetCapabilitiesResponse, of which only the addresses are read."""

    capabilities: ServicePlaces


GET_PLACES = Operation(
    GetCapabilities,
    ServicePlacesAnswer,
    access=Access.PRE_AUTH,
    source="Core, GetCapabilities (26.06 §8.1.2.4)",
)
GET_PLACES.service = Device
