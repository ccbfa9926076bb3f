"""First media service: answers about audio sources and encoders."""

from vedette.contract.faults import AudioNotSupported
from vedette.contract.media import Media
from vedette.contract.media import audio as m
from vedette.contract.operation import answers
from vedette.contract.schema.audio import AudioSource
from vedette.device.media.configurations import Configuration, Kind, audio_source_token
from vedette.device.media.profiles import Profiles
from vedette.device.services.media.options import audio_encoder_options
from vedette.device.services.media.translation import Translation


class AudioHandlers:
    """Audio sources, and the configurations of sources and encoders."""

    def __init__(self, profiles: Profiles, translation: Translation) -> None:
        self._profiles = profiles
        self._translation = translation

    @answers(Media.get_audio_sources)
    async def get_audio_sources(self, request: m.GetAudioSources) -> m.GetAudioSourcesResponse:
        """One source for each camera that has sound."""
        return m.GetAudioSourcesResponse(
            audio_sources=tuple(
                AudioSource(
                    token=audio_source_token(each.camera),
                    channels=self._translation.encoders.channels(each.camera),
                )
                for each in self._translation.chosen(Kind.AUDIO_SOURCE)
            )
        )

    @answers(Media.get_audio_source_configurations)
    async def get_audio_source_configurations(
        self, request: m.GetAudioSourceConfigurations
    ) -> m.GetAudioSourceConfigurationsResponse:
        """Every audio source configuration."""
        uses = self._profiles.use_counts()
        found = self._translation.chosen(Kind.AUDIO_SOURCE)
        return m.GetAudioSourceConfigurationsResponse(
            configurations=tuple(self._translation.audio_source(each, uses) for each in found)
        )

    @answers(Media.get_audio_source_configuration)
    async def get_audio_source_configuration(
        self, request: m.GetAudioSourceConfiguration
    ) -> m.GetAudioSourceConfigurationResponse:
        """One audio source configuration."""
        found = self._translation.configurations.require(Kind.AUDIO_SOURCE, request.configuration_token)
        return m.GetAudioSourceConfigurationResponse(
            configuration=self._translation.audio_source(found, self._profiles.use_counts())
        )

    @answers(Media.get_compatible_audio_source_configurations)
    async def get_compatible_audio_sources(
        self, request: m.GetCompatibleAudioSourceConfigurations
    ) -> m.GetCompatibleAudioSourceConfigurationsResponse:
        """The audio source configurations that suit a profile."""
        uses = self._profiles.use_counts()
        found = self._translation.chosen(Kind.AUDIO_SOURCE, profile=request.profile_token)
        return m.GetCompatibleAudioSourceConfigurationsResponse(
            configurations=tuple(self._translation.audio_source(each, uses) for each in found)
        )

    @answers(Media.get_audio_source_configuration_options)
    async def get_audio_source_options(
        self, request: m.GetAudioSourceConfigurationOptions
    ) -> m.GetAudioSourceConfigurationOptionsResponse:
        """What audio source configurations can be set to."""
        found = self._chosen(Kind.AUDIO_SOURCE, request.configuration_token, request.profile_token)
        return m.GetAudioSourceConfigurationOptionsResponse(
            options=self._translation.audio_source_options(self._translation.some(Kind.AUDIO_SOURCE, found))
        )

    @answers(Media.set_audio_source_configuration)
    async def set_audio_source_configuration(
        self, request: m.SetAudioSourceConfiguration
    ) -> m.SetAudioSourceConfigurationResponse:
        """Rename an audio source configuration."""
        await self._translation.set_audio_source(request.configuration)
        return m.SetAudioSourceConfigurationResponse()

    @answers(Media.get_audio_encoder_configurations)
    async def get_audio_encoder_configurations(
        self, request: m.GetAudioEncoderConfigurations
    ) -> m.GetAudioEncoderConfigurationsResponse:
        """Every audio encoder configuration."""
        uses = self._profiles.use_counts()
        found = self._translation.chosen(Kind.AUDIO_ENCODER)
        return m.GetAudioEncoderConfigurationsResponse(
            configurations=tuple(self._translation.audio_encoder(each, uses) for each in found)
        )

    @answers(Media.get_audio_encoder_configuration)
    async def get_audio_encoder_configuration(
        self, request: m.GetAudioEncoderConfiguration
    ) -> m.GetAudioEncoderConfigurationResponse:
        """One audio encoder configuration."""
        found = self._translation.configurations.require(Kind.AUDIO_ENCODER, request.configuration_token)
        return m.GetAudioEncoderConfigurationResponse(
            configuration=self._translation.audio_encoder(found, self._profiles.use_counts())
        )

    @answers(Media.get_compatible_audio_encoder_configurations)
    async def get_compatible_audio_encoders(
        self, request: m.GetCompatibleAudioEncoderConfigurations
    ) -> m.GetCompatibleAudioEncoderConfigurationsResponse:
        """The audio encoder configurations that suit a profile."""
        uses = self._profiles.use_counts()
        found = self._translation.chosen(Kind.AUDIO_ENCODER, profile=request.profile_token)
        return m.GetCompatibleAudioEncoderConfigurationsResponse(
            configurations=tuple(self._translation.audio_encoder(each, uses) for each in found)
        )

    @answers(Media.get_audio_encoder_configuration_options)
    async def get_audio_encoder_options(
        self, request: m.GetAudioEncoderConfigurationOptions
    ) -> m.GetAudioEncoderConfigurationOptionsResponse:
        """What audio encoder configurations can be set to."""
        found = self._chosen(Kind.AUDIO_ENCODER, request.configuration_token, request.profile_token)
        possible = [self._translation.present_audio(each) for each in found]
        return m.GetAudioEncoderConfigurationOptionsResponse(options=audio_encoder_options(possible))

    @answers(Media.set_audio_encoder_configuration)
    async def set_audio_encoder_configuration(
        self, request: m.SetAudioEncoderConfiguration
    ) -> m.SetAudioEncoderConfigurationResponse:
        """Rename an audio encoder configuration."""
        await self._translation.set_audio_encoder(request.configuration)
        return m.SetAudioEncoderConfigurationResponse()

    def _chosen(self, kind: Kind, token: str | None, profile: str | None) -> tuple[Configuration, ...]:
        """Those that options are asked of; raises AudioNotSupported where no camera has sound.

        An answer without options would be taken for support of audio.
        """
        found = self._translation.chosen(kind, token=token, profile=profile)
        if not self._translation.configurations.of_kind(kind):
            raise AudioNotSupported("no camera here has sound")
        return found
