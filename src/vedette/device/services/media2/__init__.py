"""Answers of the second media service, one file a chapter."""

from vedette.device.media.domain import MediaDomain
from vedette.device.services.media2.configurations import ConfigurationHandlers
from vedette.device.services.media2.options import OptionHandlers
from vedette.device.services.media2.profiles import ProfileHandlers
from vedette.device.services.media2.streaming import StreamingHandlers
from vedette.device.services.media2.translation import Translation


def media2_handlers(media: MediaDomain) -> tuple[object, ...]:
    """Every handler of the second media service."""
    translation = Translation(media.configurations, media.encoders, media.profiles)
    return (
        ProfileHandlers(media.profiles, translation),
        ConfigurationHandlers(media.profiles, translation),
        OptionHandlers(translation),
        StreamingHandlers(media.configurations, media.profiles, media.uris),
    )
