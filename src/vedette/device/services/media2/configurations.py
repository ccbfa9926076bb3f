"""Second media service: answers about configurations."""

from vedette.contract.media2 import Media2
from vedette.contract.media2 import configurations as m
from vedette.contract.media2 import settings as s
from vedette.contract.media2.values import GetConfiguration
from vedette.contract.operation import answers
from vedette.device.media.configurations import Configuration, Kind
from vedette.device.media.profiles import Profiles
from vedette.device.services.media2.translation import Translation


class ConfigurationHandlers:
    """Configurations of sources, encoders and metadata: reading and setting them."""

    def __init__(self, profiles: Profiles, translation: Translation) -> None:
        self._profiles = profiles
        self._translation = translation

    def _chosen(self, kind: Kind, request: GetConfiguration) -> tuple[Configuration, ...]:
        return self._translation.chosen(
            kind, token=request.configuration_token, profile=request.profile_token
        )

    @answers(Media2.get_video_source_configurations)
    async def get_video_sources(
        self, request: m.GetVideoSourceConfigurations
    ) -> m.GetVideoSourceConfigurationsResponse:
        """The video source configurations that are asked for."""
        uses = self._profiles.use_counts()
        found = self._chosen(Kind.VIDEO_SOURCE, request)
        return m.GetVideoSourceConfigurationsResponse(
            configurations=tuple(self._translation.video_source(each, uses) for each in found)
        )

    @answers(Media2.set_video_source_configuration)
    async def set_video_source(
        self, request: s.SetVideoSourceConfiguration
    ) -> s.SetVideoSourceConfigurationResponse:
        """Rename a video source configuration."""
        await self._translation.set_video_source(request.configuration)
        return s.SetVideoSourceConfigurationResponse()

    @answers(Media2.get_video_encoder_configurations)
    async def get_video_encoders(
        self, request: m.GetVideoEncoderConfigurations
    ) -> m.GetVideoEncoderConfigurationsResponse:
        """The video encoder configurations that are asked for."""
        uses = self._profiles.use_counts()
        found = self._chosen(Kind.VIDEO_ENCODER, request)
        return m.GetVideoEncoderConfigurationsResponse(
            configurations=tuple(self._translation.video_encoder(each, uses) for each in found)
        )

    @answers(Media2.set_video_encoder_configuration)
    async def set_video_encoder(
        self, request: s.SetVideoEncoderConfiguration
    ) -> s.SetVideoEncoderConfigurationResponse:
        """Set a video encoder; what is not said stays."""
        await self._translation.set_video_encoder(request.configuration)
        return s.SetVideoEncoderConfigurationResponse()

    @answers(Media2.get_audio_source_configurations)
    async def get_audio_sources(
        self, request: m.GetAudioSourceConfigurations
    ) -> m.GetAudioSourceConfigurationsResponse:
        """The audio source configurations that are asked for."""
        uses = self._profiles.use_counts()
        found = self._chosen(Kind.AUDIO_SOURCE, request)
        return m.GetAudioSourceConfigurationsResponse(
            configurations=tuple(self._translation.audio_source(each, uses) for each in found)
        )

    @answers(Media2.set_audio_source_configuration)
    async def set_audio_source(
        self, request: s.SetAudioSourceConfiguration
    ) -> s.SetAudioSourceConfigurationResponse:
        """Rename an audio source configuration."""
        await self._translation.set_audio_source(request.configuration)
        return s.SetAudioSourceConfigurationResponse()

    @answers(Media2.get_audio_encoder_configurations)
    async def get_audio_encoders(
        self, request: m.GetAudioEncoderConfigurations
    ) -> m.GetAudioEncoderConfigurationsResponse:
        """The audio encoder configurations that are asked for."""
        uses = self._profiles.use_counts()
        found = self._chosen(Kind.AUDIO_ENCODER, request)
        return m.GetAudioEncoderConfigurationsResponse(
            configurations=tuple(self._translation.audio_encoder(each, uses) for each in found)
        )

    @answers(Media2.set_audio_encoder_configuration)
    async def set_audio_encoder(
        self, request: s.SetAudioEncoderConfiguration
    ) -> s.SetAudioEncoderConfigurationResponse:
        """Rename an audio encoder configuration."""
        await self._translation.set_audio_encoder(request.configuration)
        return s.SetAudioEncoderConfigurationResponse()

    @answers(Media2.get_metadata_configurations)
    async def get_metadata(self, request: m.GetMetadataConfigurations) -> m.GetMetadataConfigurationsResponse:
        """The metadata configurations that are asked for."""
        uses = self._profiles.use_counts()
        found = self._chosen(Kind.METADATA, request)
        return m.GetMetadataConfigurationsResponse(
            configurations=tuple(self._translation.metadata(each, uses) for each in found)
        )

    @answers(Media2.set_metadata_configuration)
    async def set_metadata(self, request: s.SetMetadataConfiguration) -> s.SetMetadataConfigurationResponse:
        """Set what a metadata stream carries."""
        await self._translation.set_metadata(request.configuration)
        return s.SetMetadataConfigurationResponse()

    @answers(Media2.get_video_encoder_instances)
    async def get_instances(self, request: m.GetVideoEncoderInstances) -> m.GetVideoEncoderInstancesResponse:
        """How many encoders run at once for a source: one a stream."""
        found = self._translation.configurations.require(Kind.VIDEO_SOURCE, request.configuration_token)
        total, by_codec = self._translation.encoders.instances(found.camera)
        codecs = tuple(m.EncoderInstance(encoding=codec, number=by_codec[codec]) for codec in by_codec)
        return m.GetVideoEncoderInstancesResponse(info=m.EncoderInstanceInfo(codecs=codecs, total=total))
