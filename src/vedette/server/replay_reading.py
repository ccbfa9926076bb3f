"""One PLAY of a recording: its footage read ahead in a thread and cut into packets."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from vedette.base.timestamps import rescale
from vedette.device.playback import Sequencer, Step
from vedette.media.codecs import codec_named
from vedette.protocols.rtp.batch import Run, interleaved, uniform_runs
from vedette.protocols.rtp.replay_extension import ReplayStamp
from vedette.protocols.rtp.sender import RtpSender
from vedette.protocols.rtsp.play import PlayParameters
from vedette.server.live.group import MOST_PAYLOAD_BYTES
from vedette.server.rtsp.media import Delivery, Interleave
from vedette.storage.reader import RecordingReader

EXTENSION_BYTES = 16
NO_RUNS: tuple[Run, ...] = ()


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
    the event loop. The senders number the packets as they are read, so a reading that ends early must
    `take_back` what was not sent.
    """

    def __init__(
        self,
        reader: RecordingReader,
        sequencer: Sequencer,
        senders: Mapping[int, RtpSender],
        deliveries: Mapping[int, Delivery],
        parameters: PlayParameters,
    ) -> None:
        self.reader = reader
        self.sequencer = sequencer
        self.parameters = parameters
        self.waiting: list[Packets] = []
        self.is_resumed = False
        self._senders = senders
        self._deliveries = deliveries
        self._numbers = frozenset(deliveries)
        self._ahead: list[Packets] = []
        self._thread: asyncio.Task[None] | None = None

    @property
    def is_finished(self) -> bool:
        """Whether nothing will come any more, whatever is recorded."""
        return self.sequencer.is_finished

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

    async def fetch(self) -> bool:
        """Wait for what is read ahead, and let it wait to be sent; False when there is nothing (yet).

        Raises VedetteError when the recording cannot be read any more. May be cancelled and called again.
        """
        reading = self.read_ahead()
        await asyncio.shield(reading)
        self._thread = None
        ahead, self._ahead = self._ahead, []
        self.waiting += ahead
        return bool(ahead)

    async def resume(self, parameters: PlayParameters) -> None:
        """Go on for another PLAY, whose number what is waiting has to bear."""
        if self._thread is not None:
            await self.fetch()
        steps = [packets.step for packets in self.waiting]
        self._number_back()
        self.parameters = parameters
        self.is_resumed = True
        self.waiting = [self._packets(step) for step in steps]

    async def end(self) -> None:
        """Stop reading, take back the numbers of what was not sent, and close the files."""
        if self._thread is not None:
            await asyncio.wait((self._thread,))
            if not self._thread.cancelled():
                self._thread.exception()  # whoever sends has met it, or nobody needs to
            self._thread = None
        self.waiting += self._ahead
        self._ahead = []
        self._number_back()
        self.waiting = []
        self.reader.close()

    def _number_back(self) -> None:
        for packets in reversed(self.waiting):
            self._senders[packets.step.unit.track].next_sequence = packets.sequence

    def _read(self) -> None:
        while (steps := self.sequencer.next()) is not None:
            if steps:
                self._ahead = [self._packets(step) for step in steps]
                return

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
        packets = sender.packets(payloads, ticks, stamp)
        delivery = self._deliveries.get(unit.track)
        if isinstance(delivery, Interleave):
            return Packets(step, sequence, interleaved(packets, delivery.channel), NO_RUNS)
        return Packets(step, sequence, b"", tuple(uniform_runs(packets)))


def _without_place(parameters: PlayParameters) -> PlayParameters:
    return msgspec.structs.replace(parameters, range=None, cseq=0, is_immediate=False)
