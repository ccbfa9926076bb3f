"""Answers of the device input and output service, and of the device service about relays."""

from vedette.device.io import DeviceIO
from vedette.device.media.domain import MediaDomain
from vedette.device.services.deviceio.contacts import CapabilityHandlers, InputHandlers, RelayHandlers
from vedette.device.services.deviceio.device_relays import DeviceRelayHandlers
from vedette.device.services.deviceio.outputs import OutputHandlers
from vedette.device.services.deviceio.serial import SerialHandlers
from vedette.device.services.deviceio.sources import SourceHandlers
from vedette.device.services.media.entities import Entities


def deviceio_handlers(io: DeviceIO, media: MediaDomain) -> tuple[object, ...]:
    """Every handler about inputs and outputs."""
    entities = Entities(media.configurations, media.encoders, media.profiles)
    return (
        CapabilityHandlers(io, media),
        RelayHandlers(io.relays),
        DeviceRelayHandlers(io.relays),
        InputHandlers(io.inputs),
        SerialHandlers(io.serial),
        SourceHandlers(entities),
        OutputHandlers(),
    )
