"""The receiver service: messages and operations."""

from vedette.contract.faults import BadConfiguration, CannotDeleteReceiver, MaxReceivers, UnknownToken
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.receiver import (
    Receiver,
    ReceiverConfiguration,
    ReceiverMode,
    ReceiverStateInformation,
)
from vedette.wire.message import attribute, message
from vedette.wire.namespaces import TRV


@message(TRV)
class Capabilities:
    """What the receiver service offers."""

    rtp_multicast: bool | None = attribute("RTP_Multicast", default=None)
    rtp_tcp: bool | None = attribute("RTP_TCP", default=None)
    rtp_rtsp_tcp: bool | None = attribute("RTP_RTSP_TCP", default=None)
    supported_receivers: int = attribute("SupportedReceivers")
    maximum_rtsp_uri_length: int | None = attribute("MaximumRTSPURILength", default=None)


@message(TRV)
class GetServiceCapabilities:
    """Asks what the service offers."""


@message(TRV)
class GetServiceCapabilitiesResponse:
    """Answers with what the service offers."""

    capabilities: Capabilities


@message(TRV)
class GetReceivers:
    """Asks for the receivers."""


@message(TRV)
class GetReceiversResponse:
    """Answers with the receivers."""

    receivers: tuple[Receiver, ...] = ()


@message(TRV)
class GetReceiver:
    """Asks for the receiver."""

    receiver_token: str


@message(TRV)
class GetReceiverResponse:
    """Answers with the receiver."""

    receiver: Receiver


@message(TRV)
class CreateReceiver:
    """Makes a new receiver."""

    configuration: ReceiverConfiguration


@message(TRV)
class CreateReceiverResponse:
    """Tells that the receiver was made."""

    receiver: Receiver


@message(TRV)
class DeleteReceiver:
    """Deletes the receiver."""

    receiver_token: str


@message(TRV)
class DeleteReceiverResponse:
    """Tells that the receiver was deleted."""


@message(TRV)
class ConfigureReceiver:
    """Changes the configuration of a receiver."""

    receiver_token: str
    configuration: ReceiverConfiguration


@message(TRV)
class ConfigureReceiverResponse:
    """Tells that the configuration changed."""


@message(TRV)
class SetReceiverMode:
    """Changes the receiver mode."""

    receiver_token: str
    mode: ReceiverMode


@message(TRV)
class SetReceiverModeResponse:
    """Tells that the receiver mode changed."""


@message(TRV)
class GetReceiverState:
    """Asks for the receiver state."""

    receiver_token: str


@message(TRV)
class GetReceiverStateResponse:
    """Answers with the receiver state."""

    receiver_state: ReceiverStateInformation


class Receivers(Service):
    """The receiver service."""

    namespace = TRV
    title = "Receiver"

    get_service_capabilities = Operation(
        GetServiceCapabilities,
        GetServiceCapabilitiesResponse,
        access=Access.PRE_AUTH,
        source="Receiver, GetServiceCapabilities (26.06 §5.5)",
        iec="IEC 62676-2-32 10.6",
    )

    get_receivers = Operation(
        GetReceivers,
        GetReceiversResponse,
        access=Access.READ_MEDIA,
        source="Receiver, GetReceivers (26.06 §5.4.1)",
        iec="IEC 62676-2-32 10.5.1",
    )

    get_receiver = Operation(
        GetReceiver,
        GetReceiverResponse,
        access=Access.READ_MEDIA,
        faults=(UnknownToken,),
        source="Receiver, GetReceiver (26.06 §5.4.2)",
        iec="IEC 62676-2-32 10.5.2",
    )

    create_receiver = Operation(
        CreateReceiver,
        CreateReceiverResponse,
        access=Access.ACTUATE,
        faults=(BadConfiguration, MaxReceivers),
        source="Receiver, CreateReceiver (26.06 §5.4.3)",
        iec="IEC 62676-2-32 10.5.3",
    )

    delete_receiver = Operation(
        DeleteReceiver,
        DeleteReceiverResponse,
        access=Access.ACTUATE,
        faults=(UnknownToken, CannotDeleteReceiver),
        source="Receiver, DeleteReceiver (26.06 §5.4.4)",
        iec="IEC 62676-2-32 10.5.4",
    )

    configure_receiver = Operation(
        ConfigureReceiver,
        ConfigureReceiverResponse,
        access=Access.ACTUATE,
        faults=(UnknownToken, BadConfiguration),
        source="Receiver, ConfigureReceiver (26.06 §5.4.5)",
        iec="IEC 62676-2-32 10.5.5",
    )

    set_receiver_mode = Operation(
        SetReceiverMode,
        SetReceiverModeResponse,
        access=Access.ACTUATE,
        faults=(UnknownToken,),
        source="Receiver, SetReceiverMode (26.06 §5.4.6)",
        iec="IEC 62676-2-32 10.5.6",
    )

    get_receiver_state = Operation(
        GetReceiverState,
        GetReceiverStateResponse,
        access=Access.READ_MEDIA,
        faults=(UnknownToken,),
        source="Receiver, GetReceiverState (26.06 §5.4.7)",
        iec="IEC 62676-2-32 10.5.7",
    )
