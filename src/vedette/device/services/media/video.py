"""First media service: answers about video sources and encoders."""

from vedette.contract.faults import NoConfig
from vedette.contract.media import Media
from vedette.contract.media import video as m
from vedette.contract.operation import answers
from vedette.contract.schema.encoding import VideoResolution
from vedette.contract.schema.video import VideoSource
from vedette.device.cameras import Camera, Cameras
from vedette.device.media.configurations import Kind, video_source_token
from vedette.device.media.encoders import Encoders
from vedette.device.media.profiles import Profiles
from vedette.device.services.media.options import video_encoder_options
from vedette.device.services.media.translation import VIDEO_ENCODINGS, Translation


class VideoHandlers:
    """Video sources, and the configurations of sources and encoders."""

    def __init__(self, cameras: Cameras, profiles: Profiles, translation: Translation) -> None:
        self._cameras = cameras
        self._profiles = profiles
        self._translation = translation

    @answers(Media.get_video_sources)
    async def get_video_sources(self, request: m.GetVideoSources) -> m.GetVideoSourcesResponse:
        """One source for each camera."""
        return m.GetVideoSourcesResponse(
            video_sources=tuple(_source(camera, self._translation.encoders) for camera in self._cameras)
        )

    @answers(Media.get_video_source_configurations)
    async def get_source_configurations(
        self, request: m.GetVideoSourceConfigurations
    ) -> m.GetVideoSourceConfigurationsResponse:
        """Every video source configuration."""
        uses = self._profiles.use_counts()
        found = self._translation.chosen(Kind.VIDEO_SOURCE)
        return m.GetVideoSourceConfigurationsResponse(
            configurations=tuple(self._translation.video_source(each, uses) for each in found)
        )

    @answers(Media.get_video_source_configuration)
    async def get_source_configuration(
        self, request: m.GetVideoSourceConfiguration
    ) -> m.GetVideoSourceConfigurationResponse:
        """One video source configuration."""
        found = self._translation.configurations.require(Kind.VIDEO_SOURCE, request.configuration_token)
        return m.GetVideoSourceConfigurationResponse(
            configuration=self._translation.video_source(found, self._profiles.use_counts())
        )

    @answers(Media.get_compatible_video_source_configurations)
    async def get_compatible_sources(
        self, request: m.GetCompatibleVideoSourceConfigurations
    ) -> m.GetCompatibleVideoSourceConfigurationsResponse:
        """The video source configurations that suit a profile."""
        uses = self._profiles.use_counts()
        found = self._translation.chosen(Kind.VIDEO_SOURCE, profile=request.profile_token)
        return m.GetCompatibleVideoSourceConfigurationsResponse(
            configurations=tuple(self._translation.video_source(each, uses) for each in found)
        )

    @answers(Media.get_video_source_configuration_options)
    async def get_source_options(
        self, request: m.GetVideoSourceConfigurationOptions
    ) -> m.GetVideoSourceConfigurationOptionsResponse:
        """What video source configurations can be set to."""
        found = self._translation.chosen(
            Kind.VIDEO_SOURCE, token=request.configuration_token, profile=request.profile_token
        )
        return m.GetVideoSourceConfigurationOptionsResponse(
            options=self._translation.video_source_options(self._translation.some(Kind.VIDEO_SOURCE, found))
        )

    @answers(Media.set_video_source_configuration)
    async def set_source_configuration(
        self, request: m.SetVideoSourceConfiguration
    ) -> m.SetVideoSourceConfigurationResponse:
        """Rename a video source configuration."""
        await self._translation.set_video_source(request.configuration)
        return m.SetVideoSourceConfigurationResponse()

    @answers(Media.get_video_encoder_configurations)
    async def get_encoder_configurations(
        self, request: m.GetVideoEncoderConfigurations
    ) -> m.GetVideoEncoderConfigurationsResponse:
        """Every video encoder configuration that this service has words for."""
        found = self._translation.chosen(Kind.VIDEO_ENCODER)
        return m.GetVideoEncoderConfigurationsResponse(
            configurations=self._translation.video_encoders(found, self._profiles.use_counts())
        )

    @answers(Media.get_video_encoder_configuration)
    async def get_encoder_configuration(
        self, request: m.GetVideoEncoderConfiguration
    ) -> m.GetVideoEncoderConfigurationResponse:
        """One video encoder configuration."""
        found = self._translation.configurations.require(Kind.VIDEO_ENCODER, request.configuration_token)
        translated = self._translation.video_encoder(found, self._profiles.use_counts())
        if translated is None:
            raise NoConfig(f"{found.token} is encoded in a way that only Media2 can tell")
        return m.GetVideoEncoderConfigurationResponse(configuration=translated)

    @answers(Media.get_compatible_video_encoder_configurations)
    async def get_compatible_encoders(
        self, request: m.GetCompatibleVideoEncoderConfigurations
    ) -> m.GetCompatibleVideoEncoderConfigurationsResponse:
        """The video encoder configurations that suit a profile."""
        found = self._translation.chosen(Kind.VIDEO_ENCODER, profile=request.profile_token)
        return m.GetCompatibleVideoEncoderConfigurationsResponse(
            configurations=self._translation.video_encoders(found, self._profiles.use_counts())
        )

    @answers(Media.get_video_encoder_configuration_options)
    async def get_encoder_options(
        self, request: m.GetVideoEncoderConfigurationOptions
    ) -> m.GetVideoEncoderConfigurationOptionsResponse:
        """What video encoder configurations can be set to."""
        found = self._translation.chosen(
            Kind.VIDEO_ENCODER, token=request.configuration_token, profile=request.profile_token
        )
        return m.GetVideoEncoderConfigurationOptionsResponse(
            options=video_encoder_options(self._translation.video_options(found))
        )

    @answers(Media.set_video_encoder_configuration)
    async def set_encoder_configuration(
        self, request: m.SetVideoEncoderConfiguration
    ) -> m.SetVideoEncoderConfigurationResponse:
        """Set a video encoder."""
        await self._translation.set_video_encoder(request.configuration)
        return m.SetVideoEncoderConfigurationResponse()

    @answers(Media.get_guaranteed_number_of_video_encoder_instances)
    async def get_instances(
        self, request: m.GetGuaranteedNumberOfVideoEncoderInstances
    ) -> m.GetGuaranteedNumberOfVideoEncoderInstancesResponse:
        """How many encoders run at once for a source: one a stream that this service has words for."""
        found = self._translation.configurations.require(Kind.VIDEO_SOURCE, request.configuration_token)
        total, by_codec = self._translation.encoders.instances(found.camera, VIDEO_ENCODINGS)
        return m.GetGuaranteedNumberOfVideoEncoderInstancesResponse(
            total_number=total, jpeg=by_codec.get("JPEG"), h264=by_codec.get("H264")
        )


def _source(camera: Camera, encoders: Encoders) -> VideoSource:
    width, height = encoders.source_size(camera)
    return VideoSource(
        token=video_source_token(camera),
        framerate=float(encoders.source_fps(camera)),
        resolution=VideoResolution(width=width, height=height),
    )
