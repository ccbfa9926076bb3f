"""The device input and output service."""

from vedette.contract.deviceio.audio import AudioIO
from vedette.contract.deviceio.contacts import Contacts
from vedette.contract.deviceio.serial import SerialPorts
from vedette.contract.deviceio.video import VideoIO
from vedette.contract.operation import Service
from vedette.wire.namespaces import TMD


class DeviceIO(VideoIO, AudioIO, SerialPorts, Contacts, Service):
    """The device input and output service."""

    namespace = TMD
