"""PTZ service: moving, stopping and state."""

from datetime import timedelta

from vedette.contract.faults import (
    GeoLocationUnknown,
    GeoMoveNotSupported,
    InvalidPosition,
    InvalidSpeed,
    InvalidTranslation,
    InvalidVelocity,
    NoProfile,
    NoPTZProfile,
    NoStatus,
    NoToken,
    SpaceNotSupported,
    TimeoutNotSupported,
    UnreachablePosition,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.geometry import GeoLocation
from vedette.contract.schema.ptz import PTZSpeed, PTZStatus, PTZVector
from vedette.wire.message import element, message
from vedette.wire.namespaces import TPTZ


@message(TPTZ)
class SendAuxiliaryCommand:
    """Sends an auxiliary command."""

    profile_token: str
    auxiliary_data: str


@message(TPTZ)
class SendAuxiliaryCommandResponse:
    """Answers with what the command gave back."""

    auxiliary_response: str


@message(TPTZ)
class ContinuousMove:
    """Moves at a speed until stopped or until a timeout."""

    profile_token: str
    velocity: PTZSpeed
    timeout: timedelta | None = None


@message(TPTZ)
class ContinuousMoveResponse:
    """Tells that the movement began."""


@message(TPTZ)
class RelativeMove:
    """Moves by a distance."""

    profile_token: str
    translation: PTZVector
    speed: PTZSpeed | None = None


@message(TPTZ)
class RelativeMoveResponse:
    """Tells that the movement began."""


@message(TPTZ)
class GetStatus:
    """Asks for the status."""

    profile_token: str


@message(TPTZ)
class GetStatusResponse:
    """Answers with the status."""

    ptz_status: PTZStatus = element("PTZStatus")


@message(TPTZ)
class AbsoluteMove:
    """Moves to a position."""

    profile_token: str
    position: PTZVector
    speed: PTZSpeed | None = None


@message(TPTZ)
class AbsoluteMoveResponse:
    """Tells that the movement began."""


@message(TPTZ)
class GeoMove:
    """Turns towards a place on Earth."""

    profile_token: str
    target: GeoLocation
    speed: PTZSpeed | None = None
    area_height: float | None = None
    area_width: float | None = None


@message(TPTZ)
class GeoMoveResponse:
    """Tells that the movement began."""


@message(TPTZ)
class Stop:
    """Stops the movement."""

    profile_token: str
    pan_tilt: bool | None = None
    zoom: bool | None = None


@message(TPTZ)
class StopResponse:
    """Tells that the movement stopped."""


@message(TPTZ)
class MoveAndStartTracking:
    """Moves to a target and follows it."""

    profile_token: str
    preset_token: str | None = None
    geo_location: GeoLocation | None = None
    target_position: PTZVector | None = None
    speed: PTZSpeed | None = None
    object_id: int | None = element("ObjectID", default=None)


@message(TPTZ)
class MoveAndStartTrackingResponse:
    """Tells that the movement began."""


class Movement(Service):
    """Moving, stopping and state."""

    send_auxiliary_command = Operation(
        SendAuxiliaryCommand,
        SendAuxiliaryCommandResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, NoPTZProfile),
        source="PTZ, SendAuxiliaryCommand (26.06 §5.6.1)",
        iec="IEC 62676-2-31 8.7.2",
    )

    continuous_move = Operation(
        ContinuousMove,
        ContinuousMoveResponse,
        access=Access.ACTUATE,
        faults=(
            NoProfile,
            NoPTZProfile,
            SpaceNotSupported,
            InvalidTranslation,
            TimeoutNotSupported,
            InvalidVelocity,
        ),
        source="PTZ, ContinuousMove (26.06 §5.3.3)",
        iec="IEC 62676-2-31 8.4.4",
    )

    relative_move = Operation(
        RelativeMove,
        RelativeMoveResponse,
        access=Access.ACTUATE,
        faults=(NoPTZProfile, InvalidSpeed, NoProfile, SpaceNotSupported, InvalidTranslation),
        source="PTZ, RelativeMove (26.06 §5.3.2)",
        iec="IEC 62676-2-31 8.4.3",
    )

    get_status = Operation(
        GetStatus,
        GetStatusResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoPTZProfile, NoStatus),
        source="PTZ, GetStatus (26.06 §5.3.7)",
        iec="IEC 62676-2-31 8.4.7",
    )

    absolute_move = Operation(
        AbsoluteMove,
        AbsoluteMoveResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, NoPTZProfile, SpaceNotSupported, InvalidPosition, InvalidSpeed),
        source="PTZ, AbsoluteMove (26.06 §5.3.1)",
        iec="IEC 62676-2-31 8.4.2",
    )

    geo_move = Operation(
        GeoMove,
        GeoMoveResponse,
        access=Access.ACTUATE,
        faults=(
            NoProfile,
            NoPTZProfile,
            GeoMoveNotSupported,
            UnreachablePosition,
            TimeoutNotSupported,
            GeoLocationUnknown,
        ),
        source="PTZ, GeoMove (26.06 §5.3.4)",
        iec="IEC 62676-2-31 8.4.5",
    )

    stop = Operation(
        Stop,
        StopResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, NoPTZProfile),
        source="PTZ, Stop (26.06 §5.3.5)",
        iec="IEC 62676-2-31 8.4.6",
    )

    move_and_start_tracking = Operation(
        MoveAndStartTracking,
        MoveAndStartTrackingResponse,
        access=Access.ACTUATE,
        faults=(
            NoProfile,
            NoPTZProfile,
            SpaceNotSupported,
            InvalidPosition,
            InvalidSpeed,
            GeoMoveNotSupported,
            UnreachablePosition,
            GeoLocationUnknown,
            NoToken,
        ),
        source="PTZ, MoveAndStartTracking (26.06 §5.3.6)",
    )
