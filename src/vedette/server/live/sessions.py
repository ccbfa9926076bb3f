"""Tells who watches each encoder live over RTSP."""

import asyncio
from collections import defaultdict

from vedette.base.clock import until_tick
from vedette.contract.topics import Topic
from vedette.contract.topics.device import (
    MONITORING_ACTIVE_SESSIONS_AUDIO_ENCODER,
    MONITORING_ACTIVE_SESSIONS_METADATA,
    MONITORING_ACTIVE_SESSIONS_VIDEO_ENCODER,
)
from vedette.device.events import EventBroker
from vedette.device.media.configurations import Configuration, Configurations, Kind
from vedette.media.unit import TrackKind
from vedette.server.live.resource import LiveGroups

INTERVAL_S = 1.0
_TOLD = {
    Kind.VIDEO_ENCODER: (MONITORING_ACTIVE_SESSIONS_VIDEO_ENCODER, TrackKind.VIDEO),
    Kind.AUDIO_ENCODER: (MONITORING_ACTIVE_SESSIONS_AUDIO_ENCODER, TrackKind.AUDIO),
    Kind.METADATA: (MONITORING_ACTIVE_SESSIONS_METADATA, TrackKind.METADATA),
}


class ActiveSessions:
    """Publishes the addresses of viewers by encoder, within a second of a change.

    Many who come at once are told together: each event lists everybody, so that one for each of a thousand
    viewers would be a thousand long lists. Source: Media2, Active Sessions (26.06 §5.15.4).
    """

    def __init__(self, groups: LiveGroups, configurations: Configurations, broker: EventBroker) -> None:
        self._groups = groups
        self._configurations = configurations
        self._broker = broker
        self._revision = -1
        self._told: set[tuple[Topic, str]] = set()
        broker.declare(*(topic for topic, _ in _TOLD.values()))

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self.report()
            await asyncio.sleep(until_tick(INTERVAL_S))

    def report(self) -> None:
        """Publish what has changed since the last call."""
        if self._groups.revision == self._revision:
            return
        self._revision = self._groups.revision
        watched = self._watched()
        for topic, token in self._told - watched.keys():
            self._broker.forget(topic, source=(("Token", token),))
        for (topic, token), peers in watched.items():
            data = (("Sessions", " ".join(sorted(peers))),)
            self._broker.publish(topic, source=(("Token", token),), data=data)
        self._told = set(watched)

    def _watched(self) -> dict[tuple[Topic, str], list[str]]:
        """The viewers' addresses by topic and token."""
        peers: dict[tuple[str, TrackKind], list[str]] = defaultdict(list)
        for session in self._groups.playing():
            source = session.stream.name.partition("#")[0]
            for kind in session.kinds:
                peers[source, kind].append(session.peer)
        found: dict[tuple[Topic, str], list[str]] = {}
        for each in self._configurations.by_token().values():
            if each.kind not in _TOLD:
                continue
            topic, track_kind = _TOLD[each.kind]
            here = [peer for name in _streams(each) for peer in peers.get((name, track_kind), ())]
            if here:
                found[topic, each.token] = here
        return found


def _streams(configuration: Configuration) -> list[str]:
    """The names of the streams that a configuration is part of."""
    if configuration.stream is not None:
        return [configuration.stream.name]
    return [stream.name for stream in configuration.camera.streams]
