"""Tells what changed of profiles and configurations, by clients or because a camera sends other media."""

import asyncio

from vedette.contract.topics.media import MEDIA_CONFIGURATION_CHANGED, MEDIA_PROFILE_CHANGED
from vedette.device.events import EventBroker
from vedette.device.media.configurations import Configuration, Configurations, Kind
from vedette.device.media.encoders import Encoders
from vedette.device.media.profiles import Profiles


class MediaChanges:
    """Publishes an event for each change.

    Source: Media2, Profile Change and Configuration Change (26.06 §5.15.1, §5.15.2).
    """

    def __init__(
        self, broker: EventBroker, configurations: Configurations, encoders: Encoders, profiles: Profiles
    ) -> None:
        self._broker = broker
        self._configurations = configurations
        self._encoders = encoders
        self._profiles = profiles
        broker.declare(MEDIA_PROFILE_CHANGED, MEDIA_CONFIGURATION_CHANGED)
        self._told_profiles = self._held()
        self._told_configurations = self._contents()
        self._is_due = False

    def profile_changed(self, token: str) -> None:
        """A client made, changed or deleted a profile."""
        now = self._held().get(token)
        if now is None:
            self._told_profiles.pop(token, None)
        else:
            self._told_profiles[token] = now
        self._broker.publish(MEDIA_PROFILE_CHANGED, source=(("Token", token),))

    def configuration_changed(self, kind: Kind, token: str) -> None:
        """A client set a configuration."""
        self._told_configurations[token] = self._contents().get(token)
        self._broker.publish(MEDIA_CONFIGURATION_CHANGED, source=(("Token", token), ("Type", kind)))

    def learnt(self) -> None:
        """Something may have changed: look as soon as whoever noticed is done."""
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self.look)

    def look(self) -> None:
        """Tell what is not as it was told."""
        self._is_due = False
        before, now = self._told_configurations, self._contents()
        self._told_configurations = now
        for token, configuration in self._configurations.by_token().items():
            if token in before and before[token] != now.get(token):
                self.configuration_changed(configuration.kind, token)
        changed = self._told_profiles.items() ^ self._held().items()
        for token in sorted({token for token, _ in changed}):
            self.profile_changed(token)

    def _held(self) -> dict[str, frozenset[str]]:
        """The configurations in each profile, all by tokens."""
        return {
            profile.token: frozenset(each.token for each in profile.configurations.values())
            for profile in self._profiles.all()
        }

    def _contents(self) -> dict[str, object]:
        return {token: self._content(each) for token, each in self._configurations.by_token().items()}

    def _content(self, of: Configuration) -> object:
        """What a configuration says of the media that its camera sends."""
        match of.kind:
            case Kind.VIDEO_SOURCE:
                return self._encoders.source_size(of.camera)
            case Kind.VIDEO_ENCODER if of.stream is not None:
                return self._encoders.video(of.camera, of.stream)
            case Kind.AUDIO_ENCODER if of.stream is not None:
                return self._encoders.audio(of.camera, of.stream)
            case _:
                return None
