"""The whole of the media domain, put together over the cameras."""

from typing import NamedTuple, Self

from vedette.device.addresses import StreamAddresses
from vedette.device.cameras import Cameras
from vedette.device.events import EventBroker
from vedette.device.media.changes import MediaChanges
from vedette.device.media.configurations import Configurations
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
        """
        self.chosen.hear(broker, producer)
        changes = MediaChanges(broker, self.configurations, self.encoders, self.profiles)
        self.profiles.watch(changes.profile_changed)
        self.configurations.watch(changes.configuration_changed)
        self.cameras.watch(changes.look)
        self.facts.watch(changes.learnt)
