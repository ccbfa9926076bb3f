"""The whole of the media domain, put together over the cameras."""

from typing import NamedTuple, Self

from vedette.contract.topics.media import MEDIA_CONFIGURATION_CHANGED, MEDIA_PROFILE_CHANGED
from vedette.device.addresses import StreamAddresses
from vedette.device.cameras import Cameras
from vedette.device.events import EventBroker
from vedette.device.media.configurations import Configurations, Kind
from vedette.device.media.drawn import DrawnEncoders
from vedette.device.media.encoders import Encoders
from vedette.device.media.facts import StreamFacts
from vedette.device.media.metadata_streams import ChosenStreams
from vedette.device.media.profiles import Profiles
from vedette.device.media.stream_uris import StreamUris
from vedette.device.settings.store import SettingsStore


class MediaDomain(NamedTuple):
    """What the media services, the RTSP server and others who speak of profiles share."""

    cameras: Cameras
    facts: StreamFacts
    encoders: Encoders
    configurations: Configurations
    profiles: Profiles
    uris: StreamUris
    chosen: ChosenStreams

    @classmethod
    def over(
        cls, cameras: Cameras, store: SettingsStore, drawn: DrawnEncoders, addresses: StreamAddresses
    ) -> Self:
        """The domain of these cameras; `drawn` is what their sources were made with."""
        facts = StreamFacts(store)
        encoders = Encoders(drawn, facts)
        configurations = Configurations(cameras, encoders, store)
        profiles = Profiles(cameras, configurations, store)
        chosen = ChosenStreams(configurations)
        profiles.watch_synchronization(chosen.tell_states)
        uris = StreamUris(profiles, configurations, addresses, chosen)
        return cls(cameras, facts, encoders, configurations, profiles, uris, chosen)

    async def run(self) -> None:
        """Measure what the cameras send, until cancelled."""
        await self.facts.run(self.cameras)

    def tell(self, broker: EventBroker, producer: str) -> None:
        """Publish every change of a profile or configuration, and send events in metadata, from now on.

        Those in metadata name the endpoint `producer` as where they come from.

        Source: Media2, Profile Change and Configuration Change (26.06 §5.15.1, §5.15.2).
        """
        self.chosen.hear(broker, producer)
        broker.declare(MEDIA_PROFILE_CHANGED, MEDIA_CONFIGURATION_CHANGED)
        known = {each.token for each in self.profiles.all()}

        def profile_changed(token: str) -> None:
            known.symmetric_difference_update({token} & (known ^ self._tokens()))
            broker.publish(MEDIA_PROFILE_CHANGED, source=(("Token", token),))

        def configuration_changed(kind: Kind, token: str) -> None:
            broker.publish(MEDIA_CONFIGURATION_CHANGED, source=(("Token", token), ("Type", kind)))

        def cameras_changed() -> None:
            for token in sorted(known ^ self._tokens()):
                profile_changed(token)

        self.profiles.watch(profile_changed)
        self.configurations.watch(configuration_changed)
        self.cameras.watch(cameras_changed)

    def _tokens(self) -> set[str]:
        return {each.token for each in self.profiles.all()}
