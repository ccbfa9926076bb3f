"""First media service: profiles."""

from vedette.contract.faults import (
    AudioDecodingNotSupported,
    AudioNotSupported,
    AudioOutputNotSupported,
    ConfigurationConflict,
    DeletionOfFixedProfile,
    MaxNVTProfiles,
    NoConfig,
    NoProfile,
    ProfileExists,
    PTZNotSupported,
    VideoAnalyticsNotSupported,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.media import Profile
from vedette.wire.message import message
from vedette.wire.namespaces import TRT


@message(TRT)
class CreateProfile:
    """Makes a new profile."""

    name: str
    token: str | None = None


@message(TRT)
class CreateProfileResponse:
    """Answers with the new profile."""

    profile: Profile


@message(TRT)
class GetProfile:
    """Asks for the profile."""

    profile_token: str


@message(TRT)
class GetProfileResponse:
    """Answers with the profile."""

    profile: Profile


@message(TRT)
class GetProfiles:
    """Asks for the profiles."""


@message(TRT)
class GetProfilesResponse:
    """Answers with the profiles."""

    profiles: tuple[Profile, ...] = ()


@message(TRT)
class AddVideoEncoderConfiguration:
    """Adds a video encoder configuration to a profile."""

    profile_token: str
    configuration_token: str


@message(TRT)
class AddVideoEncoderConfigurationResponse:
    """Tells that the video encoder configuration was added."""


@message(TRT)
class RemoveVideoEncoderConfiguration:
    """Takes the video encoder configuration out of a profile."""

    profile_token: str


@message(TRT)
class RemoveVideoEncoderConfigurationResponse:
    """Tells that the video encoder configuration was taken away."""


@message(TRT)
class AddVideoSourceConfiguration:
    """Adds a video source configuration to a profile."""

    profile_token: str
    configuration_token: str


@message(TRT)
class AddVideoSourceConfigurationResponse:
    """Tells that the video source configuration was added."""


@message(TRT)
class RemoveVideoSourceConfiguration:
    """Takes the video source configuration out of a profile."""

    profile_token: str


@message(TRT)
class RemoveVideoSourceConfigurationResponse:
    """Tells that the video source configuration was taken away."""


@message(TRT)
class AddAudioEncoderConfiguration:
    """Adds an audio encoder configuration to a profile."""

    profile_token: str
    configuration_token: str


@message(TRT)
class AddAudioEncoderConfigurationResponse:
    """Tells that the audio encoder configuration was added."""


@message(TRT)
class RemoveAudioEncoderConfiguration:
    """Takes the audio encoder configuration out of a profile."""

    profile_token: str


@message(TRT)
class RemoveAudioEncoderConfigurationResponse:
    """Tells that the audio encoder configuration was taken away."""


@message(TRT)
class AddAudioSourceConfiguration:
    """Adds an audio source configuration to a profile."""

    profile_token: str
    configuration_token: str


@message(TRT)
class AddAudioSourceConfigurationResponse:
    """Tells that the audio source configuration was added."""


@message(TRT)
class RemoveAudioSourceConfiguration:
    """Takes the audio source configuration out of a profile."""

    profile_token: str


@message(TRT)
class RemoveAudioSourceConfigurationResponse:
    """Tells that the audio source configuration was taken away."""


@message(TRT)
class AddPTZConfiguration:
    """Adds a PTZ configuration to a profile."""

    profile_token: str
    configuration_token: str


@message(TRT)
class AddPTZConfigurationResponse:
    """Tells that the PTZ configuration was added."""


@message(TRT)
class RemovePTZConfiguration:
    """Takes the PTZ configuration out of a profile."""

    profile_token: str


@message(TRT)
class RemovePTZConfigurationResponse:
    """Tells that the PTZ configuration was taken away."""


@message(TRT)
class AddVideoAnalyticsConfiguration:
    """Adds a video analytics configuration to a profile."""

    profile_token: str
    configuration_token: str


@message(TRT)
class AddVideoAnalyticsConfigurationResponse:
    """Tells that the video analytics configuration was added."""


@message(TRT)
class RemoveVideoAnalyticsConfiguration:
    """Takes the video analytics configuration out of a profile."""

    profile_token: str


@message(TRT)
class RemoveVideoAnalyticsConfigurationResponse:
    """Tells that the video analytics configuration was taken away."""


@message(TRT)
class AddMetadataConfiguration:
    """Adds a metadata configuration to a profile."""

    profile_token: str
    configuration_token: str


@message(TRT)
class AddMetadataConfigurationResponse:
    """Tells that the metadata configuration was added."""


@message(TRT)
class RemoveMetadataConfiguration:
    """Takes the metadata configuration out of a profile."""

    profile_token: str


@message(TRT)
class RemoveMetadataConfigurationResponse:
    """Tells that the metadata configuration was taken away."""


@message(TRT)
class AddAudioOutputConfiguration:
    """Adds an audio output configuration to a profile."""

    profile_token: str
    configuration_token: str


@message(TRT)
class AddAudioOutputConfigurationResponse:
    """Tells that the audio output configuration was added."""


@message(TRT)
class RemoveAudioOutputConfiguration:
    """Takes the audio output configuration out of a profile."""

    profile_token: str


@message(TRT)
class RemoveAudioOutputConfigurationResponse:
    """Tells that the audio output configuration was taken away."""


@message(TRT)
class AddAudioDecoderConfiguration:
    """Adds an audio decoder configuration to a profile."""

    profile_token: str
    configuration_token: str


@message(TRT)
class AddAudioDecoderConfigurationResponse:
    """Tells that the audio decoder configuration was added."""


@message(TRT)
class RemoveAudioDecoderConfiguration:
    """Takes the audio decoder configuration out of a profile."""

    profile_token: str


@message(TRT)
class RemoveAudioDecoderConfigurationResponse:
    """Tells that the audio decoder configuration was taken away."""


@message(TRT)
class DeleteProfile:
    """Deletes the profile."""

    profile_token: str


@message(TRT)
class DeleteProfileResponse:
    """Tells that the profile was deleted."""


class Profiles(Service):
    """Profiles."""

    create_profile = Operation(
        CreateProfile,
        CreateProfileResponse,
        access=Access.ACTUATE,
        faults=(ProfileExists, MaxNVTProfiles),
        source="Media, CreateProfile (26.06 §5.2.1)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )

    get_profile = Operation(
        GetProfile,
        GetProfileResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile,),
        source="Media, GetProfile (26.06 §5.2.3)",
        iec="IEC 62676-2-31 6.14.2; F.3",
        action="http://www.onvif.org/ver10/media/wsdlGetProfile/",
    )

    get_profiles = Operation(
        GetProfiles,
        GetProfilesResponse,
        access=Access.READ_MEDIA,
        source="Media, GetProfiles (26.06 §5.2.2)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )

    add_video_encoder_configuration = Operation(
        AddVideoEncoderConfiguration,
        AddVideoEncoderConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, ConfigurationConflict, NoConfig),
        source="Media, AddVideoEncoderConfiguration (26.06 §5.2.5)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )

    remove_video_encoder_configuration = Operation(
        RemoveVideoEncoderConfiguration,
        RemoveVideoEncoderConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, NoConfig, ConfigurationConflict),
        source="Media, RemoveVideoEncoderConfiguration (26.06 §5.2.14)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )

    add_video_source_configuration = Operation(
        AddVideoSourceConfiguration,
        AddVideoSourceConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, NoConfig, ConfigurationConflict),
        source="Media, AddVideoSourceConfiguration (26.06 §5.2.4)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )

    remove_video_source_configuration = Operation(
        RemoveVideoSourceConfiguration,
        RemoveVideoSourceConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, NoConfig, ConfigurationConflict),
        source="Media, RemoveVideoSourceConfiguration (26.06 §5.2.13)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )

    add_audio_encoder_configuration = Operation(
        AddAudioEncoderConfiguration,
        AddAudioEncoderConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, ConfigurationConflict, AudioNotSupported, NoConfig),
        source="Media, AddAudioEncoderConfiguration (26.06 §5.2.7)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )

    remove_audio_encoder_configuration = Operation(
        RemoveAudioEncoderConfiguration,
        RemoveAudioEncoderConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, AudioNotSupported, NoConfig, ConfigurationConflict),
        source="Media, RemoveAudioEncoderConfiguration (26.06 §5.2.16)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )

    add_audio_source_configuration = Operation(
        AddAudioSourceConfiguration,
        AddAudioSourceConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, ConfigurationConflict, NoConfig, AudioNotSupported),
        source="Media, AddAudioSourceConfiguration (26.06 §5.2.6)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )

    remove_audio_source_configuration = Operation(
        RemoveAudioSourceConfiguration,
        RemoveAudioSourceConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, AudioNotSupported, NoConfig, ConfigurationConflict),
        source="Media, RemoveAudioSourceConfiguration (26.06 §5.2.15)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )

    add_ptz_configuration = Operation(
        AddPTZConfiguration,
        AddPTZConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, ConfigurationConflict, NoConfig, PTZNotSupported),
        source="Media, AddPTZConfiguration (26.06 §5.2.8)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )

    remove_ptz_configuration = Operation(
        RemovePTZConfiguration,
        RemovePTZConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, PTZNotSupported, NoConfig, ConfigurationConflict),
        source="Media, RemovePTZConfiguration (26.06 §5.2.17)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )

    add_video_analytics_configuration = Operation(
        AddVideoAnalyticsConfiguration,
        AddVideoAnalyticsConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, ConfigurationConflict, NoConfig, VideoAnalyticsNotSupported),
        source="Media, AddVideoAnalyticsConfiguration (26.06 §5.2.9)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )

    remove_video_analytics_configuration = Operation(
        RemoveVideoAnalyticsConfiguration,
        RemoveVideoAnalyticsConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, VideoAnalyticsNotSupported, NoConfig, ConfigurationConflict),
        source="Media, RemoveVideoAnalyticsConfiguration (26.06 §5.2.18)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )

    add_metadata_configuration = Operation(
        AddMetadataConfiguration,
        AddMetadataConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, ConfigurationConflict, NoConfig),
        source="Media, AddMetadataConfiguration (26.06 §5.2.10)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )

    remove_metadata_configuration = Operation(
        RemoveMetadataConfiguration,
        RemoveMetadataConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, NoConfig, ConfigurationConflict),
        source="Media, RemoveMetadataConfiguration (26.06 §5.2.19)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )

    add_audio_output_configuration = Operation(
        AddAudioOutputConfiguration,
        AddAudioOutputConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, ConfigurationConflict, NoConfig, AudioOutputNotSupported),
        source="Media, AddAudioOutputConfiguration (26.06 §5.2.11)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )

    remove_audio_output_configuration = Operation(
        RemoveAudioOutputConfiguration,
        RemoveAudioOutputConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, NoConfig, ConfigurationConflict, AudioOutputNotSupported),
        source="Media, RemoveAudioOutputConfiguration (26.06 §5.2.20)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )

    add_audio_decoder_configuration = Operation(
        AddAudioDecoderConfiguration,
        AddAudioDecoderConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, ConfigurationConflict, NoConfig, AudioDecodingNotSupported),
        source="Media, AddAudioDecoderConfiguration (26.06 §5.2.12)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )

    remove_audio_decoder_configuration = Operation(
        RemoveAudioDecoderConfiguration,
        RemoveAudioDecoderConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, NoConfig, ConfigurationConflict, AudioDecodingNotSupported),
        source="Media, RemoveAudioDecoderConfiguration (26.06 §5.2.21)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )

    delete_profile = Operation(
        DeleteProfile,
        DeleteProfileResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, DeletionOfFixedProfile),
        source="Media, DeleteProfile (26.06 §5.2.22)",
        iec="IEC 62676-2-31 6.14.2; F.3",
    )
