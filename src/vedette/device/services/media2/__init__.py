"""Answers of the second media service, one file a chapter."""

from vedette.device.media.configurations import Configurations
from vedette.device.media.encoders import Encoders
from vedette.device.media.profiles import Profiles
from vedette.device.media.stream_uris import StreamUris
from vedette.device.services.media2.configurations import ConfigurationHandlers
from vedette.device.services.media2.options import OptionHandlers
from vedette.device.services.media2.profiles import ProfileHandlers
from vedette.device.services.media2.streaming import StreamingHandlers
from vedette.device.services.media2.translation import Translation


def media2_handlers(
    profiles: Profiles, configurations: Configurations, encoders: Encoders, uris: StreamUris
) -> tuple[object, ...]:
    """Every handler of the second media service."""
    translation = Translation(configurations, encoders, profiles)
    return (
        ProfileHandlers(profiles, translation),
        ConfigurationHandlers(profiles, translation),
        OptionHandlers(translation),
        StreamingHandlers(profiles, uris),
    )
