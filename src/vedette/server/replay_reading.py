"""One PLAY of a recording: its footage read ahead in a thread and cut into packets."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from vedette.base.timestamps import rescale
from vedette.device.playback import Sequencer, Step
from vedette.media.codecs import codec_named
from vedette.media.codecs.codec import MalformedMedia
from vedette.protocols.rtp.replay_extension import REPLAY_EXTENSION_BYTES, ReplayStamp
from vedette.protocols.rtp.runs import Run, interleaved, uniform_runs
from vedette.protocols.rtp.sender import RtpSender
from vedette.protocols.rtsp.play import PlayParameters
from vedette.server.live.group import MOST_PAYLOAD_BYTES
from vedette.server.rtsp.media import Delivery, Interleave
from vedette.storage.reader import RecordingReader

_log = logging.getLogger(__name__)

NO_RUNS: tuple[Run, ...] = ()
SEARCH_MOST = 64  # pieces with nothing to send that are read in one go, so that other work gets the thread
ANSWER_AFTER = 32  # so many times; then a PLAY is answered though nothing was found yet


class Packets(NamedTuple):
    """One unit ready to be sent; the sequence number is that of its first packet."""

    step: Step
    sequence: int
    data: bytes  # interleaved, for a track inside the connection
    runs: Sequence[Run]  # for a track over UDP


class PausePoint(NamedTuple):
    """An instant at which a PLAY shall pause, and whom to tell.

    What is of that instant, or beyond it in the direction of play, is not sent. Source: RFC 2326 §10.6.
    """

    utc_us: int
    is_reverse: bool
    reached: Callable[[], None]

    def is_before(self, utc_us: int) -> bool:
        """Whether playback comes to this point before that instant."""
        return utc_us < self.utc_us if self.is_reverse else utc_us > self.utc_us

    def stops(self, packets: Packets) -> bool:
        """Whether these are the first that are not sent any more."""
        return packets.step.unit.utc_us == self.utc_us or self.is_before(packets.step.unit.utc_us)

    def passes(self, packets: Packets) -> bool:
        """Whether these are still sent."""
        return not self.stops(packets)


class Reading:
    """One PLAY in force: its reader, its steps, its packets.

    `waiting` is what can be sent. One more piece is read ahead, in a thread; everything else is called on
    the event loop. The senders number the packets as they are read, so a reading that ends early takes
    back the numbers of what was not sent. `end_us` is the last instant asked for, None for all there is;
    `is_searching` while much was read that has nothing to send.
    """

    def __init__(
        self,
        reader: RecordingReader,
        sequencer: Sequencer,
        senders: Mapping[int, RtpSender],
        deliveries: Mapping[int, Delivery],
        parameters: PlayParameters,
        end_us: int | None = None,
    ) -> None:
        self.reader = reader
        self.sequencer = sequencer
        self.parameters = parameters
        self.end_us = end_us
        self.waiting: list[Packets] = []
        self.is_resumed = False
        self.is_searching = False
        self._senders = senders
        self._deliveries = deliveries
        self._numbers = frozenset(deliveries)
        self._ahead: list[Packets] = []
        self._thread: asyncio.Task[None] | None = None
        self._following: dict[int, int] = {}  # over UDP, the number behind the last that has left
        self._jumped: set[int] = set()  # tracks whose unit that follows a jump was damaged
        self._has_told = False
        self._is_held = False

    @property
    def is_finished(self) -> bool:
        """Whether nothing will come any more, whatever is recorded."""
        return self.sequencer.is_finished

    async def is_over(self) -> bool:
        """Whether all was sent that ever comes; where that is just being found out, it is waited for."""
        if self.waiting:
            return False
        if self._thread is not None:
            await asyncio.wait((self._thread,))
        return self.is_finished and not self.waiting and not self._ahead

    def is_continued_by(self, parameters: PlayParameters) -> bool:
        """Whether a PLAY only goes on with this one; a track that was set up since has to be sought."""
        return (
            parameters.range is None
            and _without_place(parameters) == _without_place(self.parameters)
            and self._numbers.issuperset(self._deliveries)
        )

    def read_ahead(self) -> "asyncio.Task[None]":
        """Start reading the next piece, unless that is going on."""
        if self._thread is None:
            self._thread = asyncio.create_task(asyncio.to_thread(self._read), name="read ahead")
        return self._thread

    async def fetch(self, most_turns: int | None = None) -> bool:
        """Wait for what is read ahead, and let it wait to be sent; False when there is nothing (yet).

        What has nothing to send is read `SEARCH_MOST` pieces at a time, `most_turns` times at most; then
        it still `is_searching`. Raises VedetteError when the recording cannot be read any more. May be
        cancelled and called again.
        """
        turns = 0
        while True:
            await asyncio.shield(self.read_ahead())
            self._thread = None
            turns += 1
            if not self.is_searching or turns == most_turns:
                break
        ahead, self._ahead = self._ahead, []
        self.waiting += ahead
        return bool(ahead)

    def leave_out(self, number: int) -> None:
        """Send nothing of a track any more, neither what was read of it."""
        self._numbers -= {number}

    def sends(self, packets: Packets) -> bool:
        """Whether the track of these is still wanted."""
        return packets.step.unit.track in self._numbers

    def left(self, number: int, following: int) -> None:
        """Datagrams of a track have left up to the one before `following`, maybe amid a unit."""
        before = self._following.get(number, following)
        if (following - before) & 0xFFFF < 0x8000:  # a unit that is resumed leaves from its beginning
            self._following[number] = following & 0xFFFF

    async def resume(self, parameters: PlayParameters) -> None:
        """Go on for another PLAY, whose number what is waiting has to bear."""
        self._is_held = False
        if self._thread is not None:
            await self.fetch(1)
        steps = [packets.step for packets in self.waiting]
        self._number_back()
        self.parameters = parameters
        self.is_resumed = True
        self.waiting = [self._packets(step) for step in steps]

    async def hold(self) -> None:
        """Stop reading, and take back the numbers of what was not sent; `resume` gives new ones."""
        self._is_held = True
        await self._thread_ended()
        self.waiting += self._ahead
        self._ahead = []
        self._number_back()
        for number in self._numbers.intersection(self._following):
            self._senders[number].next_sequence = self._following[number]

    async def end(self) -> None:
        """Stop reading, take back the numbers of what was not sent, and close the files."""
        if not self._is_held:
            await self.hold()
        await self._thread_ended()  # who was holding it may have been cancelled, or waits still
        self.waiting = []
        self.reader.close()

    async def _thread_ended(self) -> None:
        thread = self._thread
        if thread is not None:
            await asyncio.wait((thread,))
            if not thread.cancelled():
                thread.exception()  # whoever sends has met it, or nobody needs to
            self._thread = None

    def _number_back(self) -> None:
        for packets in reversed(self.waiting):
            self._senders[packets.step.unit.track].next_sequence = packets.sequence

    def _read(self) -> None:
        self.is_searching = False
        for _ in range(SEARCH_MOST):
            steps = self.sequencer.next()
            if steps is None:
                return
            self._ahead = [packets for step in steps if (packets := self._readable(step)) is not None]
            if self._ahead:
                return
        self.is_searching = True

    def _readable(self, step: Step) -> Packets | None:
        """A unit's packets; one that was damaged on the disk is left out."""
        number = step.unit.track
        if number in self._jumped:
            self._jumped.discard(number)
            step = step._replace(is_discontinuous=True)
        try:
            return self._packets(step)
        except MalformedMedia as error:
            if step.is_discontinuous:
                self._jumped.add(number)
            if not self._has_told:
                self._has_told = True
                _log.warning("footage is damaged, a unit at least is left out of replay: %s", error)
            return None

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
        payloads = codec_named(track.codec).payloads(track, unit, MOST_PAYLOAD_BYTES - REPLAY_EXTENSION_BYTES)
        packets = sender.packets(payloads, ticks, stamp)
        delivery = self._deliveries.get(unit.track)
        if isinstance(delivery, Interleave):
            return Packets(step, sequence, interleaved(packets, delivery.channel), NO_RUNS)
        return Packets(step, sequence, b"", tuple(uniform_runs(packets)))


def _without_place(parameters: PlayParameters) -> PlayParameters:
    return msgspec.structs.replace(parameters, range=None, cseq=0, is_immediate=False)
