"""The media domain in the words of the first media service."""

from collections.abc import Mapping
from datetime import timedelta

from vedette.contract.faults import ConfigModify
from vedette.contract.schema.audio import AudioEncoderConfiguration, AudioEncoding
from vedette.contract.schema.encoding import (
    H264Configuration,
    H264Profile,
    VideoEncoderConfiguration,
    VideoEncoding,
    VideoRateControl,
    VideoResolution,
)
from vedette.contract.schema.media import Profile as MediaProfile
from vedette.device.media.configurations import Configuration, Kind
from vedette.device.media.encoders import VideoEncoder
from vedette.device.media.profiles import Profile
from vedette.device.services.media.entities import (
    Entities,
    addressed,
    multicast,
    renamed,
    require_same_sound,
    translated,
    wanted_rate,
    whole,
    whole_rate,
)

AUDIO_ENCODINGS = {"PCMU": AudioEncoding.G711, "PCMA": AudioEncoding.G711, "AAC": AudioEncoding.AAC}
VIDEO_ENCODINGS = {"H264": VideoEncoding.H264, "JPEG": VideoEncoding.JPEG}


class Translation(Entities):
    """The first media service's own types. It has no word for H.265: such encoders are left out."""

    metadata_may_lack_source = True  # Media, AddMetadataConfiguration (26.06 §5.2.10) names no condition

    def profile(self, of: Profile, uses: Mapping[str, int]) -> MediaProfile:
        """A profile with everything it holds."""
        return MediaProfile(
            token=of.token,
            fixed=of.is_fixed,
            name=of.name,
            video_source_configuration=translated(of, Kind.VIDEO_SOURCE, self.video_source, uses),
            audio_source_configuration=translated(of, Kind.AUDIO_SOURCE, self.audio_source, uses),
            video_encoder_configuration=translated(of, Kind.VIDEO_ENCODER, self.video_encoder, uses),
            audio_encoder_configuration=translated(of, Kind.AUDIO_ENCODER, self.audio_encoder, uses),
            metadata_configuration=translated(of, Kind.METADATA, self.metadata, uses),
        )

    def video_encoders(
        self, of: tuple[Configuration, ...], uses: Mapping[str, int]
    ) -> tuple[VideoEncoderConfiguration, ...]:
        """Those of the encoders that can be expressed."""
        translated = (self.video_encoder(each, uses) for each in of)
        return tuple(each for each in translated if each is not None)

    def video_encoder(self, of: Configuration, uses: Mapping[str, int]) -> VideoEncoderConfiguration | None:
        """A video encoder configuration, None where its encoding has no word here."""
        video = self.present_video(of)
        encoding = VIDEO_ENCODINGS.get(video.encoding)
        if encoding is None:
            return None
        h264 = None
        if encoding is VideoEncoding.H264:
            h264 = H264Configuration(gov_length=video.gop, h264_profile=H264Profile(video.profile))
        return VideoEncoderConfiguration(
            token=of.token,
            name=of.name,
            use_count=uses.get(of.token, 0),
            encoding=encoding,
            resolution=VideoResolution(width=video.width, height=video.height),
            quality=float(video.quality),
            rate_control=VideoRateControl(
                frame_rate_limit=whole_rate(video.fps), encoding_interval=1, bitrate_limit=video.bitrate_kbps
            ),
            h264=h264,
            multicast=multicast(of.settings),
            session_timeout=timedelta(seconds=of.settings.session_timeout_s),
        )

    async def set_video_encoder(self, wanted: VideoEncoderConfiguration) -> None:
        """Set a video encoder and keep its name; raises NoConfig, ConfigModify."""
        found = self.configurations.require(Kind.VIDEO_ENCODER, wanted.token)
        present = self.present_video(found)
        rate, h264 = wanted.rate_control, wanted.h264
        if rate is not None and rate.encoding_interval != 1:
            raise ConfigModify(f"an encoding interval of {rate.encoding_interval}; only 1 is offered")
        video = VideoEncoder(
            encoding=wanted.encoding,
            width=wanted.resolution.width,
            height=wanted.resolution.height,
            fps=present.fps if rate is None else wanted_rate(rate.frame_rate_limit, present.fps),
            bitrate_kbps=present.bitrate_kbps if rate is None else rate.bitrate_limit,
            gop=present.gop if h264 is None else h264.gov_length,
            quality=whole(wanted.quality, "Quality"),
            profile=_kept_profile(present, wanted) if h264 is None else h264.h264_profile,
        )
        settings = addressed(renamed(found, wanted), wanted.multicast, wanted.session_timeout)
        await self.configurations.change(found, settings, video=video)

    def audio_encoder(self, of: Configuration, uses: Mapping[str, int]) -> AudioEncoderConfiguration:
        """An audio encoder configuration."""
        audio = self.present_audio(of)
        return AudioEncoderConfiguration(
            token=of.token,
            name=of.name,
            use_count=uses.get(of.token, 0),
            encoding=AUDIO_ENCODINGS[audio.encoding],
            bitrate=audio.bitrate_kbps,
            sample_rate=audio.sample_hz // 1000,
            multicast=multicast(of.settings),
            session_timeout=timedelta(seconds=of.settings.session_timeout_s),
        )

    async def set_audio_encoder(self, wanted: AudioEncoderConfiguration) -> None:
        """Rename an audio encoder configuration; raises NoConfig, ConfigModify for another sound."""
        found = self.configurations.require(Kind.AUDIO_ENCODER, wanted.token)
        require_same_sound(wanted, self.audio_encoder(found, {}))
        settings = addressed(renamed(found, wanted), wanted.multicast, wanted.session_timeout)
        await self.configurations.change(found, settings)


def _kept_profile(present: VideoEncoder, wanted: VideoEncoderConfiguration) -> str:
    return present.profile if present.encoding == wanted.encoding else ""
