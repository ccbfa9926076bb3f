"""A recording being made: takes a live stream's units and leaves segments, the index and gaps behind."""

import errno
import struct
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

import msgspec

from vedette.base.errors import VedetteError
from vedette.base.timestamps import rescale
from vedette.media.unit import (
    AccessUnit,
    Track,
    TrackKind,
    bytes_of,
    is_key_of,
    track_of,
    units_of,
    utc_us_of,
)
from vedette.storage.assembly import (
    STEP_US,
    Assembler,
    Fragment,
    Seam,
    SeamFinder,
    TimeBefore,
    leading_track,
    origin_us,
)
from vedette.storage.disk import Disk, Finished
from vedette.storage.errors import StorageError, StorageFull, StorageStalled
from vedette.storage.index import Gap, Index
from vedette.storage.recordings import folder_gone
from vedette.storage.rows import Rows
from vedette.storage.segments import SampleEntry, SegmentFile, SegmentHead

FULL = (errno.ENOSPC, errno.EDQUOT)
MOST_GROUP_UNITS = 1000  # keeps a fragment's buffers within one system call
LONGEST_PACE_US = 600_000_000  # of pictures that stand until the next comes
QUIET_S = 3  # without anything from a camera: what was collected is written
LONGEST_SEGMENTS = 4  # times the segment length, where no key frame comes
SLOW_SEGMENTS = 60  # times the segment length, while `most_unsynced` wait for the disk,
UNSYNCED_END = 4  # and with so many times as many no other is begun


class WriterOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a recording is cut, and how much of it may wait in memory for the disk.

    A fragment ends at a key frame once it is `shortest_fragment_us` long, and in any case at
    `longest_fragment_us` or `most_fragment_bytes`. A segment ends at the first key frame after
    `segment_us`. `most_unsynced` ended segments of a recording may wait for the disk to make them durable
    before the next ones get longer.
    """

    segment_us: int = 60_000_000
    shortest_fragment_us: int = 500_000
    longest_fragment_us: int = 2_000_000
    most_fragment_bytes: int = 4 << 20
    most_pending_bytes: int = 16 << 20
    most_pending_bytes_of_all: int = 256 << 20
    most_unsynced: int = 16


class WriterCounts(msgspec.Struct):
    """What became of the units so far."""

    units: int = 0  # written
    bytes: int = 0  # written, with all boxes
    skipped: int = 0  # came before the first key frame, or of no announced track
    dropped: int = 0  # lost because the disk stalled, was full or failed
    segments: int = 0
    gaps: int = 0


Report = Callable[[str, StorageError | None], None]  # (recording token, problem or None when it is over)


class RecordingWriter:
    """Records one stream; a `media.hub.Sink`.

    On the event loop it only collects units; fragments are made and written in the disk's thread.
    When the disk cannot keep up, whole groups of pictures are dropped, counted and recorded as a gap.
    `report` is called in the disk's thread when a problem begins and, with None, when it is over;
    `appended` after each fragment, likewise. Recording goes on by itself once the disk allows it.
    """

    def __init__(
        self,
        token: str,
        recording_id: int,
        folder: Path,
        *,
        disk: Disk,
        index: Index,
        sample_entry: SampleEntry,
        options: WriterOptions,
        report: Report,
        appended: Callable[[str], None],
    ) -> None:
        self.token = token
        self.counts = WriterCounts()
        self._options = options
        self._disk = disk
        self._output = _Output(
            token,
            recording_id,
            folder,
            disk=disk,
            index=index,
            sample_entry=sample_entry,
            options=options,
            report=report,
            appended=appended,
            counts=self.counts,
        )
        self._numbers: frozenset[int] = frozenset()
        self._lead = -1
        self._cuts_at_keys = False
        self._group: list[AccessUnit] = []
        self._group_bytes = 0
        self._group_us: int | None = None  # when the group's first leading unit was captured
        self._has_key = False  # what came of these tracks so far can be played
        self._begun_us: int | None = None
        self._flushed_us: int | None = None  # when the last unit that was handed over was captured
        self._rested_bytes = self._quiet_s = 0
        self._is_dropping = False
        self._submitted_bytes = 0
        self._end: Future[None] | None = None

    @property
    def problem(self) -> StorageError | None:
        """What keeps footage from being written, or from being found, now, if anything."""
        return self._output.problem

    def move_to(self, index: Index) -> None:
        """Go on with another index; whoever brings it enters what has ended so far."""
        self._disk.submit(lambda: self._output.rows.move_to(index))

    @property
    def unknown_path(self) -> str | None:
        """The segment being written while the index does not know it; ask in the disk's thread."""
        return self._output.rows.unknown

    @property
    def is_recording(self) -> bool:
        """Whether a segment is open."""
        return self._output.is_open

    @property
    def is_over(self) -> bool:
        """Whether it was closed and all of its footage is durable."""
        return self._end is not None and self._end.done()

    @property
    def begun_us(self) -> int | None:
        """When the first unit since `begin_anew` that can be played was captured; None without one."""
        return self._begun_us

    @property
    def latest_us(self) -> int | None:
        """When the latest unit was captured."""
        return self._group[-1].utc_us if self._group else self._flushed_us

    def begin_anew(self) -> None:
        """Nothing comes just now: hand over what was collected; what comes next begins footage anew."""
        if self._begun_us is not None:
            self.flush()
            self._begun_us = None

    def tracks_changed(self, tracks: tuple[Track, ...]) -> None:
        """End the segment; the next one begins with the next key frame of these tracks."""
        self.flush()
        self._numbers = frozenset(track.number for track in tracks)
        lead = leading_track(tracks) if tracks else None
        self._lead = -1 if lead is None else lead.number
        self._cuts_at_keys = lead is not None and lead.kind is TrackKind.VIDEO
        self._has_key = False
        self._is_dropping = False
        self._disk.submit(lambda: self._output.change_tracks(tracks))

    def receive(self, units: Sequence[AccessUnit]) -> None:
        """Collect units; hand over what was collected where a fragment ends."""
        size = bytes_of(units)
        if self._goes_on(units, size):
            self._group += units
            self._group_bytes += size
            return
        for unit in units:
            if unit.track == self._lead:
                if self._begun_us is None:
                    self._has_key = self._has_key or unit.is_key or not self._cuts_at_keys
                    self._begun_us = unit.utc_us if self._has_key else None
                begun_us = self._group_us
                if begun_us is None:
                    self._group_us = unit.utc_us
                elif self._ends_before(unit, unit.utc_us - begun_us):
                    self.flush()
                    self._group_us = unit.utc_us
            elif unit.track not in self._numbers:
                self.counts.skipped += 1
                continue
            self._group.append(unit)
            self._group_bytes += len(unit.data)
            if self._group_bytes >= self._options.most_fragment_bytes or len(self._group) >= MOST_GROUP_UNITS:
                self.flush()

    def flush(self) -> None:
        """Hand over what was collected, although its group may go on."""
        units, size = self._group, self._group_bytes
        if not units:
            return
        self._group, self._group_bytes, self._group_us = [], 0, None
        self._flushed_us = units[-1].utc_us
        if self._must_drop(units, size):
            self.counts.dropped += len(units)
            return
        self._submitted_bytes += size
        self._disk.submit(lambda: self._output.write(units, size), size)

    def rest(self) -> None:
        """Call once a second: hands over what was collected when nothing has come for `QUIET_S`.

        Else a camera's last pictures would wait in memory for its next one, which may take minutes.
        """
        self._quiet_s = self._quiet_s + 1 if self._group_bytes == self._rested_bytes else 0
        self._rested_bytes = self._group_bytes
        if self._quiet_s >= QUIET_S:
            self.flush()

    def close(self) -> "Future[None]":
        """Write what was collected and seal the segment; the future is done when all of it is durable."""
        if self._end is None:
            self.flush()
            end: Future[None] = Future()
            end.set_running_or_notify_cancel()  # nobody cancels it: the disk's threads answer it
            self._end = end
            self._disk.submit(lambda: self._output.end(end))
        return self._end

    def _goes_on(self, units: Sequence[AccessUnit], size: int) -> bool:
        """Whether all of these belong to the open group, as nearly all do; told for the batch at once."""
        begun_us, options = self._group_us, self._options
        if begun_us is None or not self._numbers.issuperset(map(track_of, units)):
            return False
        leading = units_of(self._lead, units)
        instants = list(map(utc_us_of, leading)) or [begun_us]
        return (
            not any(map(is_key_of, leading))
            and max(instants) - begun_us < options.longest_fragment_us
            and min(instants) - begun_us > -STEP_US
            and self._group_bytes + size < options.most_fragment_bytes
            and len(self._group) + len(units) < MOST_GROUP_UNITS
        )

    def _ends_before(self, unit: AccessUnit, length_us: int) -> bool:
        options = self._options
        if self._cuts_at_keys and unit.is_key:
            # Playback begins at clean fragments: a key frame behind the rest of a long group opens one too.
            first = next((each for each in self._group if each.track == self._lead), unit)
            if length_us >= options.shortest_fragment_us or not first.is_key:
                return True
        if length_us < 0:
            return unit.is_key or length_us <= -STEP_US  # the clock was set back
        return length_us >= options.longest_fragment_us

    def _must_drop(self, units: list[AccessUnit], size: int) -> bool:
        waiting = self._submitted_bytes - self._output.taken_bytes
        is_too_much = (
            waiting + size > self._options.most_pending_bytes
            or self._disk.pending_bytes + size > self._options.most_pending_bytes_of_all
        )
        if not is_too_much and self._is_dropping:
            starts_clean = not self._cuts_at_keys or any(u.is_key for u in units if u.track == self._lead)
            self._is_dropping = not starts_clean
        elif is_too_much and not self._is_dropping:
            self._is_dropping = True
            self._disk.submit(self._output.stall)
        return self._is_dropping


class _Output:
    """The half of a writer that lives in the disk's thread."""

    def __init__(
        self,
        token: str,
        recording_id: int,
        folder: Path,
        *,
        disk: Disk,
        index: Index,
        sample_entry: SampleEntry,
        options: WriterOptions,
        report: Report,
        appended: Callable[[str], None],
        counts: WriterCounts,
    ) -> None:
        self._token = token
        self._folder = folder
        self._disk = disk
        self.rows = Rows(token, recording_id, index)
        self._sample_entry = sample_entry
        self._options = options
        self._report = report
        self._appended = appended
        self._counts = counts
        self.problem: StorageError | None = None
        self.taken_bytes = 0
        self._tracks: tuple[Track, ...] = ()
        self._lead = -1
        self._is_video = False
        self._seams: SeamFinder | None = None
        self._pace_us = 0  # of a time lapse's pictures
        self._lead_hz = 0
        self._before = TimeBefore(-1)
        self._ahead: list[AccessUnit] = []  # behind a step in time that the leading track will take next
        self._assembler: Assembler | None = None
        self._segment: SegmentFile | None = None
        self._needs_key = True
        self._gap_reason = ""
        self._previous_end_us: int | None = None
        self._follows = False  # the next segment begins where the last one was cut for its length
        self._sealing: list[tuple[SegmentFile, Finished]] = []  # ended by the job that runs now
        self._ended = 0  # segments, counted by the writing thread only;
        self._synced = 0  # of these, by the syncing thread only

    @property
    def is_open(self) -> bool:
        return self._segment is not None

    def change_tracks(self, tracks: tuple[Track, ...]) -> None:
        if tracks == self._tracks:
            return
        self._write_ahead()
        self._seal()
        self._hand_over()
        self._tracks = tracks
        self._needs_key = True
        self._seams = None
        if tracks:
            lead = leading_track(tracks)
            self._lead = lead.number
            self._lead_hz = lead.clock_hz
            self._is_video = lead.kind is TrackKind.VIDEO
            self._seams = SeamFinder(lead)
            self._before = TimeBefore(lead.number)

    def write(self, units: list[AccessUnit], size: int) -> None:
        had_ahead, units, self._ahead = bool(self._ahead), self._ahead + units, []
        while units and self._seams is not None:
            before_us = self._seams.pace_us
            seam = self._seams.first(units)
            self._pace_us = 0 if seam is not None else min(before_us, self._seams.pace_us)
            if seam is None:
                at = len(units) if had_ahead else self._seams.ahead(units)
                self._write_dated(units[:at])
                self._ahead = units[at:]
                break
            first = units[seam.place]
            at = self._seams.ahead(units[: seam.place])
            self._write_dated(units[:at])
            if seam.set_by_us and self._is_video and self._segment is not None and not first.is_key:
                self._before.goes_on(first, seam.set_by_us)
            else:
                self._part(seam.kind)
                self._needs_key = seam.kind is Seam.GAP
            units = units[at:]
        self._hand_over()
        self.taken_bytes += size

    def stall(self) -> None:
        self._fail(StorageStalled(f"the disk is too slow for recording {self._token!r}"), lost=0)
        self._hand_over()

    def end(self, done: "Future[None]") -> None:
        self.rows.settle()
        self._write_ahead()
        self._seal(done)
        self._hand_over()

    def _write_ahead(self) -> None:
        units, self._ahead = self._ahead, []
        self._write_dated(units)

    def _write_dated(self, units: list[AccessUnit]) -> None:
        """Write units; those that need a key frame from before the clock was set as if it had not been."""
        if self._before.is_in_force:
            rest = self._before.units_until_key(units, self._options.segment_us)
            self._write_piece(rest)
            units = units[len(rest) :]
            if units and self._before.is_in_force:
                self._part(Seam.STEP)
        self._write_piece(units)

    def _part(self, why: Seam) -> None:
        """End the segment before a seam."""
        self._seal()
        self._before.end()
        self._gap_reason = why.value

    def _write_piece(self, units: list[AccessUnit]) -> None:
        if self._needs_key and self._is_video:
            first = next((i for i, u in enumerate(units) if u.track == self._lead and u.is_key), len(units))
            self._counts.skipped += first
            units = units[first:]
        if not units:
            return
        try:
            self._cut_if_long(units)
            if self._segment is None or self._assembler is None:
                self._open(units)
            assert self._assembler is not None
            for fragment in self._assembler.fragments(units, self._following(units)):
                self._append(fragment)
        except FileNotFoundError:
            self._fail(StorageError(folder_gone(self._folder)), lost=len(units))
        except OSError as error:
            kind = StorageFull if error.errno in FULL else StorageError
            self._fail(kind(f"{self._token!r} cannot be written: {error.strerror}"), lost=len(units))
        except StorageError as error:
            self._fail(error, lost=len(units))
        except (VedetteError, ArithmeticError, LookupError, ValueError, struct.error) as error:
            self._fail(StorageError(f"{self._token!r} cannot be put into a file: {error}"), lost=len(units))
        else:
            self._counts.units += len(units)
            self._tell(self.rows.problem)

    def _following(self, units: list[AccessUnit]) -> int | None:
        """When the next picture of a time lapse is due, in its media time: until then this one stands."""
        if not self._is_video or not 0 < self._pace_us <= LONGEST_PACE_US:
            return None
        last = next((unit for unit in reversed(units) if unit.track == self._lead), None)
        return None if last is None else last.pts + rescale(self._pace_us, 1_000_000, self._lead_hz)

    def _cut_if_long(self, units: list[AccessUnit]) -> None:
        segment = self._segment
        if segment is None:
            return
        lead = next((unit for unit in units if unit.track == self._lead), None)
        if lead is None:
            return
        length_us = lead.utc_us - segment.start_us
        limit_us = self._options.segment_us * (1 if lead.is_key else LONGEST_SEGMENTS)
        if self._unsynced >= self._options.most_unsynced:
            limit_us *= SLOW_SEGMENTS  # each one that waits has its file open
        if length_us >= limit_us:
            self._seal()
            self._follows = True

    @property
    def _unsynced(self) -> int:
        """How many segments have ended and are not durable yet."""
        return self._ended - self._synced

    def _open(self, units: list[AccessUnit]) -> None:
        if self._unsynced >= self._options.most_unsynced * UNSYNCED_END:
            raise StorageStalled(f"{self._unsynced} files of {self._token!r} wait for the slow disk")
        origin = origin_us(units, self._lead)
        start_us = next((unit.utc_us for unit in units if unit.track == self._lead), units[0].utc_us)
        previous_us = self._previous_end_us
        if self._follows and previous_us is not None and start_us - previous_us > STEP_US:
            self._follows, self._gap_reason = False, Seam.GAP.value  # one frame was long in coming
        continues = self._follows or self._is_near(start_us)
        head = SegmentHead(recording=self._token, tracks=self._tracks, origin_us=origin, continues=continues)
        assembler = Assembler(self._tracks, origin)
        segment = SegmentFile(self._folder, start_us, head, self._sample_entry)
        if segment.has_new_day:
            self._disk.made(self._folder)
        self._disk.made(segment.file.parent)
        self._segment, self._assembler = segment, assembler
        self._counts.segments += 1
        gap = None
        if not continues and self._previous_end_us is not None:
            gap = Gap(self._previous_end_us, start_us, self._gap_reason or "not recording")
            self._counts.gaps += 1
        self.rows.begin(segment, gap, continues=continues)
        self._needs_key = self._follows = False
        self._gap_reason = ""

    def _is_near(self, start_us: int) -> bool:
        """Whether a segment that begins now has no gap before it, although the tracks changed."""
        previous_us = self._previous_end_us
        if previous_us is None:
            self._previous_end_us = self.rows.latest_end_us(start_us)
            return False
        return not self._gap_reason and abs(start_us - previous_us) <= STEP_US

    def _append(self, fragment: Fragment) -> None:
        segment = self._segment
        assert segment is not None
        before = segment.bytes
        segment.append(fragment)
        self._counts.bytes += segment.bytes - before
        self._previous_end_us = segment.end_us
        self.rows.grew()
        self._disk.changed(segment)
        self._appended(self._token)

    def _seal(self, done: "Future[None] | None" = None) -> None:
        segment = self._segment
        self._segment = self._assembler = None
        if segment is None:
            if done is not None:
                done.set_result(None)
            return
        if not segment.fragments:
            self._discard(segment)
            if done is not None:
                done.set_result(None)
            return
        try:
            segment.finish()
        except OSError as error:
            if error.errno not in FULL:
                self._report(self._token, StorageError(f"a segment has no table: {error.strerror}"))
        entered = self.rows.ended()
        appended, token = self._appended, self._token

        def enter(_: OSError | None) -> None:
            self._synced += 1
            sealed = entered()
            sealed.add_done_callback(lambda _: appended(token))
            if done is not None:
                sealed.add_done_callback(lambda _: done.set_result(None))

        self._ended += 1
        self._sealing.append((segment, enter))

    def _hand_over(self) -> None:
        """Have segments sealed that have ended, behind the beginning of the next: who is at the end of one
        that is not open any more takes older footage of later time for what follows."""
        ended, self._sealing = self._sealing, []
        for segment, enter in ended:
            self._disk.ended(segment, enter)

    def _discard(self, segment: SegmentFile) -> None:
        self._counts.segments -= 1
        segment.file.unlink(missing_ok=True)
        self.rows.discard()

        def note(_: OSError | None) -> None:
            self._synced += 1

        self._ended += 1
        self._disk.ended(segment, note)

    def _fail(self, problem: StorageError, *, lost: int) -> None:
        self._counts.dropped += lost
        self._seal()
        self._needs_key = True
        self._follows = False
        self._gap_reason = {StorageFull: "storage full", StorageStalled: "storage stalled"}.get(
            type(problem), "storage failed"
        )
        self._before.end()
        if self._seams is not None:
            self._seams.forget()
        self._tell(problem)

    def _tell(self, problem: StorageError | None) -> None:
        if type(problem) is not type(self.problem):
            self._report(self._token, problem)
        self.problem = problem
