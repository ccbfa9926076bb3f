"""An RTSP camera as a source: connected for as long as it is wanted, whatever the camera does."""

import asyncio
import logging
import random
from collections.abc import Callable, Iterable

from vedette.base.clock import Clock
from vedette.base.errors import VedetteError
from vedette.client.rtsp.dialogue import Moved, NotAuthorized, Refused
from vedette.client.rtsp.link import CertificateNotTrusted, NotReached
from vedette.client.rtsp.pace import Pace
from vedette.client.rtsp.reading import SharedReader
from vedette.client.rtsp.repetition import Repetition
from vedette.client.rtsp.session import CameraSession, Clocks, Silent
from vedette.client.trust import SYSTEM_TRUST, Trust
from vedette.media.hub import Stream
from vedette.media.sources.source import Backoff
from vedette.media.unit import TrackKind
from vedette.protocols.rtsp.url import without_credentials

_log = logging.getLogger(__name__)

REFUSED_WAIT_S = 30.0  # a wrong password is not tried more often: cameras lock accounts
MOVES_MOST = 5
TRUST_ADVICE = "if it is the camera's own, name it as the camera's fingerprint, or its authorities as ca_file"


class Whereabouts:
    """The address to connect to: a camera's own, or where it sends us as long as it is no circle."""

    def __init__(self, own: str) -> None:
        self.url = own
        self._own = own
        self._moves = 0  # one after the other, without media in between

    def follow(self, move: Moved) -> bool:
        """Go where a camera sends us; after too many moves False, and its own address again."""
        self._moves += 1
        if self._moves > MOVES_MOST:
            self.begin_anew()
            return False
        self.url = move.location
        return True

    def begin_anew(self) -> None:
        """Its own address, as after any other trouble."""
        self.url, self._moves = self._own, 0

    def settle(self) -> None:
        """There are media here."""
        self._moves = 0


class RtspSource:
    """Publishes one camera's stream; reconnects with a growing, jittered back-off.

    `kinds` are the kinds of tracks that are taken where the camera has them; `reader` is shared with
    other cameras that are read together. `trust` judges certificates, also those of where the camera
    sends us. `fallback` is asked for name and password at each connection when neither `user` nor the URL
    tells any.
    """

    def __init__(
        self,
        url: str,
        stream: Stream,
        *,
        clock: Clock,
        user: str | None = None,
        password: str | None = None,
        fallback: Callable[[], tuple[str, str] | None] = lambda: None,
        is_udp: bool = False,
        kinds: Iterable[TrackKind] = tuple(TrackKind),
        trust: Trust = SYSTEM_TRUST,
        chance: random.Random | None = None,
        reader: SharedReader | None = None,
    ) -> None:
        target = without_credentials(url)
        self.url = target.url
        self.connects_total = 0
        self._stream = stream
        self._clock = clock
        self._user = user or target.user
        self._password = password or target.password
        self._fallback = fallback
        self._is_udp = is_udp
        self._kinds = tuple(kinds)
        self._trust = trust
        self._reader = reader
        self._chance = chance or random.Random()
        self._backoff = Backoff(self._chance)
        self._clocks = Clocks()
        self._pace = Pace()
        self._repetition = Repetition()
        self._session: CameraSession | None = None
        self._whereabouts = Whereabouts(self.url)

    @property
    def streams(self) -> tuple[Stream, ...]:
        """The one stream it publishes into."""
        return (self._stream,)

    def request_key_frame(self) -> None:
        """Ask the camera for a key frame, if it is connected."""
        self._ask_for_key_frame()

    def hasten(self) -> None:
        """Somebody watches from now on."""
        if self._session is not None:
            self._session.hasten()

    def bring(self) -> None:
        """Publish what was kept back."""
        if self._session is not None:
            self._session.bring()

    async def run(self) -> None:
        """Publish until cancelled."""
        self._stream.on_key_frame_wanted(self._ask_for_key_frame)
        self._stream.on_awaited(self.hasten)
        self._stream.on_kept_back(self.bring)
        try:
            while True:
                wait_s = 0.0
                try:
                    await self._play(self._whereabouts.url)
                except Silent as silence:
                    problem: VedetteError = silence
                    self._whereabouts.begin_anew()
                    self._backoff.succeeded()  # it was waited for long enough
                    wait_s = self._wait_s(problem)
                except Moved as move:
                    problem = move
                    if not self._whereabouts.follow(move):
                        wait_s = self._wait_s(problem)
                except VedetteError as error:
                    problem = error
                    self._pace.interrupt()
                    self._whereabouts.begin_anew()
                    wait_s = self._wait_s(problem)
                told = f"{problem}{_advice(problem)}"
                self._repetition.remember(self._stream, self._clocks)
                self._stream.withdraw(told)
                _log.warning("%s: %s; next try in %.1f s", self._stream.name, told, wait_s)
                await asyncio.sleep(wait_s)
        finally:
            self._stream.on_key_frame_wanted(None)
            self._stream.on_awaited(None)
            self._stream.on_kept_back(None)
            self._stream.withdraw("stopped")

    def _ask_for_key_frame(self) -> bool:
        return self._session is not None and self._session.request_key_frame()

    async def _play(self, url: str) -> None:
        self.connects_total += 1
        user, password = self._user, self._password
        if user is None and (login := self._fallback()) is not None:
            user, password = login
        session = self._session = CameraSession(
            url,
            self._stream,
            self._clocks,
            self._pace,
            self._repetition,
            clock=self._clock,
            kinds=self._kinds,
            user=user,
            password=password,
            is_udp=self._is_udp,
            trust=self._trust,
            chance=self._chance,
            reader=self._reader,
        )
        try:
            await session.run()
        finally:
            self._session = None
            if session.is_live:
                self._backoff.succeeded()
                self._whereabouts.settle()

    def _wait_s(self, problem: VedetteError) -> float:
        wait_s = self._backoff.wait_s()
        return max(wait_s, REFUSED_WAIT_S) if isinstance(problem, NotAuthorized) else wait_s


def _advice(problem: VedetteError) -> str:
    """What the operator may look at; empty where the problem says enough."""
    match problem:
        case CertificateNotTrusted():
            return f"; {TRUST_ADVICE}"
        case NotReached():
            return "; check its address and port, and that it is on"
        case Refused(status=404):
            return "; check the path of its address"
        case _:
            return ""
