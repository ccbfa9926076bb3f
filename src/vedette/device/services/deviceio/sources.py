"""Device I/O service: video and audio sources, and their configurations by the source's token."""

from vedette.contract.deviceio import DeviceIO as Contract
from vedette.contract.deviceio import audio, video
from vedette.contract.faults import InvalidArgVal, NoVideoSource
from vedette.contract.operation import answers
from vedette.device.media.configurations import (
    Configuration,
    Kind,
    audio_source_token,
    video_source_token,
)
from vedette.device.services.media.entities import Entities


class SourceHandlers:
    """The sources of the media service, listed once more. A camera is one video source.

    The configurations here are the media service's own. Source: Device IO, Annex A (16.06).
    """

    def __init__(self, entities: Entities) -> None:
        self._entities = entities

    @answers(Contract.get_video_sources)
    async def get_video_sources(self, request: video.GetVideoSources) -> video.GetVideoSourcesResponse:
        """One source for each camera."""
        found = self._entities.chosen(Kind.VIDEO_SOURCE)
        return video.GetVideoSourcesResponse(tokens=tuple(video_source_token(each.camera) for each in found))

    @answers(Contract.get_audio_sources)
    async def get_audio_sources(self, request: audio.GetAudioSources) -> audio.GetAudioSourcesResponse:
        """One source for each camera that has sound."""
        found = self._entities.chosen(Kind.AUDIO_SOURCE)
        return audio.GetAudioSourcesResponse(tokens=tuple(audio_source_token(each.camera) for each in found))

    @answers(Contract.get_video_source_configuration)
    async def get_video_source_configuration(
        self, request: video.GetVideoSourceConfiguration
    ) -> video.GetVideoSourceConfigurationResponse:
        """The configuration of a video source."""
        found = self._video(request.video_source_token)
        uses = self._entities.profiles.use_counts()
        return video.GetVideoSourceConfigurationResponse(
            video_source_configuration=self._entities.video_source(found, uses)
        )

    @answers(Contract.get_video_source_configuration_options)
    async def get_video_source_configuration_options(
        self, request: video.GetVideoSourceConfigurationOptions
    ) -> video.GetVideoSourceConfigurationOptionsResponse:
        """What the configuration of a video source can be set to."""
        found = self._video(request.video_source_token)
        return video.GetVideoSourceConfigurationOptionsResponse(
            video_source_configuration_options=self._entities.video_source_options((found,))
        )

    @answers(Contract.set_video_source_configuration)
    async def set_video_source_configuration(
        self, request: video.SetVideoSourceConfiguration
    ) -> video.SetVideoSourceConfigurationResponse:
        """Rename the configuration of a video source."""
        await self._entities.set_video_source(request.configuration)
        return video.SetVideoSourceConfigurationResponse()

    @answers(Contract.get_audio_source_configuration)
    async def get_audio_source_configuration(
        self, request: audio.GetAudioSourceConfiguration
    ) -> audio.GetAudioSourceConfigurationResponse:
        """The configuration of an audio source."""
        found = self._audio(request.audio_source_token)
        uses = self._entities.profiles.use_counts()
        return audio.GetAudioSourceConfigurationResponse(
            audio_source_configuration=self._entities.audio_source(found, uses)
        )

    @answers(Contract.get_audio_source_configuration_options)
    async def get_audio_source_configuration_options(
        self, request: audio.GetAudioSourceConfigurationOptions
    ) -> audio.GetAudioSourceConfigurationOptionsResponse:
        """What the configuration of an audio source can be set to."""
        found = self._audio(request.audio_source_token)
        return audio.GetAudioSourceConfigurationOptionsResponse(
            audio_source_options=self._entities.audio_source_options((found,))
        )

    @answers(Contract.set_audio_source_configuration)
    async def set_audio_source_configuration(
        self, request: audio.SetAudioSourceConfiguration
    ) -> audio.SetAudioSourceConfigurationResponse:
        """Rename the configuration of an audio source."""
        await self._entities.set_audio_source(request.configuration)
        return audio.SetAudioSourceConfigurationResponse()

    def _video(self, token: str) -> Configuration:
        for each in self._entities.chosen(Kind.VIDEO_SOURCE):
            if video_source_token(each.camera) == token:
                return each
        raise NoVideoSource(f"no video source {token!r}")

    def _audio(self, token: str) -> Configuration:
        for each in self._entities.chosen(Kind.AUDIO_SOURCE):
            if audio_source_token(each.camera) == token:
                return each
        raise InvalidArgVal(f"no audio source {token!r}")
