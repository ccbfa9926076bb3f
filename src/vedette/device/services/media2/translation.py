"""The media domain in the words of the second media service."""

from collections.abc import Collection, Mapping

import msgspec

from vedette.contract.faults import ConfigModify
from vedette.contract.media2.profiles import ConfigurationSet, MediaProfile
from vedette.contract.schema.audio import AudioEncoder2Configuration, AudioEncoder2ConfigurationOptions
from vedette.contract.schema.encoding import (
    VideoEncoder2Configuration,
    VideoEncoder2ConfigurationOptions,
    VideoRateControl2,
    VideoResolution2,
)
from vedette.contract.schema.values import FloatRange, IntItems, IntRange
from vedette.device.media.configurations import Configuration, Kind
from vedette.device.media.encoders import AudioEncoder, VideoEncoder, VideoOptions
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
)

_AUDIO_ENCODINGS = {"AAC": "mpeg4-generic"}  # the others are called as their codecs are


class Translation(Entities):
    """The second media service's own types."""

    def profile(self, of: Profile, types: Collection[str], uses: Mapping[str, int]) -> MediaProfile:
        """A profile with what it holds of some types, `All` for everything, none for its name alone."""
        if not types:
            return MediaProfile(token=of.token, fixed=of.is_fixed, name=of.name)
        if "All" not in types:
            held = {kind: each for kind, each in of.configurations.items() if kind in types}
            of = msgspec.structs.replace(of, configurations=held)
        return MediaProfile(
            token=of.token,
            fixed=of.is_fixed,
            name=of.name,
            configurations=ConfigurationSet(
                video_source=translated(of, Kind.VIDEO_SOURCE, self.video_source, uses),
                audio_source=translated(of, Kind.AUDIO_SOURCE, self.audio_source, uses),
                video_encoder=translated(of, Kind.VIDEO_ENCODER, self.video_encoder, uses),
                audio_encoder=translated(of, Kind.AUDIO_ENCODER, self.audio_encoder, uses),
                metadata=translated(of, Kind.METADATA, self.metadata, uses),
            ),
        )

    def video_encoder(self, of: Configuration, uses: Mapping[str, int]) -> VideoEncoder2Configuration:
        """A video encoder configuration."""
        video = self.present_video(of)
        return VideoEncoder2Configuration(
            token=of.token,
            name=of.name,
            use_count=uses.get(of.token, 0),
            gov_length=None if video.encoding == "JPEG" else video.gop,
            profile=video.profile or None,
            encoding=video.encoding,
            resolution=VideoResolution2(width=video.width, height=video.height),
            rate_control=VideoRateControl2(
                frame_rate_limit=float(video.fps), bitrate_limit=video.bitrate_kbps
            ),
            multicast=multicast(of.settings),
            quality=float(video.quality),
        )

    async def set_video_encoder(self, wanted: VideoEncoder2Configuration) -> None:
        """Set a video encoder and keep its name; what is not said stays. Raises NoConfig, ConfigModify."""
        found = self.configurations.require(Kind.VIDEO_ENCODER, wanted.token)
        present = self.present_video(found)
        if wanted.signed:
            raise ConfigModify("streams are not signed here")
        rate = wanted.rate_control
        kept_profile = present.profile if present.encoding == wanted.encoding else ""
        video = VideoEncoder(
            encoding=wanted.encoding,
            width=wanted.resolution.width,
            height=wanted.resolution.height,
            fps=present.fps if rate is None else wanted_rate(rate.frame_rate_limit, present.fps),
            bitrate_kbps=present.bitrate_kbps if rate is None else rate.bitrate_limit,
            gop=present.gop if wanted.gov_length is None else wanted.gov_length,
            quality=whole(wanted.quality, "Quality"),
            profile=wanted.profile or kept_profile,
        )
        settings = addressed(renamed(found, wanted), wanted.multicast)
        await self.configurations.change(found, settings, video=video)

    def video_encoder_options(self, of: VideoOptions) -> VideoEncoder2ConfigurationOptions:
        """What a video encoder can be set to with one codec."""
        return VideoEncoder2ConfigurationOptions(
            gov_length_range=() if of.encoding == "JPEG" else of.gops,
            frame_rates_supported=tuple(float(fps) for fps in of.frame_rates),
            profiles_supported=of.profiles,
            constant_bit_rate_supported=False,
            guaranteed_frame_rate_supported=False,
            encoding=of.encoding,
            quality_range=FloatRange(min=float(of.qualities[0]), max=float(of.qualities[1])),
            resolutions_available=tuple(VideoResolution2(width=w, height=h) for w, h in of.resolutions),
            bitrate_range=IntRange(min=of.bitrates_kbps[0], max=of.bitrates_kbps[1]),
        )

    def audio_encoder(self, of: Configuration, uses: Mapping[str, int]) -> AudioEncoder2Configuration:
        """An audio encoder configuration."""
        audio = self.present_audio(of)
        return AudioEncoder2Configuration(
            token=of.token,
            name=of.name,
            use_count=uses.get(of.token, 0),
            encoding=_AUDIO_ENCODINGS.get(audio.encoding, audio.encoding),
            multicast=multicast(of.settings),
            bitrate=audio.bitrate_kbps,
            sample_rate=audio.sample_hz // 1000,
        )

    async def set_audio_encoder(self, wanted: AudioEncoder2Configuration) -> None:
        """Rename an audio encoder configuration; raises NoConfig, ConfigModify for another sound."""
        found = self.configurations.require(Kind.AUDIO_ENCODER, wanted.token)
        require_same_sound(wanted, self.audio_encoder(found, {}))
        settings = addressed(renamed(found, wanted), wanted.multicast)
        await self.configurations.change(found, settings)

    def audio_encoder_options(self, of: AudioEncoder) -> AudioEncoder2ConfigurationOptions:
        """What an audio encoder can be set to: what it is."""
        return AudioEncoder2ConfigurationOptions(
            encoding=_AUDIO_ENCODINGS.get(of.encoding, of.encoding),
            bitrate_list=IntItems(items=(of.bitrate_kbps,)),
            sample_rate_list=IntItems(items=(of.sample_hz // 1000,)),
        )
