"""First media service: answers about profiles."""

from vedette.contract.media import Media
from vedette.contract.media import profiles as m
from vedette.contract.operation import answers
from vedette.device.media.configurations import Kind
from vedette.device.media.profiles import Profiles
from vedette.device.services.media.translation import Translation


class ProfileHandlers:
    """Profiles, and the configurations that are put into them and taken out."""

    def __init__(self, profiles: Profiles, translation: Translation) -> None:
        self._profiles = profiles
        self._translation = translation

    @answers(Media.create_profile)
    async def create_profile(self, request: m.CreateProfile) -> m.CreateProfileResponse:
        """Make an empty profile."""
        made = await self._profiles.create(request.name, token=request.token or "")
        return m.CreateProfileResponse(profile=self._translation.profile(made, {}))

    @answers(Media.get_profile)
    async def get_profile(self, request: m.GetProfile) -> m.GetProfileResponse:
        """One profile."""
        found = self._profiles.require(request.profile_token)
        return m.GetProfileResponse(profile=self._translation.profile(found, self._profiles.use_counts()))

    @answers(Media.get_profiles)
    async def get_profiles(self, request: m.GetProfiles) -> m.GetProfilesResponse:
        """Every profile."""
        uses = self._profiles.use_counts()
        found = tuple(self._translation.profile(each, uses) for each in self._profiles.all())
        return m.GetProfilesResponse(profiles=found)

    @answers(Media.delete_profile)
    async def delete_profile(self, request: m.DeleteProfile) -> m.DeleteProfileResponse:
        """Delete a profile that is not fixed."""
        await self._profiles.delete(request.profile_token)
        return m.DeleteProfileResponse()

    @answers(Media.add_video_source_configuration)
    async def add_video_source(
        self, request: m.AddVideoSourceConfiguration
    ) -> m.AddVideoSourceConfigurationResponse:
        """Put a video source configuration into a profile."""
        chosen = (Kind.VIDEO_SOURCE, request.configuration_token)
        await self._add(request.profile_token, chosen)
        return m.AddVideoSourceConfigurationResponse()

    @answers(Media.remove_video_source_configuration)
    async def remove_video_source(
        self, request: m.RemoveVideoSourceConfiguration
    ) -> m.RemoveVideoSourceConfigurationResponse:
        """Take the video source configuration out of a profile."""
        await self._remove(request.profile_token, Kind.VIDEO_SOURCE)
        return m.RemoveVideoSourceConfigurationResponse()

    @answers(Media.add_video_encoder_configuration)
    async def add_video_encoder(
        self, request: m.AddVideoEncoderConfiguration
    ) -> m.AddVideoEncoderConfigurationResponse:
        """Put a video encoder configuration into a profile."""
        chosen = (Kind.VIDEO_ENCODER, request.configuration_token)
        await self._add(request.profile_token, chosen)
        return m.AddVideoEncoderConfigurationResponse()

    @answers(Media.remove_video_encoder_configuration)
    async def remove_video_encoder(
        self, request: m.RemoveVideoEncoderConfiguration
    ) -> m.RemoveVideoEncoderConfigurationResponse:
        """Take the video encoder configuration out of a profile."""
        await self._remove(request.profile_token, Kind.VIDEO_ENCODER)
        return m.RemoveVideoEncoderConfigurationResponse()

    @answers(Media.add_audio_source_configuration)
    async def add_audio_source(
        self, request: m.AddAudioSourceConfiguration
    ) -> m.AddAudioSourceConfigurationResponse:
        """Put an audio source configuration into a profile."""
        chosen = (Kind.AUDIO_SOURCE, request.configuration_token)
        await self._add(request.profile_token, chosen)
        return m.AddAudioSourceConfigurationResponse()

    @answers(Media.remove_audio_source_configuration)
    async def remove_audio_source(
        self, request: m.RemoveAudioSourceConfiguration
    ) -> m.RemoveAudioSourceConfigurationResponse:
        """Take the audio source configuration out of a profile."""
        await self._remove(request.profile_token, Kind.AUDIO_SOURCE)
        return m.RemoveAudioSourceConfigurationResponse()

    @answers(Media.add_audio_encoder_configuration)
    async def add_audio_encoder(
        self, request: m.AddAudioEncoderConfiguration
    ) -> m.AddAudioEncoderConfigurationResponse:
        """Put an audio encoder configuration into a profile."""
        chosen = (Kind.AUDIO_ENCODER, request.configuration_token)
        await self._add(request.profile_token, chosen)
        return m.AddAudioEncoderConfigurationResponse()

    @answers(Media.remove_audio_encoder_configuration)
    async def remove_audio_encoder(
        self, request: m.RemoveAudioEncoderConfiguration
    ) -> m.RemoveAudioEncoderConfigurationResponse:
        """Take the audio encoder configuration out of a profile."""
        await self._remove(request.profile_token, Kind.AUDIO_ENCODER)
        return m.RemoveAudioEncoderConfigurationResponse()

    @answers(Media.add_metadata_configuration)
    async def add_metadata(self, request: m.AddMetadataConfiguration) -> m.AddMetadataConfigurationResponse:
        """Put a metadata configuration into a profile."""
        chosen = (Kind.METADATA, request.configuration_token)
        await self._add(request.profile_token, chosen)
        return m.AddMetadataConfigurationResponse()

    @answers(Media.remove_metadata_configuration)
    async def remove_metadata(
        self, request: m.RemoveMetadataConfiguration
    ) -> m.RemoveMetadataConfigurationResponse:
        """Take the metadata configuration out of a profile."""
        await self._remove(request.profile_token, Kind.METADATA)
        return m.RemoveMetadataConfigurationResponse()

    async def _add(self, token: str, chosen: tuple[Kind, str]) -> None:
        lax = self._translation.metadata_may_lack_source
        await self._profiles.add(token, [chosen], may_lack_source=lax)

    async def _remove(self, token: str, kind: Kind) -> None:
        lax = self._translation.metadata_may_lack_source
        await self._profiles.remove(token, [kind], may_lack_source=lax)
