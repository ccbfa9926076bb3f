"""Answers of the first media service, one file a chapter."""

from vedette.device.media.domain import MediaDomain
from vedette.device.services.media.audio import AudioHandlers
from vedette.device.services.media.metadata import MetadataHandlers
from vedette.device.services.media.profiles import ProfileHandlers
from vedette.device.services.media.streaming import StreamingHandlers
from vedette.device.services.media.translation import Translation
from vedette.device.services.media.video import VideoHandlers


def media_handlers(media: MediaDomain) -> tuple[object, ...]:
    """Every handler of the first media service."""
    translation = Translation(media.configurations, media.encoders, media.profiles)
    return (
        ProfileHandlers(media.profiles, translation),
        VideoHandlers(media.cameras, media.profiles, translation),
        AudioHandlers(media.profiles, translation),
        MetadataHandlers(media.profiles, translation),
        StreamingHandlers(media.profiles, media.uris),
    )
