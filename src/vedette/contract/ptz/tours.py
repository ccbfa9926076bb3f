"""PTZ service: tours over presets."""

from vedette.contract.faults import (
    ActivationFailed,
    InvalidPresetTour,
    NoProfile,
    NoPTZProfile,
    NoToken,
    SpaceNotSupported,
    TooManyPresetsInTour,
    TooManyPresetTours,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.ptz_tours import PresetTour, PTZPresetTourOperation, PTZPresetTourOptions
from vedette.wire.message import element, message
from vedette.wire.namespaces import TPTZ


@message(TPTZ)
class GetPresetTours:
    """Asks for the preset tours."""

    profile_token: str


@message(TPTZ)
class GetPresetToursResponse:
    """Answers with the preset tours."""

    preset_tours: tuple[PresetTour, ...] = element("PresetTour", default=())


@message(TPTZ)
class GetPresetTour:
    """Asks for the preset tour."""

    profile_token: str
    preset_tour_token: str


@message(TPTZ)
class GetPresetTourResponse:
    """Answers with the preset tour."""

    preset_tour: PresetTour


@message(TPTZ)
class GetPresetTourOptions:
    """Asks what the preset tour can be set to."""

    profile_token: str
    preset_tour_token: str | None = None


@message(TPTZ)
class GetPresetTourOptionsResponse:
    """Answers with what the preset tour can be set to."""

    options: PTZPresetTourOptions


@message(TPTZ)
class CreatePresetTour:
    """Makes a new preset tour."""

    profile_token: str


@message(TPTZ)
class CreatePresetTourResponse:
    """Tells that the preset tour was made."""

    preset_tour_token: str


@message(TPTZ)
class ModifyPresetTour:
    """Changes the preset tour."""

    profile_token: str
    preset_tour: PresetTour


@message(TPTZ)
class ModifyPresetTourResponse:
    """Tells that the preset tour changed."""


@message(TPTZ)
class OperatePresetTour:
    """Drives the preset tour."""

    profile_token: str
    preset_tour_token: str
    operation: PTZPresetTourOperation


@message(TPTZ)
class OperatePresetTourResponse:
    """Tells that the preset tour obeyed."""


@message(TPTZ)
class RemovePresetTour:
    """Takes the preset tour away."""

    profile_token: str
    preset_tour_token: str


@message(TPTZ)
class RemovePresetTourResponse:
    """Tells that the preset tour was taken away."""


class Tours(Service):
    """Tours over presets."""

    get_preset_tours = Operation(
        GetPresetTours,
        GetPresetToursResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoPTZProfile),
        source="PTZ, GetPresetTours (26.06 §5.8.1)",
        iec="IEC 62676-2-31 8.9.2",
    )

    get_preset_tour = Operation(
        GetPresetTour,
        GetPresetTourResponse,
        access=Access.READ_MEDIA,
        faults=(NoPTZProfile, NoProfile, NoToken),
        source="PTZ, GetPresetTour (26.06 §5.8.2)",
        iec="IEC 62676-2-31 8.9.3",
    )

    get_preset_tour_options = Operation(
        GetPresetTourOptions,
        GetPresetTourOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoPTZProfile, NoProfile),
        source="PTZ, GetPresetTourOptions (26.06 §5.8.3)",
        iec="IEC 62676-2-31 8.9.4",
    )

    create_preset_tour = Operation(
        CreatePresetTour,
        CreatePresetTourResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, NoPTZProfile, TooManyPresetTours),
        source="PTZ, CreatePresetTour (26.06 §5.8.4)",
        iec="IEC 62676-2-31 8.9.5",
    )

    modify_preset_tour = Operation(
        ModifyPresetTour,
        ModifyPresetTourResponse,
        access=Access.ACTUATE,
        faults=(NoPTZProfile, NoProfile, SpaceNotSupported, NoToken, InvalidPresetTour, TooManyPresetsInTour),
        source="PTZ, ModifyPresetTour (26.06 §5.8.5)",
        iec="IEC 62676-2-31 8.9.6",
    )

    operate_preset_tour = Operation(
        OperatePresetTour,
        OperatePresetTourResponse,
        access=Access.ACTUATE,
        faults=(NoPTZProfile, NoProfile, NoToken, InvalidPresetTour, ActivationFailed),
        source="PTZ, OperatePresetTour (26.06 §5.8.6)",
        iec="IEC 62676-2-31 8.9.7",
    )

    remove_preset_tour = Operation(
        RemovePresetTour,
        RemovePresetTourResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, NoPTZProfile, NoToken),
        source="PTZ, RemovePresetTour (26.06 §5.8.7)",
        iec="IEC 62676-2-31 8.9.8",
    )
