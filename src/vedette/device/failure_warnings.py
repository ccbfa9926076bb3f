"""Tells when logins fail too often."""

import ipaddress
from collections.abc import Callable

from vedette.base.clock import Clock
from vedette.contract.topics.device import DEVICE_SECURITY_POLICY_AUTH_FAILED
from vedette.device.events import EventBroker
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore


class FailureWarnings:
    """Counts failed logins of everybody in periods that begin with the first failure.

    One event a period, when the failures become too many. Source: Core, Security Policies (26.06 §8.5).
    """

    def __init__(
        self,
        store: SettingsStore,
        broker: EventBroker,
        clock: Clock,
        interface_facing: Callable[[str], str],
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._interface_facing = interface_facing
        self._until_s = 0.0
        self._failures = 0
        broker.declare(DEVICE_SECURITY_POLICY_AUTH_FAILED)
        store.watch(self._begin_anew)

    def _begin_anew(self, before: Settings, after: Settings) -> None:
        """What was counted under other limits, or while nobody was to be warned, says nothing under these."""
        if before.security.warnings != after.security.warnings:
            self._until_s = 0.0

    def failed(self, peer: str) -> None:
        """A login from this address failed."""
        wanted = self._store.current.security.warnings
        now_s = self._clock.monotonic_s()
        if now_s >= self._until_s:
            self._until_s = now_s + wanted.period_s
            self._failures = 0
        self._failures += 1
        if wanted.is_enabled and self._failures == wanted.failures_most + 1:
            self._broker.publish(
                DEVICE_SECURITY_POLICY_AUTH_FAILED,
                source=(("NetworkInterface", self._interface_facing(peer)),),
                data=_source_of(peer),
            )


def _source_of(peer: str) -> tuple[tuple[str, str], ...]:
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return ()
    return ((f"SourceIPv{address.version}", str(address)),)
