"""Faults of PTZ and imaging."""

from vedette.contract.faults.fault import Fault, ReceiverFault, SenderFault


class NoSource(SenderFault):
    """There is no such video source."""

    subcodes = ("InvalidArgVal", "NoSource")


class NoImagingForSource(ReceiverFault):
    """The video source has no imaging settings."""

    subcodes = ("ActionNotSupported", "NoImagingForSource")


class NoEntity(SenderFault):
    """There is no such PTZ node."""

    subcodes = ("InvalidArgVal", "NoEntity")


class OptionalActionNotSupported(ReceiverFault):
    """The device does not have this optional operation."""

    subcodes = ("ActionNotSupported", "OptionalActionNotSupported")


class NoPTZProfile(SenderFault):
    """The profile has no PTZ configuration."""

    subcodes = ("InvalidArgVal", "NoPTZProfile")


class SpaceNotSupported(SenderFault):
    """The PTZ node does not know that coordinate space."""

    subcodes = ("InvalidArgVal", "SpaceNotSupported")


class InvalidPosition(SenderFault):
    """The position is out of bounds."""

    subcodes = ("InvalidArgVal", "InvalidPosition")


class InvalidSpeed(SenderFault):
    """The speed is out of bounds."""

    subcodes = ("InvalidArgVal", "InvalidSpeed")


class InvalidTranslation(SenderFault):
    """The translation is out of bounds."""

    subcodes = ("InvalidArgVal", "InvalidTranslation")


class TimeoutNotSupported(SenderFault):
    """The timeout is out of bounds."""

    subcodes = ("InvalidArgVal", "TimeoutNotSupported")


class InvalidVelocity(SenderFault):
    """The velocity is out of bounds."""

    subcodes = ("InvalidArgVal", "InvalidVelocity")


class GeoMoveNotSupported(SenderFault):
    """The device cannot turn to a geographic place."""

    subcodes = ("InvalidArgVal", "GeoMoveNotSupported")


class UnreachablePosition(SenderFault):
    """The device cannot turn there."""

    subcodes = ("InvalidArgVal", "UnreachablePosition")


class GeoLocationUnknown(SenderFault):
    """The device does not know where it stands."""

    subcodes = ("InvalidArgVal", "GeoLocationUnknown")


class NoToken(SenderFault):
    """There is no preset, tour or home of that token."""

    subcodes = ("InvalidArgVal", "NoToken")


class NoStatus(ReceiverFault):
    """The profile has no PTZ status."""

    subcodes = ("Action", "NoStatus")


class PresetExist(SenderFault):
    """Another preset has that name."""

    subcodes = ("InvalidArgVal", "PresetExist")


class InvalidPresetName(SenderFault):
    """The preset's name is not acceptable."""

    subcodes = ("InvalidArgVal", "InvalidPresetName")


class MovingPTZ(ReceiverFault):
    """Not while the head moves."""

    subcodes = ("Action", "MovingPTZ")


class TooManyPresets(ReceiverFault):
    """No more presets fit."""

    subcodes = ("Action", "TooManyPresets")


class NoHomePosition(SenderFault):
    """No home position is set."""

    subcodes = ("InvalidArgVal", "NoHomePosition")


class CannotOverwriteHome(ReceiverFault):
    """The home position is fixed."""

    subcodes = ("Action", "CannotOverwriteHome")


class TooManyPresetTours(SenderFault):
    """No more preset tours fit."""

    subcodes = ("InvalidArgVal", "TooManyPresetTours")


class InvalidPresetTour(SenderFault):
    """The preset tour is not acceptable."""

    subcodes = ("InvalidArgVal", "InvalidPresetTour")


class TooManyPresetsInTour(SenderFault):
    """The preset tour has more spots than fit."""

    subcodes = ("InvalidArgVal", "TooManyPresets")


class ActivationFailed(ReceiverFault):
    """The preset tour cannot start now."""

    subcodes = ("InvalidArgVal", "ActivationFailed")


PTZ: tuple[type[Fault], ...] = (
    NoSource,
    NoImagingForSource,
    NoEntity,
    OptionalActionNotSupported,
    NoPTZProfile,
    SpaceNotSupported,
    InvalidPosition,
    InvalidSpeed,
    InvalidTranslation,
    TimeoutNotSupported,
    InvalidVelocity,
    GeoMoveNotSupported,
    UnreachablePosition,
    GeoLocationUnknown,
    NoToken,
    NoStatus,
    PresetExist,
    InvalidPresetName,
    MovingPTZ,
    TooManyPresets,
    NoHomePosition,
    CannotOverwriteHome,
    TooManyPresetTours,
    InvalidPresetTour,
    TooManyPresetsInTour,
    ActivationFailed,
)
