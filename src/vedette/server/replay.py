"""Replay over RTSP: recordings as something a URL can name, and the session that sends their footage."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from vedette.base.clock import Clock
from vedette.base.timestamps import rescale
from vedette.device.playback import Sequencer, Step
from vedette.media.codecs import codec_named
from vedette.media.unit import Track
from vedette.protocols.rtp.replay_extension import ReplayStamp, build_replay_extension
from vedette.protocols.rtp.sender import RtpSender, Run, interleaved, uniform_runs
from vedette.protocols.rtsp.headers import ClockRange, NptRange
from vedette.protocols.rtsp.play import REPLAY_TAG, PlayParameters
from vedette.server.live.group import MOST_PAYLOAD_BYTES, payload_type
from vedette.server.live.outbox import Outbox
from vedette.server.live.resource import media_lines
from vedette.server.live.viewers import DatagramPort
from vedette.server.rtsp.media import Delivery, Interleave, MediaRefused, PlayStarted, TrackStart
from vedette.storage.archive import Archive
from vedette.storage.errors import NoSuchRecording
from vedette.storage.reader import RecordingReader

PREFIX = "/replay/"
CHUNK_BYTES = 256 << 10  # written at once without rate control
QUEUED_MOST_BYTES = 512 << 10  # then the client's reading sets the pace
TOGETHER_US = 5_000  # units due within this time leave with one wake-up
DATAGRAM_PAUSE_S = 0.002
EXTENSION_BYTES = 16
NO_RUNS: tuple[Run, ...] = ()
SCALES = (0.01, 64.0)


class ReplayDirectory:
    """Finds recordings under `/replay/<recording>`."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self._archive = archive
        self._clock = clock

    def find(self, path: str) -> "ReplayResource | None":
        """The resource of a path, whether there is such a recording or not; `describe` tells."""
        if not path.startswith(PREFIX):
            return None
        return ReplayResource(self._archive, self._clock, path.removeprefix(PREFIX))


class ReplayResource:
    """A recording that can be described and opened."""

    features = frozenset({REPLAY_TAG})

    def __init__(self, archive: Archive, clock: Clock, recording: str) -> None:
        self._archive = archive
        self._clock = clock
        self._recording = recording
        self._newest: tuple[Track, ...] = ()

    @property
    def title(self) -> str:
        """The recording's token."""
        return self._recording

    async def tracks(self) -> tuple[Track, ...]:
        """The tracks as they are at the end of the recording."""

        def read() -> tuple[Track, ...]:
            with self._archive.reader(self._recording) as reader:
                return reader.tracks_at(self._clock.utc_us())

        if not self._newest:
            try:
                self._newest = await asyncio.to_thread(read)
            except NoSuchRecording as error:
                raise MediaRefused(404, str(error)) from error
        if not self._newest:
            raise MediaRefused(404, f"recording {self._recording!r} is empty")
        return self._newest

    async def describe(self) -> str:
        """The SDP, each track with its reference."""
        tracks = await self.tracks()
        usage = await asyncio.to_thread(self._archive.usage, self._recording)
        lines = [f"a=range:{ClockRange(start_utc_us=usage.start_us).to_header()}"]
        for track in tracks:
            lines += [*media_lines(track), f"a=x-onvif-track:{track_token(track)}"]
        return "\r\n".join(lines) + "\r\n"

    def open(self) -> "ReplaySession":
        """A session of its own for one viewer."""
        return ReplaySession(self._archive, self._clock, self._recording, self._newest)


def track_token(track: Track) -> str:
    """The reference of a track within its recording, the same in search and replay."""
    return f"{track.kind.value.upper()}{track.number:03d}"


class Packets(NamedTuple):
    """One unit ready to be sent; the sequence number is that of its first packet."""

    step: Step
    sequence: int
    rtp_time: int
    data: bytes  # interleaved, for a track inside the connection
    runs: Sequence[Run]  # for a track over UDP


class _Play:
    """One PLAY in force: its reader, its steps, its packets; the thread's side of a session."""

    def __init__(
        self,
        reader: RecordingReader,
        sequencer: Sequencer,
        senders: dict[int, RtpSender],
        deliveries: dict[int, Delivery],
        parameters: PlayParameters,
    ) -> None:
        self.reader = reader
        self.parameters = parameters
        self.sequencer = sequencer
        self.waiting: list[Packets] = []
        self._senders = senders
        self._deliveries = deliveries

    def read(self) -> list[Packets] | None:
        """The next units as packets; None when there are none (yet). Blocks."""
        while (steps := self.sequencer.next()) is not None:
            if steps:
                return [self._packets(step) for step in steps]
        return None

    def take_back(self) -> None:
        """Give the sequence numbers of what was not sent back, so that the next PLAY leaves no gap."""
        for packets in reversed(self.waiting):
            self._senders[packets.step.unit.track].next_sequence = packets.sequence
        self.waiting = []

    def _packets(self, step: Step) -> Packets:
        unit, track = step.unit, step.track
        sender = self._senders[unit.track]
        stamp = ReplayStamp(
            utc_us=unit.utc_us,
            is_clean_point=unit.is_key,
            is_section_end=step.is_section_end,
            is_discontinuous=step.is_discontinuous,
            is_terminal=step.is_terminal,
            cseq=self.parameters.cseq & 0xFF,
        )
        ticks = rescale(step.line_us, 1_000_000, track.clock_hz)
        sequence = sender.next_sequence
        payloads = codec_named(track.codec).payloads(track, unit, MOST_PAYLOAD_BYTES - EXTENSION_BYTES)
        packets = sender.packets(payloads, ticks, build_replay_extension(stamp))
        delivery = self._deliveries.get(unit.track)
        if isinstance(delivery, Interleave):
            data, runs = interleaved(packets, delivery.channel), NO_RUNS
        else:
            data, runs = b"", tuple(uniform_runs(packets))
        return Packets(step, sequence, sender.rtp_time(ticks), data, runs)


class ReplaySession:
    """One viewer of a recording."""

    is_replay = True

    def __init__(self, archive: Archive, clock: Clock, recording: str, tracks: tuple[Track, ...]) -> None:
        self.on_lost: Callable[[str], None] | None = None
        self._archive = archive
        self._clock = clock
        self._recording = recording
        self._tracks = {track.number: track for track in tracks}
        self._deliveries: dict[int, Delivery] = {}
        self._senders: dict[int, RtpSender] = {}
        self._play: _Play | None = None
        self._task: asyncio.Task[None] | None = None
        self._grown = asyncio.Event()
        self._running = asyncio.Event()
        self._pauses = 0
        self._last_utc_us: int | None = None
        loop = asyncio.get_running_loop()

        def appended() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._grown.set)

        self._unfollow = archive.follow(recording, appended)
        self._closing: set[asyncio.Task[None]] = set()

    def add_track(self, number: int, delivery: Delivery) -> int:
        """Choose a track and how it travels; its SSRC."""
        track = self._tracks.get(number)
        if track is None:
            raise MediaRefused(404, f"recording {self._recording!r} has no track {number}")
        self.remove_track(number)
        self._deliveries[number] = delivery
        sender = self._senders[number] = RtpSender(
            ssrc=secrets.randbits(32),
            payload_type=payload_type(track),
            first_sequence=secrets.randbits(16),
            timestamp_offset=secrets.randbits(32),
        )
        return sender.ssrc

    def remove_track(self, number: int) -> None:
        """Give up a track."""
        before = self._deliveries.pop(number, None)
        if isinstance(before, DatagramPort):
            before.close()

    async def play(self, parameters: PlayParameters) -> PlayStarted:
        """Find the place and read its first footage; without a range go on where PAUSE left it."""
        current = self._play
        if parameters.range is None and current is not None and _is_same_way(current.parameters, parameters):
            current.parameters = parameters
            return self._started(parameters, current.waiting)
        _check_scale(parameters)
        await self._stop()
        start_us, end_us = await self._bounds(parameters)

        def prepare() -> _Play:
            reader = self._archive.reader(self._recording)
            sequencer = Sequencer(
                reader,
                frozenset(self._deliveries),
                parameters,
                start_us,
                end_us,
                is_seek=current is not None,
            )
            play = _Play(reader, sequencer, self._senders, self._deliveries, parameters)
            play.waiting = play.read() or []
            return play

        self._play = play = await asyncio.to_thread(prepare)
        if not play.waiting and not play.reader.is_growing:
            await self._stop()
            raise MediaRefused(457, f"recording {self._recording!r} has nothing there")
        return self._started(parameters, play.waiting)

    def begin(self) -> None:
        """Send."""
        self._running.set()
        if self._task is None and self._play is not None:
            self._task = asyncio.create_task(self._send(self._play), name=f"replay of {self._recording}")

    def pause(self) -> None:
        """Stop sending; what was read and not sent waits for the next PLAY."""
        self._running.clear()
        self._pauses += 1

    def key_frame_wanted(self) -> None:
        """Recorded pictures are as they are."""

    def close(self) -> None:
        """Stop, and give ports and files back."""
        self._unfollow()
        if self._task is not None or self._play is not None:
            task = asyncio.create_task(self._stop(), name=f"end of a replay of {self._recording}")
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
        for number in tuple(self._deliveries):
            self.remove_track(number)

    # -- where to play -----------------------------------------------------------------------------

    async def _bounds(self, parameters: PlayParameters) -> tuple[int, int | None]:
        """First and last instant of a PLAY; without a range from the last place, or from an end."""
        asked = parameters.range
        if isinstance(asked, ClockRange):
            return asked.start_utc_us, asked.end_utc_us
        if asked is None and self._last_utc_us is not None:
            return self._last_utc_us, None
        try:
            usage = await asyncio.to_thread(self._archive.usage, self._recording)
        except NoSuchRecording as error:
            raise MediaRefused(404, str(error)) from error
        if isinstance(asked, NptRange):
            if asked.start_us is None:
                return usage.end_us, None
            end_us = None if asked.end_us is None else usage.start_us + asked.end_us
            return usage.start_us + asked.start_us, end_us
        return (usage.end_us if parameters.is_reverse else usage.start_us), None

    def _started(self, parameters: PlayParameters, waiting: list[Packets]) -> PlayStarted:
        firsts: dict[int, Packets] = {}
        for packets in waiting:
            firsts.setdefault(packets.step.unit.track, packets)
        tracks = [
            TrackStart(number, firsts[number].sequence, firsts[number].rtp_time)
            if number in firsts
            else TrackStart(number, sender.next_sequence, sender.rtp_time(0))
            for number, sender in sorted(self._senders.items())
            if number in self._deliveries
        ]
        end_us = parameters.range.end_utc_us if isinstance(parameters.range, ClockRange) else None
        start_us = waiting[0].step.unit.utc_us if waiting else self._clock.utc_us()
        return PlayStarted(ClockRange(start_utc_us=start_us, end_utc_us=end_us), tracks, parameters.scale)

    async def _stop(self) -> None:
        """End the PLAY in force; its thread is waited for."""
        task, self._task = self._task, None
        play, self._play = self._play, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if play is not None:
            play.take_back()
            await asyncio.to_thread(play.reader.close)

    # -- sending -----------------------------------------------------------------------------------

    async def _send(self, play: _Play) -> None:
        is_controlled = play.parameters.is_rate_controlled
        began_s, pauses = self._clock.monotonic_s(), self._pauses
        first_due_us = play.waiting[0].step.due_us if play.waiting else 0
        began_s -= first_due_us / 1_000_000
        try:
            while True:
                ahead = asyncio.create_task(asyncio.to_thread(play.read), name="read ahead")
                try:
                    while play.waiting:
                        await self._running.wait()
                        if is_controlled and pauses != self._pauses:
                            pauses = self._pauses
                            began_s = self._clock.monotonic_s() - play.waiting[0].step.due_us / 1_000_000
                        if is_controlled:
                            await self._send_due(play, began_s)
                        else:
                            await self._send_chunk(play)
                finally:
                    following = await _finished(ahead)
                    play.waiting += following or []
                if following is None and not await self._more(play):
                    return
        except ConnectionError:
            return  # the viewer is gone; its connection ends the session

    async def _more(self, play: _Play) -> bool:
        """Wait until the recording has grown; False when the PLAY is done."""
        if play.sequencer.is_finished:
            return False
        await self._grown.wait()
        self._grown.clear()
        return True

    async def _send_due(self, play: _Play, began_s: float) -> None:
        wait_s = began_s + play.waiting[0].step.due_us / 1_000_000 - self._clock.monotonic_s()
        if wait_s > 0:
            await asyncio.sleep(wait_s)
            if not self._running.is_set():
                return
        now_us = (self._clock.monotonic_s() - began_s) * 1_000_000 + TOGETHER_US
        count = 1
        while count < len(play.waiting) and play.waiting[count].step.due_us <= now_us:
            count += 1
        await self._write(play, count)

    async def _send_chunk(self, play: _Play) -> None:
        size = count = 0
        while count < len(play.waiting) and size < CHUNK_BYTES:
            size += len(play.waiting[count].step.unit.data)
            count += 1
        await self._write(play, count)

    async def _write(self, play: _Play, count: int) -> None:
        chosen = play.waiting[:count]
        inside = b"".join(packets.data for packets in chosen)
        outbox = self._outbox
        if inside and outbox is not None:
            # What cannot leave yet stays ours, so that PAUSE and a new PLAY take effect at once.
            await outbox.drain(QUEUED_MOST_BYTES)
            if not self._running.is_set():
                return
            outbox.write(inside)
        else:
            for packets in chosen:
                await self._send_datagrams(packets)
        del play.waiting[:count]
        self._last_utc_us = chosen[-1].step.unit.utc_us

    async def _send_datagrams(self, packets: Packets) -> None:
        port = self._deliveries.get(packets.step.unit.track)
        if not isinstance(port, DatagramPort):
            return
        for run in packets.runs:
            while True:
                try:
                    port.send((run,))
                except BlockingIOError:
                    await asyncio.sleep(DATAGRAM_PAUSE_S)
                except OSError:
                    break  # refused by the viewer's host; the session's time-out will end it
                else:
                    break

    @property
    def _outbox(self) -> Outbox | None:
        inside = (way for way in self._deliveries.values() if isinstance(way, Interleave))
        first = next(inside, None)
        return None if first is None else first.outbox


async def _finished(ahead: "asyncio.Task[list[Packets] | None]") -> list[Packets] | None:
    """What a thread has read; it is waited for even when the waiting one is cancelled."""
    try:
        return await asyncio.shield(ahead)
    except asyncio.CancelledError:
        if not ahead.done():
            await asyncio.wait((ahead,))
        raise


def _is_same_way(before: PlayParameters, after: PlayParameters) -> bool:
    unranged = msgspec.structs.replace(before, range=None, cseq=0, is_immediate=False)
    return unranged == msgspec.structs.replace(after, range=None, cseq=0, is_immediate=False)


def _check_scale(parameters: PlayParameters) -> None:
    scale = abs(parameters.scale if parameters.scale is not None else 1.0)
    if not SCALES[0] <= scale <= SCALES[1]:
        raise MediaRefused(456, f"Scale {parameters.scale}; {SCALES[0]} to {SCALES[1]} are possible")
