"""Device I/O service: serial ports."""

import re

from vedette.contract.deviceio import DeviceIO as Contract
from vedette.contract.deviceio import serial as m
from vedette.contract.faults import ConfigModify, InvalidArgVal, InvalidSerialPort
from vedette.contract.operation import answers
from vedette.contract.schema.values import FloatItems, IntItems
from vedette.device.context import RequestContext
from vedette.device.hardware.serial import BAUDS, BITS, PARITIES, STOP_BITS
from vedette.device.io_serial import Command, SerialPort, SerialPorts
from vedette.device.settings.io import SerialSettings

_NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # \r would come back as \n


class SerialHandlers:
    """Lists and sets serial ports, and sends commands over them."""

    def __init__(self, ports: SerialPorts) -> None:
        self._ports = ports

    @answers(Contract.get_serial_ports)
    async def get_serial_ports(self, request: m.GetSerialPorts) -> m.GetSerialPortsResponse:
        """Every serial port."""
        return m.GetSerialPortsResponse(
            serial_ports=tuple(m.SerialPort(token=each.token) for each in self._ports)
        )

    @answers(Contract.get_serial_port_configuration)
    async def get_serial_port_configuration(
        self, request: m.GetSerialPortConfiguration
    ) -> m.GetSerialPortConfigurationResponse:
        """What a port is set to."""
        port = self._ports.require(request.serial_port_token)
        settings = port.settings
        return m.GetSerialPortConfigurationResponse(
            serial_port_configuration=m.SerialPortConfiguration(
                token=port.token,
                type=m.SerialPortType(port.kind),
                baud_rate=settings.baud,
                parity_bit=m.ParityBit(settings.parity),
                character_length=settings.bits,
                stop_bit=float(settings.stop_bits),
            )
        )

    @answers(Contract.get_serial_port_configuration_options)
    async def get_serial_port_configuration_options(
        self, request: m.GetSerialPortConfigurationOptions
    ) -> m.GetSerialPortConfigurationOptionsResponse:
        """What a port can be set to."""
        port = self._ports.require(request.serial_port_token)
        return m.GetSerialPortConfigurationOptionsResponse(
            serial_port_options=m.SerialPortConfigurationOptions(
                token=port.token,
                baud_rate_list=IntItems(items=tuple(BAUDS)),
                parity_bit_list=m.ParityBitList(items=tuple(m.ParityBit(each) for each in PARITIES)),
                character_length_list=IntItems(items=tuple(BITS)),
                stop_bit_list=FloatItems(items=tuple(float(each) for each in STOP_BITS)),
            )
        )

    @answers(Contract.set_serial_port_configuration)
    async def set_serial_port_configuration(
        self, request: m.SetSerialPortConfiguration
    ) -> m.SetSerialPortConfigurationResponse:
        """Set speed and framing, for good whatever ForcePersistance says."""
        wanted = request.serial_port_configuration
        port = self._ports.require(wanted.token)
        if not wanted.stop_bit.is_integer():
            raise ConfigModify(f"StopBit of serial port {wanted.token} cannot be {wanted.stop_bit}")
        settings = SerialSettings(
            token=wanted.token,
            baud=wanted.baud_rate,
            parity=wanted.parity_bit.value,
            bits=wanted.character_length,
            stop_bits=int(wanted.stop_bit),
        )
        await port.set(settings, wanted.type.value)
        return m.SetSerialPortConfigurationResponse()

    @answers(Contract.send_receive_serial_command)
    async def send_receive_serial_command(
        self, request: m.SendReceiveSerialCommand, context: RequestContext
    ) -> m.SendReceiveSerialCommandResponse:
        """Send bytes, wait for an answer and give it, as text only to who sent text."""
        port = self._chosen(request.token)
        content = await context.while_wanted(port.exchange(_command(request)), b"")
        is_text = request.serial_data is not None and request.serial_data.string is not None
        return m.SendReceiveSerialCommandResponse(
            serial_data=(is_text and _as_text(content)) or m.SerialData(binary=content)
        )

    def _chosen(self, token: str | None) -> SerialPort:
        """The port; a request may leave out the token where there is only one."""
        if token is not None:
            return self._ports.require(token)
        if len(self._ports) != 1:
            raise InvalidSerialPort(f"there are {len(self._ports)} serial ports; Token must say which")
        return next(iter(self._ports))


def _command(request: m.SendReceiveSerialCommand) -> Command:
    data = request.serial_data or m.SerialData(binary=b"")
    if (data.binary is None) == (data.string is None):
        raise InvalidArgVal("SerialData holds either Binary or String")
    wait_s = None
    if request.time_out is not None:
        wait_s = request.time_out.total_seconds()
        if wait_s < 0:
            if wait_s != -1:
                raise InvalidArgVal(f"TimeOut is {wait_s} s; the only negative one is -PT1S")
            wait_s = None
    return Command(
        content=data.string.encode() if data.string is not None else data.binary or b"",
        wait_s=wait_s,
        length=request.data_length,
        delimiter=None if request.delimiter is None else request.delimiter.encode(),
    )


def _as_text(content: bytes) -> m.SerialData | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if _NOT_IN_XML.search(text) else m.SerialData(string=text)
