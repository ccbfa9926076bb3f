"""Replay over RTSP: recordings as something a URL can name, and the session that sends their footage."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import takewhile

from vedette.base.clock import Clock
from vedette.base.errors import VedetteError
from vedette.base.timestamps import NTP_EPOCH_S, rescale
from vedette.device.playback import AFTER_GAP_US, Sequencer
from vedette.device.playback_pieces import first_described
from vedette.device.recordings import track_token
from vedette.media.unit import Track
from vedette.protocols.rtp.runs import Run, bytes_of
from vedette.protocols.rtp.sender import RtpSender
from vedette.protocols.rtsp.headers import ClockRange, NptRange, Range
from vedette.protocols.rtsp.play import REPLAY_TAG, PlayParameters
from vedette.protocols.rtsp.session import DEFAULT_TIMEOUT_S
from vedette.server.live.group import payload_type
from vedette.server.live.outbox import Outbox
from vedette.server.live.resource import media_lines
from vedette.server.live.viewers import DatagramPort
from vedette.server.pacing import LINK_BYTES_PER_S, Pace, steady_bytes_per_s
from vedette.server.replay_reading import ANSWER_AFTER, Packets, PausePoint, Reading
from vedette.server.rtsp.media import Delivery, Interleave, MediaRefused, PlayStarted, TrackStart
from vedette.storage.archive import Archive
from vedette.storage.errors import NoSuchRecording, StorageError

_log = logging.getLogger(__name__)

PREFIX = "/replay/"
CHUNK_BYTES = 256 << 10  # written at once without rate control
QUEUED_MOST_BYTES = 512 << 10  # then the client's reading sets the pace
TOGETHER_US = 5_000  # units due within this time leave with one wake-up
DATAGRAM_PAUSE_S = 0.002
SINCE_1900_US = NTP_EPOCH_S * 1_000_000
SCALES = (0.01, 64.0)  # of Scale times Speed, forward or backward


class ReplayDirectory:
    """Finds recordings under `/replay/<recording>`; `timeout_s` tells how long new sessions may be silent."""

    def __init__(
        self, archive: Archive, clock: Clock, timeout_s: Callable[[], float] = lambda: DEFAULT_TIMEOUT_S
    ) -> None:
        self._archive = archive
        self._clock = clock
        self._timeout_s = timeout_s

    def find(self, path: str) -> "ReplayResource | None":
        """The resource of a path, whether there is such a recording or not; `describe` tells."""
        if not path.startswith(PREFIX):
            return None
        return ReplayResource(self._archive, self._clock, path.removeprefix(PREFIX), self._timeout_s())


class ReplayResource:
    """A recording that can be described and opened."""

    features = frozenset({REPLAY_TAG})

    def __init__(
        self, archive: Archive, clock: Clock, recording: str, session_timeout_s: float = DEFAULT_TIMEOUT_S
    ) -> None:
        self.session_timeout_s = session_timeout_s
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
        length_us = max(0, usage.end_us - usage.start_us)
        # Who reads one of them alone takes the first (GStreamer), or the last (FFmpeg; live555 both).
        lines = [
            f"a=range:{ClockRange(start_utc_us=usage.start_us).to_header()}",
            f"a=range:{NptRange(start_us=0, end_us=length_us).to_header()}",
        ]
        for track in tracks:
            lines += [*media_lines(track), f"a=x-onvif-track:{track_token(track)}"]
        return "\r\n".join(lines) + "\r\n"

    def open(self) -> "ReplaySession":
        """A session of its own for one viewer."""
        return ReplaySession(self._archive, self._clock, self._recording, self._newest)


class ReplaySession:
    """One viewer of a recording."""

    is_replay = True

    def __init__(self, archive: Archive, clock: Clock, recording: str, tracks: tuple[Track, ...]) -> None:
        self.on_lost: Callable[[str], None] | None = None
        self.peer = ""
        self._archive = archive
        self._clock = clock
        self._recording = recording
        self._tracks = {track.number: track for track in tracks}
        self._deliveries: dict[int, Delivery] = {}
        self._senders: dict[int, RtpSender] = {}
        self._reading: Reading | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._grown = asyncio.Event()
        self._last_utc_us: int | None = None
        self._origin_us: int | None = None  # of normal play time: retention must not move it under a player
        self._tells_play_time = False  # the client counts in it
        self._line_us = 0  # where the RTP times of the next PLAY begin, behind all that was sent
        self._pause: PausePoint | None = None
        self._pace = Pace()
        self._is_closed = False
        loop = asyncio.get_running_loop()

        def appended() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._grown.set)

        self._unfollow = archive.follow(recording, appended)

    def add_track(self, number: int, delivery: Delivery) -> int:
        """Choose a track and how it travels; its SSRC."""
        track = self._tracks.get(number)
        if track is None:
            raise MediaRefused(404, f"recording {self._recording!r} has no track {number}")
        others = [each for other, each in self._deliveries.items() if other != number]
        if others and isinstance(others[0], Interleave) is not isinstance(delivery, Interleave):
            raise MediaRefused(461, "all tracks of a session travel the same way")
        self._close_port(number)
        self._deliveries[number] = delivery
        sender = self._senders[number] = RtpSender(
            ssrc=secrets.randbits(32),
            payload_type=payload_type(track),
            first_sequence=secrets.randbits(16),
            timestamp_offset=secrets.randbits(32),
        )
        return sender.ssrc

    def remove_track(self, number: int) -> None:
        """Give up a track, at once."""
        if self._reading is not None:
            self._reading.leave_out(number)
        self._close_port(number)

    def _close_port(self, number: int) -> None:
        before = self._deliveries.pop(number, None)
        if isinstance(before, DatagramPort):
            before.close()

    async def play(self, parameters: PlayParameters) -> PlayStarted:
        """Find the place and read its first footage; without a range go on where the last PLAY was left.

        A PLAY during another one takes its place at once, whatever `Immediate` says; one that is refused
        leaves it as it is.
        """
        reading = self._reading
        try:
            is_over = reading is not None and await reading.is_over()
            if reading is not None and reading.end_us is not None and is_over:
                self._last_utc_us = reading.end_us
            elif reading is not None and reading.is_continued_by(parameters):
                self._pause = None
                if self._task is None or self._task.cancelling():
                    if is_over:
                        raise MediaRefused(457, f"recording {self._recording!r} has no more for this PLAY")
                    await self._halt()
                    await reading.resume(parameters)
                return self._started(reading)
            _check_pace(parameters)
            return self._started(await self._changed_to(parameters, reading))
        except NoSuchRecording as error:
            raise MediaRefused(404, str(error)) from error
        except StorageError as error:
            raise MediaRefused(500, str(error)) from error

    async def _changed_to(self, parameters: PlayParameters, before: Reading | None) -> Reading:
        is_sending = self._task is not None and not self._task.done() and not self._task.cancelling()
        await self._halt()
        if before is not None:
            await before.hold()
        try:
            reading = await self._found(parameters, is_seek=before is not None)
            may_come = reading.is_searching or not reading.reader.is_settled
            if self._is_closed:
                await reading.end()
                raise MediaRefused(454, "the session has ended")
            if not reading.waiting and (reading.is_finished or not may_come):
                await reading.end()
                raise MediaRefused(457, f"recording {self._recording!r} has nothing there")
        except VedetteError:
            if before is not None and not self._is_closed:
                await before.resume(before.parameters)
                if is_sending:
                    self.begin()
            raise
        self._pause, self._reading = None, reading
        self._last_utc_us = reading.sequencer.start_us  # as long as nothing of it is sent
        if before is not None:
            await before.end()
        return reading

    def begin(self) -> None:
        """Send."""
        if self._task is None and self._reading is not None:
            self._task = asyncio.create_task(self._send(self._reading), name=f"replay of {self._recording}")

    def pause(self) -> None:
        """Stop sending; what was read and not sent waits for the next PLAY."""
        self._pause = None
        if self._task is not None and self._task.done():
            self._task = None
        elif self._task is not None:
            self._task.cancel()

    async def pause_at(self, point: Range, reached: Callable[[], None]) -> None:
        """See PausesLater; backwards it stops before the group of pictures that the instant is in."""
        if isinstance(point, NptRange):
            point_us = _instant_us(await self._origin(), point.start_us or 0)
        else:
            point_us = point.start_utc_us or 0
        reading = self._reading
        if reading is None or self._task is None or self._task.done():
            raise MediaRefused(457, "nothing is being played")
        pause = PausePoint(point_us, reading.parameters.is_reverse, reached)
        end_us = reading.end_us
        here_us = reading.waiting[0].step.unit.utc_us if reading.waiting else self._last_utc_us
        if here_us is not None and pause.is_before(here_us):
            raise MediaRefused(457, "playback is past that instant")
        if end_us is not None and not pause.is_before(end_us) and end_us != point_us:
            raise MediaRefused(457, "playback ends before that instant")
        self._pause = pause

    def key_frame_wanted(self) -> None:
        """Recorded pictures are as they are."""

    def close(self) -> "asyncio.Task[None] | None":
        """Stop, and give ports and files back; see MediaSession."""
        self._is_closed = True
        self._unfollow()
        if self._closing is None and self._reading is not None:
            self._closing = asyncio.create_task(self._stop(), name=f"end of a replay of {self._recording}")
        for number in tuple(self._deliveries):
            self.remove_track(number)
        return self._closing

    # -- where to play -----------------------------------------------------------------------------

    async def _found(self, parameters: PlayParameters, *, is_seek: bool) -> Reading:
        start_us, end_us = await self._bounds(parameters)
        numbers, described = frozenset(self._deliveries), tuple(self._tracks.values())
        line_us = self._line_us

        def find() -> Reading:
            with ExitStack() as opened:
                reader = opened.enter_context(self._archive.reader(self._recording))
                begin_us = start_us
                if not parameters.is_reverse:
                    begin_us = first_described(reader, numbers, described, start_us, self._clock.utc_us())
                sequencer = Sequencer(
                    reader,
                    numbers,
                    parameters,
                    begin_us,
                    end_us,
                    is_seek=is_seek,
                    described=described,
                    line_start_us=line_us,
                )
                opened.pop_all()  # the reading closes it
            return Reading(reader, sequencer, self._senders, self._deliveries, parameters, end_us)

        finding = asyncio.create_task(asyncio.to_thread(find), name=f"find in {self._recording}")
        try:
            reading = await asyncio.shield(finding)
            if not await reading.fetch(ANSWER_AFTER):
                reading.sequencer.tell_start()
        except BaseException:
            await asyncio.wait((finding,))
            if finding.exception() is None:
                await finding.result().end()
            raise
        return reading

    async def _bounds(self, parameters: PlayParameters) -> tuple[int, int | None]:
        """First and last instant of a PLAY; without a range from the last place, or from an end."""
        asked = parameters.range
        end_us = asked.end_utc_us if isinstance(asked, ClockRange) else None
        if isinstance(asked, ClockRange) and asked.start_utc_us is not None:
            return asked.start_utc_us, end_us
        if not isinstance(asked, NptRange) and self._last_utc_us is not None:
            return self._last_utc_us, end_us
        if isinstance(asked, NptRange) and asked.start_us is not None:
            origin_us = await self._origin()
            end_us = None if asked.end_us is None else _instant_us(origin_us, asked.end_us)
            return _instant_us(origin_us, asked.start_us), end_us
        usage = await asyncio.to_thread(self._archive.usage, self._recording)
        if isinstance(asked, NptRange):
            return usage.end_us, None
        return (usage.end_us if parameters.is_reverse else usage.start_us), end_us

    async def _origin(self) -> int:
        """The instant at which normal play time is zero."""
        if self._origin_us is None:
            usage = await asyncio.to_thread(self._archive.usage, self._recording)
            self._origin_us = usage.start_us
        return self._origin_us

    def _started(self, reading: Reading) -> PlayStarted:
        parameters = reading.parameters
        firsts: dict[int, Packets] = {}
        for packets in reading.waiting:
            firsts.setdefault(packets.step.unit.track, packets)
        start_us, line_us = self._first_shown(reading)
        tracks = [
            TrackStart(
                number,
                firsts[number].sequence if number in firsts else sender.next_sequence,
                sender.rtp_time(rescale(line_us, 1_000_000, self._tracks[number].clock_hz)),
            )
            for number, sender in sorted(self._senders.items())
            if number in self._deliveries
        ]
        shown = ClockRange(start_utc_us=start_us, end_utc_us=reading.end_us)
        play_time = self._play_time(parameters.range, start_us, reading.end_us)
        return PlayStarted(shown, tracks, parameters.scale, parameters.speed, play_time)

    def _play_time(self, asked: Range | None, start_us: int, end_us: int | None) -> NptRange | None:
        """A range in normal play time, for who counts in it: a PLAY that goes on says nothing of its own."""
        if asked is not None:
            seconds_us = asked.start_us if isinstance(asked, NptRange) else None
            self._tells_play_time = seconds_us is not None and seconds_us < SINCE_1900_US
        origin_us = self._origin_us
        if not self._tells_play_time or origin_us is None:
            return None
        end_us = None if end_us is None else max(0, end_us - origin_us)
        return NptRange(start_us=max(0, start_us - origin_us), end_us=end_us)

    def _first_shown(self, reading: Reading) -> tuple[int, int]:
        """The instant with which a PLAY begins, and its place on the time line."""
        if reading.waiting and (reading.is_resumed or reading.sequencer.first_us is None):
            step = reading.waiting[0].step
            return step.unit.utc_us, step.line_us
        start_us = reading.sequencer.first_us
        if start_us is None:
            start_us, line_us = reading.sequencer.start_us, reading.sequencer.line_start_us
            return start_us, line_us if reading.parameters.is_rate_controlled else start_us
        if reading.is_resumed and self._last_utc_us is not None:
            start_us = self._last_utc_us  # all that is recorded was sent
        return start_us, reading.sequencer.line_of(start_us)

    async def _halt(self) -> None:
        """Stop sending."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _stop(self) -> None:
        """End the PLAY in force; its thread is waited for."""
        reading, self._reading = self._reading, None
        await self._halt()
        if reading is not None:
            await reading.end()

    # -- sending -----------------------------------------------------------------------------------

    async def _send(self, reading: Reading) -> None:
        try:
            await self._send_all(reading)
        except ConnectionError:
            return  # the viewer is gone; its connection ends the session
        except VedetteError as error:
            _log.warning("replay of %s: %s", self._recording, error)
            if self.on_lost is not None:
                self.on_lost(str(error))

    async def _send_all(self, reading: Reading) -> None:
        is_controlled = reading.parameters.is_rate_controlled
        began_s: float | None = None  # when the time line of this PLAY began, less all pauses
        while True:
            reading.read_ahead()
            while reading.waiting:
                if self._is_paused(reading):
                    return
                if began_s is None:
                    began_s = self._clock.monotonic_s() - reading.waiting[0].step.due_us / 1_000_000
                if is_controlled:
                    await self._send_due(reading, began_s)
                else:
                    await self._send_chunk(reading)
            if not await reading.fetch():
                if reading.sequencer.is_cut_off:
                    raise MediaRefused(410, "the footage goes on in codecs that were not described")
                if reading.is_finished:
                    return
                if not reading.reader.is_growing:
                    await asyncio.to_thread(self._archive.recording, self._recording)  # it may be deleted
                await self._grown.wait()
                self._grown.clear()

    def _is_paused(self, reading: Reading) -> bool:
        """Whether the pause point has come; then nobody sends any more."""
        pause = self._pause
        if pause is None or not pause.stops(reading.waiting[0]):
            return False
        self._pause = self._task = None
        pause.reached()
        return True

    async def _send_due(self, reading: Reading, began_s: float) -> None:
        waiting = reading.waiting
        wait_s = began_s + waiting[0].step.due_us / 1_000_000 - self._clock.monotonic_s()
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        now_us = (self._clock.monotonic_s() - began_s) * 1_000_000 + TOGETHER_US
        count = 1
        while count < len(waiting) and waiting[count].step.due_us <= now_us:
            count += 1
        await self._write(reading, count)

    async def _send_chunk(self, reading: Reading) -> None:
        size = count = 0
        while count < len(reading.waiting) and size < CHUNK_BYTES:
            size += len(reading.waiting[count].step.unit.data)
            count += 1
        await self._write(reading, count)

    async def _write(self, reading: Reading, count: int) -> None:
        outbox = self._outbox
        if outbox is None:
            await self._send_datagrams(reading, count)
            return
        # What cannot leave yet stays ours, so that PAUSE and a new PLAY take effect at once.
        await outbox.drain(QUEUED_MOST_BYTES)
        chosen = reading.waiting[:count]
        if self._pause is not None:
            chosen = list(takewhile(self._pause.passes, chosen))
            if not chosen:
                return
        del reading.waiting[: len(chosen)]
        outbox.write(b"".join(packets.data for packets in chosen if reading.sends(packets)))
        self._sent(reading, chosen)

    def _sent(self, reading: Reading, sent: Sequence[Packets]) -> None:
        last = sent[-1].step
        self._last_utc_us = last.unit.utc_us
        if reading.parameters.is_rate_controlled:
            self._line_us = max(self._line_us, *(each.step.line_us + AFTER_GAP_US for each in sent))
        else:
            self._line_us = last.line_us + AFTER_GAP_US

    async def _send_datagrams(self, reading: Reading, count: int) -> None:
        bytes_per_s = LINK_BYTES_PER_S
        if reading.parameters.is_rate_controlled:
            due = reading.waiting[:count]
            bytes_per_s = steady_bytes_per_s(sum(bytes_of(each.runs) for each in due))
        for _ in range(count):
            packets = reading.waiting[0]
            if packets.runs:
                await self._turn_of(packets.runs[0], bytes_per_s)
            if self._pause is not None and self._pause.stops(packets):
                return
            number, following = packets.step.unit.track, packets.sequence
            for run in packets.runs:
                if following != packets.sequence:
                    await asyncio.sleep(0)
                    await self._turn_of(run, bytes_per_s)
                port = self._deliveries.get(number)
                if not isinstance(port, DatagramPort) or not reading.sends(packets):
                    break
                following += run.packet_count
                await self._send_run(reading, port, run, number, following)
                self._pace.left(len(run.data))
            del reading.waiting[0]
            self._sent(reading, (packets,))
            await asyncio.sleep(0)  # who ends this here finds the unit sent whole

    async def _turn_of(self, run: Run, bytes_per_s: float) -> None:
        wait_s = self._pace.wait_s(len(run.data), bytes_per_s, self._clock.monotonic_s())
        if wait_s > 0:
            await asyncio.sleep(wait_s)

    async def _send_run(
        self, reading: Reading, port: DatagramPort, run: Run, number: int, following: int
    ) -> None:
        rest = port.send((run,))
        while rest:
            reading.left(number, following - sum(each.packet_count for each in rest))
            await asyncio.sleep(DATAGRAM_PAUSE_S)
            rest = port.send(rest)
        reading.left(number, following)
        if port.is_refused:
            raise MediaRefused(503, "its host refuses the datagrams")

    @property
    def _outbox(self) -> Outbox | None:
        inside = (way for way in self._deliveries.values() if isinstance(way, Interleave))
        first = next(inside, None)
        return None if first is None else first.outbox


def _instant_us(start_us: int, npt_us: int) -> int:
    """The instant that a normal play time stands for, in a recording that began at `start_us`.

    GStreamer's rtspsrc, unless told of its onvif-mode, reads the clock range of a description and writes it
    as seconds since 1900. No recording is that long.
    """
    return npt_us - SINCE_1900_US if npt_us >= SINCE_1900_US else start_us + npt_us


def _check_pace(parameters: PlayParameters) -> None:
    scale = 1.0 if parameters.scale is None else abs(parameters.scale)
    speed = 1.0 if parameters.speed is None else parameters.speed
    if not SCALES[0] <= scale * speed <= SCALES[1] or scale == 0:
        raise MediaRefused(456, f"Scale {scale} at speed {speed}; {SCALES[0]} to {SCALES[1]} are possible")
