"""Device input and output service: serial ports."""

from datetime import timedelta
from enum import StrEnum

from vedette.contract.faults import ConfigModify, DataLengthOver, DelimiterNotSupported, InvalidSerialPort
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.values import DeviceEntity, FloatItems, IntItems
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TMD


@message(TMD)
class SerialPort(DeviceEntity):
    """A serial port of the device."""


class SerialPortType(StrEnum):
    """The electrical kinds of serial ports."""

    RS232 = "RS232"
    RS422HALF_DUPLEX = "RS422HalfDuplex"
    RS422FULL_DUPLEX = "RS422FullDuplex"
    RS485HALF_DUPLEX = "RS485HalfDuplex"
    RS485FULL_DUPLEX = "RS485FullDuplex"
    GENERIC = "Generic"


class ParityBit(StrEnum):
    """How characters on a serial line are guarded."""

    NONE = "None"
    EVEN = "Even"
    ODD = "Odd"
    MARK = "Mark"
    SPACE = "Space"
    EXTENDED = "Extended"


@message(TMD)
class SerialPortConfiguration:
    """Speed, framing and kind of a serial port."""

    token: str = attribute("token")
    type: SerialPortType = attribute("type")
    baud_rate: int
    parity_bit: ParityBit
    character_length: int
    stop_bit: float


@message(TMD)
class ParityBitList:
    """The parities that a serial port can be set to."""

    items: tuple[ParityBit, ...] = ()


@message(TMD)
class SerialPortConfigurationOptions:
    """What a serial port can be set to."""

    token: str = attribute("token")
    baud_rate_list: IntItems
    parity_bit_list: ParityBitList
    character_length_list: IntItems
    stop_bit_list: FloatItems


@message(TMD)
class SerialData:
    """Bytes for or from a serial port: as binary or as text, not both."""

    binary: bytes | None = None
    string: str | None = None


@message(TMD)
class GetSerialPorts:
    """Asks for the serial ports."""


@message(TMD)
class GetSerialPortsResponse:
    """Answers with the serial ports."""

    serial_ports: tuple[SerialPort, ...] = element("SerialPort", default=())


@message(TMD)
class GetSerialPortConfiguration:
    """Asks for the serial port configuration."""

    serial_port_token: str


@message(TMD)
class GetSerialPortConfigurationResponse:
    """Answers with the serial port configuration."""

    serial_port_configuration: SerialPortConfiguration


@message(TMD)
class SetSerialPortConfiguration:
    """Changes the serial port configuration."""

    serial_port_configuration: SerialPortConfiguration
    force_persistance: bool


@message(TMD)
class SetSerialPortConfigurationResponse:
    """Tells that the serial port configuration changed."""


@message(TMD)
class GetSerialPortConfigurationOptions:
    """Asks what the serial port configuration can be set to."""

    serial_port_token: str


@message(TMD)
class GetSerialPortConfigurationOptionsResponse:
    """Answers with what the serial port configuration can be set to."""

    serial_port_options: SerialPortConfigurationOptions


@message(TMD)
class SendReceiveSerialCommand:
    """Sends bytes to a serial port and collects the answer."""

    token: str | None = None
    serial_data: SerialData | None = None
    time_out: timedelta | None = None
    data_length: int | None = None
    delimiter: str | None = None


@message(TMD)
class SendReceiveSerialCommandResponse:
    """Answers with the bytes received."""

    serial_data: SerialData | None = None


class SerialPorts(Service):
    """Serial ports."""

    get_serial_ports = Operation(
        GetSerialPorts,
        GetSerialPortsResponse,
        access=Access.READ_SYSTEM,
        source="Device IO, GetSerialPorts (26.06 §5.8.1)",
        iec="IEC 60839-11-31 9.4.2",
        action="http://www.onvif.org/ver10/deviceio/wsdl/GetSerialPorts",
    )

    get_serial_port_configuration = Operation(
        GetSerialPortConfiguration,
        GetSerialPortConfigurationResponse,
        access=Access.READ_SYSTEM,
        faults=(InvalidSerialPort,),
        source="Device IO, GetSerialPortConfiguration (26.06 §5.8.2)",
        iec="IEC 60839-11-31 9.4.3",
        action="http://www.onvif.org/ver10/deviceio/wsdl/GetSerialPortConfigurations",
    )

    set_serial_port_configuration = Operation(
        SetSerialPortConfiguration,
        SetSerialPortConfigurationResponse,
        access=Access.ACTUATE,
        faults=(ConfigModify, InvalidSerialPort),
        source="Device IO, SetSerialPortConfiguration (26.06 §5.8.3)",
        iec="IEC 60839-11-31 9.4.4",
        action="http://www.onvif.org/ver10/deviceio/wsdl/SetSerialPortConfiguration",
    )

    get_serial_port_configuration_options = Operation(
        GetSerialPortConfigurationOptions,
        GetSerialPortConfigurationOptionsResponse,
        access=Access.READ_SYSTEM,
        faults=(InvalidSerialPort,),
        source="Device IO, GetSerialPortConfigurationOptions (26.06 §5.8.4)",
        iec="IEC 60839-11-31 9.4.5",
        action="http://www.onvif.org/ver10/deviceio/wsdl/GetSerialPortConfigurationOptions",
    )

    send_receive_serial_command = Operation(
        SendReceiveSerialCommand,
        SendReceiveSerialCommandResponse,
        access=Access.ACTUATE,
        faults=(InvalidSerialPort, DataLengthOver, DelimiterNotSupported),
        source="Device IO, SendReceiveSerialCommand (26.06 §5.8.5)",
        iec="IEC 60839-11-31 9.4.6",
        action="http://www.onvif.org/ver10/deviceio/wsdl/SendReceiveSerialCommand",
    )
