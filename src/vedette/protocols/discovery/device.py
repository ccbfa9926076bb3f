"""A device in discovery: greets, says goodbye, and answers those who look for it. No socket, no clock."""

from collections import OrderedDict
from heapq import heappop, heappush
from typing import Any, NamedTuple

from vedette.base.errors import LimitExceeded
from vedette.protocols.discovery import messages
from vedette.protocols.discovery.matching import RULES, RuleNotSupported, fits
from vedette.protocols.discovery.messages import Heard, Sequence, Target
from vedette.wire.message import MalformedMessage

# Source: WS-Discovery (April 2005) §4.1.3; SOAP-over-UDP (2004) Appendix I.
APP_MAX_DELAY_S = 0.5
REPEAT_LEAST_S = 0.05
REPEAT_MOST_S = 0.25
REPEAT_UPPER_S = 0.5
UNICAST_REPEATS = 2
MULTICAST_REPEATS = 4

REPEATED_WITHIN_S = 5.0  # repeats of one message end within two seconds
SEEN_MOST = 512
WAITING_MOST = 256  # datagrams that wait to be sent
ANSWERS_PER_S = 20.0  # a flood of probes with forged senders must not make us a flood of answers
ANSWERS_AT_ONCE = 40.0
READINGS_PER_S = 400.0
READINGS_AT_ONCE = 800.0

Peer = Any  # what the driver knows a sender by; never looked at


class Datagram(NamedTuple):
    """What is to be sent; to everybody if `peer` is None."""

    data: bytes
    peer: Peer | None


class Chance(NamedTuple):
    """What is left to chance for one answer or greeting: two fractions of 1, and a fresh `urn:uuid:…`."""

    delay: float
    gap: float
    message_id: str


class _Allowance:
    """So many at once, and so many a second after that."""

    def __init__(self, per_s: float, at_once: float) -> None:
        self._per_s = per_s
        self._at_once = self._left = at_once
        self._at_s: float | None = None

    def take(self, now_s: float) -> bool:
        """Use one up; False if there is none."""
        if self._at_s is not None:
            self._left = min(self._at_once, self._left + (now_s - self._at_s) * self._per_s)
        self._at_s = now_s
        if self._left < 1:
            return False
        self._left -= 1
        return True


class DiscoveryTarget:
    """One device on one link.

    `receive` takes datagrams, `outgoing` gives what is due, `deadline_s` says when the next is. What
    cannot be read is counted in `garbage_total` and otherwise ignored.
    """

    def __init__(self, target: Target, sequence: Sequence) -> None:
        self.target = target
        self.garbage_total = 0
        self.answers_total = 0
        self.held_back_total = 0
        self._sequence = sequence
        self._waiting: list[tuple[float, int, Datagram]] = []
        self._order = 0
        self._seen: OrderedDict[tuple[str, Peer], float] = OrderedDict()
        self._answers = _Allowance(ANSWERS_PER_S, ANSWERS_AT_ONCE)
        self._readings = _Allowance(READINGS_PER_S, READINGS_AT_ONCE)

    @property
    def deadline_s(self) -> float | None:
        """When `outgoing` has something, or None."""
        return self._waiting[0][0] if self._waiting else None

    def greet(self, now_s: float, chance: Chance) -> None:
        """Say Hello, after a pause that keeps devices switched on together from talking at once."""
        data = messages.hello(self.target, chance.message_id, self._sequence)
        self._send(data, None, now_s + chance.delay * APP_MAX_DELAY_S, chance.gap, MULTICAST_REPEATS)

    def change(self, target: Target, now_s: float, chance: Chance) -> None:
        """Be another target from now on, and say so; its metadata version must be higher."""
        self.target = target
        self.greet(now_s, chance)

    def leave(self, message_id: str) -> bytes:
        """The Bye to be sent at once; what still waited is dropped."""
        self._waiting.clear()
        return messages.bye(self.target, message_id, self._sequence)

    def receive(
        self,
        data: bytes,
        peer: Peer,
        now_s: float,
        chance: Chance,
        *,
        is_multicast: bool,
        told: Target | None = None,
    ) -> None:
        """Take a datagram; an answer, if there is one, will wait in `outgoing`.

        `told` is the target as this peer is told it: the same, its addresses in another order.
        """
        if not self._readings.take(now_s):
            self.held_back_total += 1
            return
        try:
            heard = messages.read(data)
        except (MalformedMessage, LimitExceeded):
            self.garbage_total += 1
            return
        if heard.kind not in ("Probe", "Resolve") or self._is_repeated(heard, peer, now_s):
            return
        answer = self._answer(heard, told or self.target, chance.message_id, is_multicast=is_multicast)
        if not answer:
            return
        if not self._answers.take(now_s):
            self.held_back_total += 1
            return
        self.answers_total += 1
        pause_s = chance.delay * APP_MAX_DELAY_S if heard.kind == "Probe" else 0.0
        self._send(answer, peer, now_s + pause_s, chance.gap, UNICAST_REPEATS)

    def outgoing(self, now_s: float) -> list[Datagram]:
        """Take what is due, in the order of its times."""
        due = []
        while self._waiting and self._waiting[0][0] <= now_s:
            due.append(heappop(self._waiting)[2])
        return due

    def _answer(self, heard: Heard, told: Target, message_id: str, *, is_multicast: bool) -> bytes:
        """The answer, empty where silence is the answer."""
        if heard.kind == "Resolve":
            if heard.endpoint.lower() != told.endpoint.lower():
                return b""
            return messages.resolve_matches(told, message_id, heard, self._sequence)
        assert heard.probe is not None
        try:
            if not fits(heard.probe, told):
                return b""
        except RuleNotSupported:
            return b"" if is_multicast else messages.rule_fault(RULES, message_id, heard)
        return messages.probe_matches(told, message_id, heard, self._sequence)

    def _is_repeated(self, heard: Heard, peer: Peer, now_s: float) -> bool:
        """UDP messages are sent several times; each is answered once, if its MessageID tells it.

        Later the same MessageID is a new question: there are clients that have only one.
        """
        if not heard.message_id:
            return False
        key = (heard.message_id[:200], peer)
        seen_s = self._seen.get(key)
        if seen_s is not None and now_s - seen_s < REPEATED_WITHIN_S:
            return True
        self._seen[key] = now_s
        self._seen.move_to_end(key)
        if len(self._seen) > SEEN_MOST:
            self._seen.popitem(last=False)
        return False

    def _send(self, data: bytes, peer: Peer | None, at_s: float, gap: float, times: int) -> None:
        wait_s = REPEAT_LEAST_S + gap * (REPEAT_MOST_S - REPEAT_LEAST_S)
        for _ in range(times):
            if len(self._waiting) >= WAITING_MOST:
                return
            self._order += 1
            heappush(self._waiting, (at_s, self._order, Datagram(data, peer)))
            at_s += wait_s
            wait_s = min(wait_s * 2, REPEAT_UPPER_S)
