"""PTZ nodes and guided tours over presets."""

from datetime import timedelta
from enum import StrEnum

from vedette.contract.schema.ptz import PTZSpaces, PTZSpeed, PTZVector, Space1DDescription, Space2DDescription
from vedette.contract.schema.values import DeviceEntity, DurationRange, IntRange
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TT


class PTZPresetTourOperation(StrEnum):
    """What a preset tour can be told."""

    START = "Start"
    STOP = "Stop"
    PAUSE = "Pause"
    EXTENDED = "Extended"


@message(TT)
class PTZPresetTourSupported:
    """How many preset tours there may be, and what they can be told."""

    maximum_number_of_preset_tours: int
    ptz_preset_tour_operations: tuple[PTZPresetTourOperation, ...] = element(
        "PTZPresetTourOperation", default=()
    )


@message(TT)
class PTZNodeExtension:
    """Which preset tours a PTZ node has."""

    supported_preset_tour: PTZPresetTourSupported | None = None


@message(TT)
class PTZNode(DeviceEntity):
    """A PTZ head, or the part of one, and what it can do."""

    fixed_home_position: bool | None = attribute("FixedHomePosition", default=None)
    geo_move: bool | None = attribute("GeoMove", default=None)
    name: str | None = None
    supported_ptz_spaces: PTZSpaces = element("SupportedPTZSpaces")
    maximum_number_of_presets: int
    home_supported: bool
    auxiliary_commands: tuple[str, ...] = ()
    extension: PTZNodeExtension | None = None


class PTZPresetTourState(StrEnum):
    """The states of a tour."""

    IDLE = "Idle"
    TOURING = "Touring"
    PAUSED = "Paused"
    EXTENDED = "Extended"


@message(TT)
class PTZPresetTourPresetDetail:
    """The place of a stop: a preset, the home position or a position."""

    preset_token: str | None = None
    home: bool | None = None
    ptz_position: PTZVector | None = element("PTZPosition", default=None)


@message(TT)
class PTZPresetTourSpot:
    """A stop of a tour, and how long it lasts."""

    preset_detail: PTZPresetTourPresetDetail
    speed: PTZSpeed | None = None
    stay_time: timedelta | None = None


@message(TT)
class PTZPresetTourStatus:
    """What a tour is doing."""

    state: PTZPresetTourState
    current_tour_spot: PTZPresetTourSpot | None = None


class PTZPresetTourDirection(StrEnum):
    """The direction of a tour."""

    FORWARD = "Forward"
    BACKWARD = "Backward"
    EXTENDED = "Extended"


@message(TT)
class PTZPresetTourStartingCondition:
    """How often and in which direction a tour runs."""

    random_preset_order: bool | None = attribute("RandomPresetOrder", default=None)
    recurring_time: int | None = None
    recurring_duration: timedelta | None = None
    direction: PTZPresetTourDirection | None = None


@message(TT)
class PresetTour:
    """A tour from preset to preset."""

    token: str | None = attribute("token", default=None)
    name: str | None = None
    status: PTZPresetTourStatus
    auto_start: bool
    starting_condition: PTZPresetTourStartingCondition
    tour_spots: tuple[PTZPresetTourSpot, ...] = element("TourSpot", default=())


@message(TT)
class PTZPresetTourStartingConditionOptions:
    """How often and in which directions tours can run."""

    recurring_time: IntRange | None = None
    recurring_duration: DurationRange | None = None
    directions: tuple[PTZPresetTourDirection, ...] = element("Direction", default=())


@message(TT)
class PTZPresetTourPresetDetailOptions:
    """Which places the stops of a tour can have."""

    preset_tokens: tuple[str, ...] = element("PresetToken", default=())
    home: bool | None = None
    pan_tilt_position_space: Space2DDescription | None = None
    zoom_position_space: Space1DDescription | None = None


@message(TT)
class PTZPresetTourSpotOptions:
    """What the stops of a tour can be."""

    preset_detail: PTZPresetTourPresetDetailOptions
    stay_time: DurationRange


@message(TT)
class PTZPresetTourOptions:
    """What a tour can be."""

    auto_start: bool
    starting_condition: PTZPresetTourStartingConditionOptions
    tour_spot: PTZPresetTourSpotOptions
