"""Faults of the two media services."""

from vedette.contract.faults.fault import Fault, ReceiverFault, SenderFault


class ProfileExists(SenderFault):
    """A profile of that token exists already."""

    subcodes = ("InvalidArgVal", "ProfileExists")


class MaxNVTProfiles(ReceiverFault):
    """No more profiles fit."""

    subcodes = ("Action", "MaxNVTProfiles")


class NoProfile(SenderFault):
    """There is no profile of that token."""

    subcodes = ("InvalidArgVal", "NoProfile")


class ConfigurationConflict(ReceiverFault):
    """The change would leave configurations that contradict each other."""

    subcodes = ("Action", "ConfigurationConflict")


class AudioNotSupported(ReceiverFault):
    """The device has no audio."""

    subcodes = ("ActionNotSupported", "AudioNotSupported")


class PTZNotSupported(ReceiverFault):
    """The device has no PTZ."""

    subcodes = ("ActionNotSupported", "PTZNotSupported")


class VideoAnalyticsNotSupported(ReceiverFault):
    """The device has no video analytics."""

    subcodes = ("ActionNotSupported", "VideoAnalyticsNotSupported")


class AudioOutputNotSupported(ReceiverFault):
    """The device has no audio output."""

    subcodes = ("ActionNotSupported", "AudioOutputNotSupported")


class AudioDecodingNotSupported(ReceiverFault):
    """The device cannot decode audio."""

    subcodes = ("ActionNotSupported", "AudioDecodingNotSupported")


class DeletionOfFixedProfile(SenderFault):
    """The profile is fixed and stays."""

    subcodes = ("Action", "DeletionOfFixedProfile")


class InvalidStreamSetup(SenderFault):
    """That kind of stream or transport is not supported."""

    subcodes = ("InvalidArgVal", "InvalidStreamSetup")


class StreamConflict(SenderFault):
    """The stream would conflict with others."""

    subcodes = ("OperationProhibited", "StreamConflict")


class IncompleteConfiguration(ReceiverFault):
    """The profile lacks what a stream needs."""

    subcodes = ("Action", "IncompleteConfiguration")


class InvalidMulticastSettings(SenderFault):
    """Nothing in the profile is set up for multicast."""

    subcodes = ("InvalidArgVal", "InvalidMulticastSettings")


class NoVideoSource(SenderFault):
    """There is no such video source."""

    subcodes = ("InvalidArgVal", "NoVideoSource")


class NoVideoSourceMode(SenderFault):
    """The video source has no such mode."""

    subcodes = ("InvalidArgVal", "NoVideoSourceMode")


class MaxOSDs(ReceiverFault):
    """No more on-screen displays fit."""

    subcodes = ("Action", "MaxOSDs")


class InvalidProfileToken(SenderFault):
    """These profiles cannot be combined."""

    subcodes = ("InvalidArgVal", "InvalidProfileToken")


class IncompatibleConfiguration(SenderFault):
    """The configuration does not suit the profile."""

    subcodes = ("InvalidArgVal", "IncompatibleConfiguration")


class ConfigModifyMedia2(ReceiverFault):
    """The configuration cannot be set to these values; Media2's variant on the receiver's side."""

    subcodes = ("InvalidArgVal", "ConfigModify")


class MaxMasks(ReceiverFault):
    """No more masks fit."""

    subcodes = ("Action", "MaxMasks")


class InvalidPolygon(ReceiverFault):
    """The polygon is not acceptable."""

    subcodes = ("InvalidArgVal", "InvalidPolygon")


class MaxWebRTCConfiguration(ReceiverFault):
    """No more WebRTC configurations fit."""

    subcodes = ("Action", "MaxWebRTCConfiguration")


class InvalidConfig(SenderFault):
    """The configuration is not acceptable."""

    subcodes = ("InvalidArgVal", "InvalidConfig")


class NoAuthorizationServer(SenderFault):
    """There is no authorization server of that token."""

    subcodes = ("InvalidArgVal", "NoAuthorizationServer")


class NoAudioClip(SenderFault):
    """There is no audio clip of that token."""

    subcodes = ("InvalidArgVal", "NoAudioClip")


class MaxAudioClipLimit(ReceiverFault):
    """No more audio clips fit."""

    subcodes = ("Action", "MaxAudioClipLimit")


class InvalidLanguage(SenderFault):
    """The language is not supported."""

    subcodes = ("InvalidArgVal", "InvalidLanguage")


class AudioClipDeleteError(SenderFault):
    """The audio clip is in use and stays."""

    subcodes = ("InvalidArgVal", "AudioClipDeleteError")


class NoAudioOutput(SenderFault):
    """There is no such audio output."""

    subcodes = ("InvalidArgVal", "NoAudioOutput")


class PlayAudioClipError(SenderFault):
    """The audio clip is switched off."""

    subcodes = ("InvalidArgVal", "PlayAudioClipError")


MEDIA: tuple[type[Fault], ...] = (
    ProfileExists,
    MaxNVTProfiles,
    NoProfile,
    ConfigurationConflict,
    AudioNotSupported,
    PTZNotSupported,
    VideoAnalyticsNotSupported,
    AudioOutputNotSupported,
    AudioDecodingNotSupported,
    DeletionOfFixedProfile,
    InvalidStreamSetup,
    StreamConflict,
    IncompleteConfiguration,
    InvalidMulticastSettings,
    NoVideoSource,
    NoVideoSourceMode,
    MaxOSDs,
    InvalidProfileToken,
    IncompatibleConfiguration,
    ConfigModifyMedia2,
    MaxMasks,
    InvalidPolygon,
    MaxWebRTCConfiguration,
    InvalidConfig,
    NoAuthorizationServer,
    NoAudioClip,
    MaxAudioClipLimit,
    InvalidLanguage,
    AudioClipDeleteError,
    NoAudioOutput,
    PlayAudioClipError,
)
