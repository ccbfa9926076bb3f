"""PTZ service: presets and the home position."""

from vedette.contract.faults import (
    CannotOverwriteHome,
    InvalidPresetName,
    InvalidSpeed,
    MovingPTZ,
    NoHomePosition,
    NoProfile,
    NoPTZProfile,
    NoToken,
    PresetExist,
    SpaceNotSupported,
    TooManyPresets,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.ptz import PTZPreset, PTZSpeed
from vedette.wire.message import element, message
from vedette.wire.namespaces import TPTZ


@message(TPTZ)
class GetPresets:
    """Asks for the presets."""

    profile_token: str


@message(TPTZ)
class GetPresetsResponse:
    """Answers with the presets."""

    presets: tuple[PTZPreset, ...] = element("Preset", default=())


@message(TPTZ)
class SetPreset:
    """Keeps the present position as a preset."""

    profile_token: str
    preset_name: str | None = None
    preset_token: str | None = None


@message(TPTZ)
class SetPresetResponse:
    """Answers with the token of the preset."""

    preset_token: str


@message(TPTZ)
class RemovePreset:
    """Takes the preset away."""

    profile_token: str
    preset_token: str


@message(TPTZ)
class RemovePresetResponse:
    """Tells that the preset was taken away."""


@message(TPTZ)
class GotoPreset:
    """Moves to the preset."""

    profile_token: str
    preset_token: str
    speed: PTZSpeed | None = None


@message(TPTZ)
class GotoPresetResponse:
    """Tells that the move to the preset began."""


@message(TPTZ)
class GotoHomePosition:
    """Moves to the home position."""

    profile_token: str
    speed: PTZSpeed | None = None


@message(TPTZ)
class GotoHomePositionResponse:
    """Tells that the move to the home position began."""


@message(TPTZ)
class SetHomePosition:
    """Makes the present position the home position."""

    profile_token: str


@message(TPTZ)
class SetHomePositionResponse:
    """Tells that the home position changed."""


class Presets(Service):
    """Presets and the home position."""

    get_presets = Operation(
        GetPresets,
        GetPresetsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoPTZProfile),
        source="PTZ, GetPresets (26.06 §5.4.2)",
        iec="IEC 62676-2-31 8.5.3",
    )

    set_preset = Operation(
        SetPreset,
        SetPresetResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, NoToken, NoPTZProfile, PresetExist, InvalidPresetName, MovingPTZ, TooManyPresets),
        source="PTZ, SetPreset (26.06 §5.4.1)",
        iec="IEC 62676-2-31 8.5.2",
    )

    remove_preset = Operation(
        RemovePreset,
        RemovePresetResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, NoToken, NoPTZProfile),
        source="PTZ, RemovePreset (26.06 §5.4.4)",
        iec="IEC 62676-2-31 8.5.5",
    )

    goto_preset = Operation(
        GotoPreset,
        GotoPresetResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, InvalidSpeed, NoToken, NoPTZProfile, SpaceNotSupported),
        source="PTZ, GotoPreset (26.06 §5.4.3)",
        iec="IEC 62676-2-31 8.5.4",
    )

    goto_home_position = Operation(
        GotoHomePosition,
        GotoHomePositionResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, InvalidSpeed, NoPTZProfile, NoHomePosition),
        source="PTZ, GotoHomePosition (26.06 §5.5.1)",
        iec="IEC 62676-2-31 8.6.2",
    )

    set_home_position = Operation(
        SetHomePosition,
        SetHomePositionResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, NoPTZProfile, CannotOverwriteHome),
        source="PTZ, SetHomePosition (26.06 §5.5.2)",
        iec="IEC 62676-2-31 8.6.3",
    )
