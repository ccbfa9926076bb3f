"""Device management service: relay outputs."""

from vedette.contract.faults import ModeError, RelayToken
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.io import RelayLogicalState, RelayOutput, RelayOutputSettings
from vedette.wire.message import message
from vedette.wire.namespaces import TDS


@message(TDS)
class GetRelayOutputs:
    """Asks for the relay outputs."""


@message(TDS)
class GetRelayOutputsResponse:
    """Answers with the relay outputs."""

    relay_outputs: tuple[RelayOutput, ...] = ()


@message(TDS)
class SetRelayOutputSettings:
    """Changes the relay output settings."""

    relay_output_token: str
    properties: RelayOutputSettings


@message(TDS)
class SetRelayOutputSettingsResponse:
    """Tells that the relay output settings changed."""


@message(TDS)
class SetRelayOutputState:
    """Changes the relay output state."""

    relay_output_token: str
    logical_state: RelayLogicalState


@message(TDS)
class SetRelayOutputStateResponse:
    """Tells that the relay output state changed."""


class Relays(Service):
    """Relay outputs."""

    get_relay_outputs = Operation(
        GetRelayOutputs,
        GetRelayOutputsResponse,
        access=Access.READ_MEDIA,
        source="Core, GetRelayOutputs (26.06 §8.6.1)",
        iec="IEC 60839-11-31 9.2.2",
    )

    set_relay_output_settings = Operation(
        SetRelayOutputSettings,
        SetRelayOutputSettingsResponse,
        access=Access.ACTUATE,
        faults=(RelayToken, ModeError),
        source="Core, SetRelayOutputSettings (26.06 §8.6.2)",
        iec="IEC 60839-11-31 9.2.4",
    )

    set_relay_output_state = Operation(
        SetRelayOutputState,
        SetRelayOutputStateResponse,
        access=Access.ACTUATE,
        faults=(RelayToken,),
        source="Core, SetRelayOutputState (26.06 §8.6.3)",
        iec="IEC 60839-11-31 9.2.5",
    )
