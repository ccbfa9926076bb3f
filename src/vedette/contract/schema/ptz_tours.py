"""PTZ nodes and guided tours over presets."""

from datetime import timedelta
from enum import StrEnum

from vedette.contract.schema.ptz import PTZSpaces, PTZSpeed, PTZVector, Space1DDescription, Space2DDescription
from vedette.contract.schema.values import DeviceEntity, DurationRange, IntRange
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TT


class PTZPresetTourOperation(StrEnum):
    """PTZ preset tour operation: the named values."""

    START = "Start"
    STOP = "Stop"
    PAUSE = "Pause"
    EXTENDED = "Extended"


@message(TT)
class PTZPresetTourSupported:
    """PTZ preset tour supported."""

    maximum_number_of_preset_tours: int
    ptz_preset_tour_operations: tuple[PTZPresetTourOperation, ...] = element(
        "PTZPresetTourOperation", default=()
    )


@message(TT)
class PTZNodeExtension:
    """PTZ node extension."""

    supported_preset_tour: PTZPresetTourSupported | None = None


@message(TT)
class PTZNode(DeviceEntity):
    """PTZ node."""

    fixed_home_position: bool | None = attribute("FixedHomePosition", default=None)
    geo_move: bool | None = attribute("GeoMove", default=None)
    name: str | None = None
    supported_ptz_spaces: PTZSpaces = element("SupportedPTZSpaces")
    maximum_number_of_presets: int
    home_supported: bool
    auxiliary_commands: tuple[str, ...] = ()
    extension: PTZNodeExtension | None = None


class PTZPresetTourState(StrEnum):
    """PTZ preset tour state: the named values."""

    IDLE = "Idle"
    TOURING = "Touring"
    PAUSED = "Paused"
    EXTENDED = "Extended"


@message(TT)
class PTZPresetTourPresetDetail:
    """PTZ preset tour preset detail."""

    preset_token: str | None = None
    home: bool | None = None
    ptz_position: PTZVector | None = element("PTZPosition", default=None)


@message(TT)
class PTZPresetTourSpot:
    """PTZ preset tour spot."""

    preset_detail: PTZPresetTourPresetDetail
    speed: PTZSpeed | None = None
    stay_time: timedelta | None = None


@message(TT)
class PTZPresetTourStatus:
    """PTZ preset tour status."""

    state: PTZPresetTourState
    current_tour_spot: PTZPresetTourSpot | None = None


class PTZPresetTourDirection(StrEnum):
    """PTZ preset tour direction: the named values."""

    FORWARD = "Forward"
    BACKWARD = "Backward"
    EXTENDED = "Extended"


@message(TT)
class PTZPresetTourStartingCondition:
    """PTZ preset tour starting condition."""

    random_preset_order: bool | None = attribute("RandomPresetOrder", default=None)
    recurring_time: int | None = None
    recurring_duration: timedelta | None = None
    direction: PTZPresetTourDirection | None = None


@message(TT)
class PresetTour:
    """Preset tour."""

    token: str | None = attribute("token", default=None)
    name: str | None = None
    status: PTZPresetTourStatus
    auto_start: bool
    starting_condition: PTZPresetTourStartingCondition
    tour_spots: tuple[PTZPresetTourSpot, ...] = element("TourSpot", default=())


@message(TT)
class PTZPresetTourStartingConditionOptions:
    """PTZ preset tour starting condition options."""

    recurring_time: IntRange | None = None
    recurring_duration: DurationRange | None = None
    directions: tuple[PTZPresetTourDirection, ...] = element("Direction", default=())


@message(TT)
class PTZPresetTourPresetDetailOptions:
    """PTZ preset tour preset detail options."""

    preset_tokens: tuple[str, ...] = element("PresetToken", default=())
    home: bool | None = None
    pan_tilt_position_space: Space2DDescription | None = None
    zoom_position_space: Space1DDescription | None = None


@message(TT)
class PTZPresetTourSpotOptions:
    """PTZ preset tour spot options."""

    preset_detail: PTZPresetTourPresetDetailOptions
    stay_time: DurationRange


@message(TT)
class PTZPresetTourOptions:
    """PTZ preset tour options."""

    auto_start: bool
    starting_condition: PTZPresetTourStartingConditionOptions
    tour_spot: PTZPresetTourSpotOptions
