"""Live pictures and footage for the page, over WebSocket: a text message with the type, then fragments."""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from threading import Lock

import msgspec

from vedette.base.clock import Clock
from vedette.media.codecs import codec_named
from vedette.media.codecs.codec import MalformedMedia
from vedette.media.codecs.nal import NalFormat, split_lengths
from vedette.media.hub import Stream
from vedette.media.unit import AccessUnit, Track, TrackKind, bytes_of
from vedette.server.browser.feed import Feed, NotPlayable
from vedette.server.websocket import WebSocket
from vedette.storage.archive import Archive
from vedette.storage.errors import StorageError
from vedette.storage.reader import ForwardCursor, RecordingReader, StoredFragment

_log = logging.getLogger(__name__)

WAITING_MOST_BYTES = 4 << 20
BEHIND_MOST_US = 2_000_000  # what waits longer is left out when a key frame comes
SENT_AHEAD_BYTES = 16 << 10  # what has been sent cannot be left out any more
WAIT_FOR_TRACKS_S = 5.0
AHEAD_S = 2.0  # how far footage is sent before it is due: a browser wants a little in store
GROWTH_WAIT_S = 1.0
ALIVE_S = 5.0  # how often a browser is told that the way to it is open: it hears of nothing else (player.js)
HOLD, GO_ON = "hold", "go on"  # what a browser says that has plenty of footage in store, and no longer
PIECE_BYTES = 64 << 10  # a browser is told of whole messages alone: on a slow link each must arrive in time


class LiveFeed:
    """One browser's sink on a stream: units wait here, and whole groups are dropped when it is slow.

    What has waited for longer than `BEHIND_MOST_US` gives way to the next key frame.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._units: deque[AccessUnit] = deque(stream.kept_group)
        self._bytes = bytes_of(self._units)
        self._most_bytes = WAITING_MOST_BYTES + 2 * self._bytes  # as much comes while that is being sent
        self._arrival = asyncio.Event()
        self._tracks = stream.tracks
        self._video = next((t.number for t in stream.tracks if t.kind is TrackKind.VIDEO), -1)
        self._given_us = 0  # the instant of the last unit that `next` gave
        self.is_over = False
        if self._units:
            self._arrival.set()

    @property
    def waiting_s(self) -> float:
        """How far what the browser is given is behind what has come."""
        return max(0, self._units[-1].utc_us - self._given_us) / 1_000_000 if self._units else 0.0

    def tracks_changed(self, tracks: tuple[Track, ...]) -> None:
        """Another codec or other parameter sets: the browser has to begin again."""
        if tracks != self._tracks:
            self.is_over = True
            self._arrival.set()

    def receive(self, units: Sequence[AccessUnit]) -> None:
        """Keep units until the browser takes them; none that came after the end."""
        if self.is_over:
            return
        if self._units:
            units = self._newest(units)
        size = bytes_of(units)
        if self._bytes + size > self._most_bytes:
            self.is_over = True  # it comes back by itself and starts with the newest key frame
        else:
            self._units.extend(units)
            self._bytes += size
        self._arrival.set()

    def begin_anew(self) -> None:
        """Give next what has come since the latest key frame, given before or not."""
        self._units = deque(self._stream.kept_group)
        self._bytes = bytes_of(self._units)
        self._arrival.set()

    async def next(self) -> list[AccessUnit]:
        """What has come since the last call, of much about `SENT_AHEAD_BYTES`; waits for something."""
        await self._arrival.wait()
        units, size = [], 0
        while self._units and size < SENT_AHEAD_BYTES:
            units.append(self._units.popleft())
            size += len(units[-1].data)
        self._bytes -= size
        if units:
            self._given_us = units[-1].utc_us
        if not self._units:
            self._arrival.clear()
        return units

    def _newest(self, units: Sequence[AccessUnit]) -> Sequence[AccessUnit]:
        """The units, from their last key frame on where what waits is too old: then that is left out."""
        starts = [place for place, unit in enumerate(units) if unit.is_key and unit.track == self._video]
        if not starts or units[starts[-1]].utc_us - self._given_us <= BEHIND_MOST_US:
            return units
        self._units.clear()
        self._bytes = 0
        return units[starts[-1] :]


class Pace:
    """When footage is due to be sent: as fast as it was made, gaps left out, `AHEAD_S` early.

    It begins with `from_us`: what a group of pictures has from before is needed at once. Where a browser has
    had it held back, `go_on` says from where it goes on.
    """

    def __init__(self, from_us: int) -> None:
        self._from_us = from_us
        self._began_s = 0.0
        self._began_us = self._end_us = 0

    def due_s(self, start_us: int, end_us: int, now_s: float, *, is_beginning: bool) -> float:
        """When the fragment from `start_us` to `end_us` is due; `is_beginning` of a stretch of footage.

        What comes behind a gap waits its turn, however short the stretches are.
        """
        if is_beginning:
            self._began_s = max(now_s, self._began_s + (self._end_us - self._began_us) / 1_000_000)
            self._began_us = max(start_us, self._from_us)
            self._from_us = 0
        self._end_us = end_us
        return self._began_s + (start_us - self._began_us) / 1_000_000 - AHEAD_S

    def go_on(self, start_us: int, now_s: float) -> None:
        """What begins at `start_us` is due now, and what comes behind it as much later."""
        self._began_s, self._began_us = now_s + AHEAD_S, start_us


class Footage:
    """A recording's fragments with their units, without those that are damaged; in worker threads.

    A browser comes back to where it could not go on: told of damage, it would meet the same again and again.
    `damage` says in words what was left out first, and is empty while nothing is.
    """

    def __init__(self, recording: str, reader: RecordingReader, from_us: int) -> None:
        self.damage = ""
        self._recording = recording
        self._reader = reader
        self._from_us = from_us
        self._begun: ForwardCursor | None = None
        self._reading = Lock()  # a thread goes on where whoever waits for it is cancelled
        self._is_closed = False
        self._passed_over = 0
        self._is_broken = False  # something is missing before what comes next

    def next(self) -> tuple[StoredFragment, list[AccessUnit], bool] | None:
        """A fragment, its units up to the first damaged one, and whether it follows on damage.

        There are no units where the first is damaged, and where their key frame is lost. None when there is
        no fragment (yet).
        """
        try:
            with self._reading:
                return None if self._is_closed else self._next()
        finally:
            if self._is_closed:
                self.close()

    def close(self) -> None:
        """Close the files, at once or, where a thread reads them, as soon as it has ended."""
        self._is_closed = True
        if self._reading.acquire(blocking=False):
            try:
                self._reader.close()
            finally:
                self._reading.release()

    def _next(self) -> tuple[StoredFragment, list[AccessUnit], bool] | None:
        cursor = self._begun = self._begun or self._reader.forward(self._from_us)
        fragment = cursor.next()
        if fragment is None:
            return None
        if cursor.passed_over > self._passed_over:
            self._passed_over = cursor.passed_over
            self._tell(fragment, "what lies before cannot be read")
        follows_damage = self._is_broken
        if follows_damage and not fragment.is_clean:
            return fragment, [], True
        self._is_broken = False
        units = self._whole(fragment)
        has_lost = self._is_broken and fragment.is_clean  # maybe the very key frame that it begins with
        if has_lost and not any(unit.is_key and unit.track == fragment.lead for unit in units):
            units = []
        return fragment, units, follows_damage

    def _whole(self, fragment: StoredFragment) -> list[AccessUnit]:
        try:
            units = fragment.units()
        except StorageError as error:
            self._tell(fragment, str(error))
            return []
        pictures = {t.number for t in fragment.tracks if isinstance(codec_named(t.codec), NalFormat)}
        for index, unit in enumerate(units):
            if unit.track in pictures:
                try:
                    deque(split_lengths(unit.data), maxlen=0)
                except MalformedMedia as error:
                    self._tell(fragment, str(error))
                    return units[:index]
        return units

    def _tell(self, fragment: StoredFragment, damage: str) -> None:
        self._is_broken = True
        if not self.damage:
            self.damage = damage
            where = fragment.place.segment.path
            _log.warning("playback of %s passes over damaged footage: %s: %s", self._recording, where, damage)


class Player:
    """Serves the page's two kinds of WebSocket."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self._archive = archive
        self._clock = clock
        self._viewers: Counter[str] = Counter()

    def viewers_of(self, stream: Stream) -> int:
        """How many browsers watch a live stream now."""
        return self._viewers[stream.name]

    async def live(self, stream: Stream, socket: WebSocket) -> None:
        """Send a live stream until the browser goes or the stream changes."""
        for _ in range(round(WAIT_FOR_TRACKS_S / 0.05)):
            if stream.kept_group:
                break
            await asyncio.sleep(0.05)
        try:
            feed = Feed(stream.tracks)
        except NotPlayable as problem:
            await _say(socket, problem=str(problem))
            return
        source = LiveFeed(stream)
        stream.attach(source)
        self._viewers[stream.name] += 1
        gone = asyncio.create_task(_closed(socket), name="browser goes")
        try:
            await self._begin_live(socket, feed)
            socket.send_just_in_time(SENT_AHEAD_BYTES)

            def state() -> dict[str, float]:
                return {"sent_s": self._clock.monotonic_s(), "waiting_s": source.waiting_s}

            async with _told_alive(socket, state):
                while not source.is_over and not gone.done():
                    waiting = asyncio.ensure_future(source.next())
                    await asyncio.wait((waiting, gone), return_when=asyncio.FIRST_COMPLETED)
                    if not waiting.done():
                        waiting.cancel()
                        break
                    units = waiting.result()
                    if not feed.lacks_sound(units):
                        await _give(socket, feed.live_fragments(units))
                        continue
                    feed = feed.without_sound()
                    source.begin_anew()
                    await self._begin_live(socket, feed)
        finally:
            gone.cancel()
            self._viewers[stream.name] -= 1
            stream.detach(source)

    async def _begin_live(self, socket: WebSocket, feed: Feed) -> None:
        await _say(socket, mime=feed.mime, sent_s=self._clock.monotonic_s())
        await socket.send_bytes(feed.init_segment(self._clock.utc_us()))

    async def playback(self, recording: str, from_us: int, socket: WebSocket) -> None:
        """Send footage from an instant on in real time, over gaps and damage, and on as it is recorded."""
        reader = await asyncio.to_thread(self._archive.reader, recording)
        footage = Footage(recording, reader, from_us)
        wanted = asyncio.Event()
        wanted.set()
        gone = asyncio.create_task(_closed(socket, wanted), name="browser goes")
        sending = asyncio.create_task(
            self._send(reader, footage, from_us, socket, wanted), name="playback for a browser"
        )
        try:
            async with _told_alive(socket):
                await asyncio.wait((sending, gone), return_when=asyncio.FIRST_COMPLETED)
            if sending.done() and not gone.done():
                await _tell_end(sending, recording, socket)
        finally:
            gone.cancel()
            sending.cancel()
            try:
                await asyncio.wait((sending,))
            finally:
                footage.close()

    async def refuse(self, socket: WebSocket, problem: str) -> None:
        """Tell the page why it gets nothing."""
        await _say(socket, problem=problem)

    async def _send(
        self,
        reader: RecordingReader,
        footage: Footage,
        from_us: int,
        socket: WebSocket,
        wanted: asyncio.Event,
    ) -> None:
        feed: Feed | None = None
        tracks: tuple[Track, ...] = ()
        pace = Pace(from_us)
        while True:
            is_settled = reader.is_settled
            found = await asyncio.to_thread(footage.next)
            if found is None:
                if is_settled:
                    if feed is None and footage.damage:
                        raise StorageError(footage.damage)
                    return
                await asyncio.sleep(GROWTH_WAIT_S)
                continue
            fragment, units, follows_damage = found
            if not units:
                continue
            former = feed
            is_beginning = fragment.tracks != tracks or fragment.follows_gap or follows_damage
            if feed is None or is_beginning:
                tracks = fragment.tracks
                try:
                    feed = Feed(tracks)
                except NotPlayable as problem:
                    await _say(socket, problem=str(problem))
                    return
            if feed.lacks_sound(units):
                feed = feed.without_sound()  # up to the next gap: a browser shows that it begins anew
            if feed is not former:
                await _say(socket, mime=feed.mime, from_us=fragment.start_us)
                await socket.send_bytes(feed.init_segment(fragment.start_us))
            data = feed.fragments(units)
            await _due(pace, fragment, wanted, is_beginning=is_beginning)
            await _give(socket, data)


async def _due(pace: Pace, fragment: StoredFragment, wanted: asyncio.Event, *, is_beginning: bool) -> None:
    """Wait until a fragment is due, and wanted."""
    now_s = asyncio.get_running_loop().time
    due_s = pace.due_s(fragment.start_us, fragment.end_us, now_s(), is_beginning=is_beginning)
    await asyncio.sleep(max(0.0, due_s - now_s()))
    if not wanted.is_set():
        await wanted.wait()
        pace.go_on(fragment.start_us, now_s())


async def _tell_end(sending: "asyncio.Task[None]", recording: str, socket: WebSocket) -> None:
    """Why a playback ended, where it did not end with the footage; a defect is raised."""
    try:
        sending.result()
    except StorageError as problem:
        _log.warning("playback of %s: %s", recording, problem)
        await _say(socket, problem=str(problem))


async def _say(socket: WebSocket, **fields: str | float) -> None:
    await socket.send_text(msgspec.json.encode(fields).decode())


async def _give(socket: WebSocket, data: bytes) -> None:
    for at in range(0, len(data), PIECE_BYTES):
        await socket.send_bytes(data[at : at + PIECE_BYTES])


@asynccontextmanager
async def _told_alive(socket: WebSocket, state: Callable[[], dict[str, float]] = dict) -> AsyncIterator[None]:
    """Send a message without a type now and then: a browser then tells a quiet camera from a dead connection.

    By its `state` a browser tells a slow one as well: when it was sent, and how long what is sent has waited.
    """

    async def tell() -> None:
        with suppress(ConnectionError):
            while True:
                await asyncio.sleep(ALIVE_S)
                await _say(socket, **state())

    telling = asyncio.create_task(tell(), name="a browser's connection is alive")
    try:
        yield
    finally:
        telling.cancel()


async def _closed(socket: WebSocket, wanted: asyncio.Event | None = None) -> None:
    """Wait until the browser goes. Meanwhile it may say whether footage is `wanted`."""
    async for message in socket:
        if wanted is not None and message == HOLD:
            wanted.clear()
        elif wanted is not None and message == GO_ON:
            wanted.set()
