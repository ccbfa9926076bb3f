"""Answers of the first media service, one file a chapter."""

from vedette.device.cameras import Cameras
from vedette.device.media.configurations import Configurations
from vedette.device.media.encoders import Encoders
from vedette.device.media.profiles import Profiles
from vedette.device.media.stream_uris import StreamUris
from vedette.device.services.media.audio import AudioHandlers
from vedette.device.services.media.metadata import MetadataHandlers
from vedette.device.services.media.profiles import ProfileHandlers
from vedette.device.services.media.streaming import StreamingHandlers
from vedette.device.services.media.translation import Translation
from vedette.device.services.media.video import VideoHandlers


def media_handlers(
    cameras: Cameras, profiles: Profiles, configurations: Configurations, encoders: Encoders, uris: StreamUris
) -> tuple[object, ...]:
    """Every handler of the first media service."""
    translation = Translation(configurations, encoders, profiles)
    return (
        ProfileHandlers(profiles, translation),
        VideoHandlers(cameras, profiles, translation),
        AudioHandlers(profiles, translation),
        MetadataHandlers(profiles, translation),
        StreamingHandlers(profiles, uris),
    )
