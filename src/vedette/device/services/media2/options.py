"""Second media service: answers about what configurations can be set to."""

from vedette.contract.media2 import Media2
from vedette.contract.media2 import options as m
from vedette.contract.media2.values import GetConfiguration
from vedette.contract.operation import answers
from vedette.device.media.configurations import Configuration, Kind
from vedette.device.services.media2.translation import Translation


class OptionHandlers:
    """What the configurations of sources, encoders and metadata can be set to."""

    def __init__(self, translation: Translation) -> None:
        self._translation = translation

    @answers(Media2.get_video_source_configuration_options)
    async def get_video_source_options(
        self, request: m.GetVideoSourceConfigurationOptions
    ) -> m.GetVideoSourceConfigurationOptionsResponse:
        """What video sources can be set to: what they are."""
        found = self._some(Kind.VIDEO_SOURCE, request)
        return m.GetVideoSourceConfigurationOptionsResponse(
            options=self._translation.video_source_options(found)
        )

    @answers(Media2.get_video_encoder_configuration_options)
    async def get_video_encoder_options(
        self, request: m.GetVideoEncoderConfigurationOptions
    ) -> m.GetVideoEncoderConfigurationOptionsResponse:
        """What video encoders can be set to, codec by codec."""
        possible = self._translation.video_options(self._some(Kind.VIDEO_ENCODER, request))
        return m.GetVideoEncoderConfigurationOptionsResponse(
            options=tuple(map(self._translation.video_encoder_options, dict.fromkeys(possible)))
        )

    @answers(Media2.get_audio_source_configuration_options)
    async def get_audio_source_options(
        self, request: m.GetAudioSourceConfigurationOptions
    ) -> m.GetAudioSourceConfigurationOptionsResponse:
        """What audio sources can be set to: what they are."""
        found = self._some(Kind.AUDIO_SOURCE, request)
        return m.GetAudioSourceConfigurationOptionsResponse(
            options=self._translation.audio_source_options(found)
        )

    @answers(Media2.get_audio_encoder_configuration_options)
    async def get_audio_encoder_options(
        self, request: m.GetAudioEncoderConfigurationOptions
    ) -> m.GetAudioEncoderConfigurationOptionsResponse:
        """What audio encoders can be set to: what they are."""
        found = self._some(Kind.AUDIO_ENCODER, request)
        possible = dict.fromkeys(self._translation.present_audio(each) for each in found)
        return m.GetAudioEncoderConfigurationOptionsResponse(
            options=tuple(map(self._translation.audio_encoder_options, possible))
        )

    @answers(Media2.get_metadata_configuration_options)
    async def get_metadata_options(
        self, request: m.GetMetadataConfigurationOptions
    ) -> m.GetMetadataConfigurationOptionsResponse:
        """What metadata streams can be set to carry."""
        self._suitable(Kind.METADATA, request)
        return m.GetMetadataConfigurationOptionsResponse(options=self._translation.metadata_options())

    def _suitable(self, kind: Kind, request: GetConfiguration) -> tuple[Configuration, ...]:
        return self._translation.suitable(kind, request.configuration_token, request.profile_token)

    def _some(self, kind: Kind, request: GetConfiguration) -> tuple[Configuration, ...]:
        """As `_suitable`; raises NoConfig for none."""
        return self._translation.some(kind, self._suitable(kind, request))
