"""Second media service: profiles."""

from enum import StrEnum

from vedette.contract.faults import (
    ConfigurationConflict,
    DeletionOfFixedProfile,
    InvalidProfileToken,
    MaxNVTProfiles,
    NoConfig,
    NoProfile,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.audio import (
    AudioDecoderConfiguration,
    AudioEncoder2Configuration,
    AudioOutputConfiguration,
    AudioSourceConfiguration,
)
from vedette.contract.schema.encoding import VideoEncoder2Configuration
from vedette.contract.schema.media import MetadataConfiguration, VideoAnalyticsConfiguration
from vedette.contract.schema.ptz import PTZConfiguration
from vedette.contract.schema.receiver import ReceiverConfiguration
from vedette.contract.schema.video import VideoSourceConfiguration
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TR2


@message(TR2)
class ConfigurationRef:
    """A configuration named by kind and token."""

    type: str
    token: str | None = None


@message(TR2, name="ReceiverConfiguration")
class ReceiverEntity(ReceiverConfiguration):
    """A receiver as part of a profile."""

    token: str | None = attribute("token", default=None)


@message(TR2)
class ConfigurationSet:
    """The configurations that a profile holds, one of each kind at most."""

    video_source: VideoSourceConfiguration | None = None
    audio_source: AudioSourceConfiguration | None = None
    video_encoder: VideoEncoder2Configuration | None = None
    audio_encoder: AudioEncoder2Configuration | None = None
    analytics: VideoAnalyticsConfiguration | None = None
    ptz: PTZConfiguration | None = element("PTZ", default=None)
    metadata: MetadataConfiguration | None = None
    audio_output: AudioOutputConfiguration | None = None
    audio_decoder: AudioDecoderConfiguration | None = None
    receiver: ReceiverEntity | None = None


@message(TR2)
class MediaProfile:
    """A named set of configurations that together describe one stream."""

    token: str = attribute("token")
    fixed: bool | None = attribute("fixed", default=None)
    name: str
    configurations: ConfigurationSet | None = None


class ConfigurationEnumeration(StrEnum):
    """The kinds of configurations that a profile can hold."""

    ALL = "All"
    VIDEO_SOURCE = "VideoSource"
    VIDEO_ENCODER = "VideoEncoder"
    AUDIO_SOURCE = "AudioSource"
    AUDIO_ENCODER = "AudioEncoder"
    AUDIO_OUTPUT = "AudioOutput"
    AUDIO_DECODER = "AudioDecoder"
    METADATA = "Metadata"
    ANALYTICS = "Analytics"
    PTZ = "PTZ"
    RECEIVER = "Receiver"


@message(TR2)
class CreateProfile:
    """Makes a new profile."""

    name: str
    configurations: tuple[ConfigurationRef, ...] = element("Configuration", default=())


@message(TR2)
class CreateProfileResponse:
    """Answers with the new profile."""

    token: str


@message(TR2)
class GetProfiles:
    """Asks for the profiles."""

    token: str | None = None
    types: tuple[str, ...] = element("Type", default=())


@message(TR2)
class GetProfilesResponse:
    """Answers with the profiles."""

    profiles: tuple[MediaProfile, ...] = ()


@message(TR2)
class AddConfiguration:
    """Adds the configuration."""

    profile_token: str
    name: str | None = None
    configurations: tuple[ConfigurationRef, ...] = element("Configuration", default=())


@message(TR2)
class AddConfigurationResponse:
    """Tells that the configuration was added."""


@message(TR2)
class RemoveConfiguration:
    """Takes the configuration away."""

    profile_token: str
    configurations: tuple[ConfigurationRef, ...] = element("Configuration")


@message(TR2)
class RemoveConfigurationResponse:
    """Tells that the configuration was taken away."""


@message(TR2)
class DeleteProfile:
    """Deletes the profile."""

    token: str


@message(TR2)
class DeleteProfileResponse:
    """Tells that the profile was deleted."""


@message(TR2)
class CreateMultitrackConfiguration:
    """Asks for a virtual profile that streams several profiles in one session."""

    profile_tokens: tuple[str, ...] = element("ProfileToken")


@message(TR2)
class CreateMultitrackConfigurationResponse:
    """Answers with the token of the virtual profile."""

    virtual_profile_token: str


class Profiles(Service):
    """Profiles."""

    create_profile = Operation(
        CreateProfile,
        CreateProfileResponse,
        access=Access.ACTUATE,
        faults=(MaxNVTProfiles, ConfigurationConflict, NoConfig),
        source="Media2, CreateProfile (26.06 §5.1.1)",
        iec="IEC 62676-2-31 6.2.1",
    )

    get_profiles = Operation(
        GetProfiles,
        GetProfilesResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile,),
        source="Media2, GetProfiles (26.06 §5.1.2)",
        iec="IEC 62676-2-31 6.2.2",
    )

    add_configuration = Operation(
        AddConfiguration,
        AddConfigurationResponse,
        access=Access.ACTUATE,
        faults=(ConfigurationConflict, NoConfig, NoProfile),
        source="Media2, AddConfiguration (26.06 §5.1.3)",
        iec="IEC 62676-2-31 6.2.3",
    )

    remove_configuration = Operation(
        RemoveConfiguration,
        RemoveConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, ConfigurationConflict),
        source="Media2, RemoveConfiguration (26.06 §5.1.4)",
        iec="IEC 62676-2-31 6.2.4",
    )

    delete_profile = Operation(
        DeleteProfile,
        DeleteProfileResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, DeletionOfFixedProfile),
        source="Media2, DeleteProfile (26.06 §5.1.5)",
        iec="IEC 62676-2-31 6.2.5",
    )

    create_multitrack_configuration = Operation(
        CreateMultitrackConfiguration,
        CreateMultitrackConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, InvalidProfileToken),
        source="Media2, CreateMultitrackConfiguration (26.06 §5.1.6)",
    )
