"""All recordings under one folder: the one owner of their files, index and threads."""

from collections.abc import Callable, Container, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from threading import Lock
from typing import NamedTuple

from vedette.storage.database import move_aside
from vedette.storage.disk import Disk
from vedette.storage.errors import NoSuchRecording, RecordingInUse, StorageError, StorageFull
from vedette.storage.index import Index, Segment, Usage
from vedette.storage.reader import RecordingReader
from vedette.storage.recordings import (
    Description,
    RecordingInfo,
    Standing,
    TimeRange,
    folder_gone,
    is_token,
    is_unbegun,
    read_about,
    sync_folder,
    write_about,
)
from vedette.storage.segments import SampleEntry, codec_sample_entry
from vedette.storage.writer import FULL, RecordingWriter, WriterOptions

INDEX_FILE = "index.sqlite"
RECORDINGS_FOLDER = "recordings"

Appended = Callable[[], None]


class _Hold(NamedTuple):
    recording_id: int
    span: TimeRange
    gives_way_from: int | None  # to segments that were begun behind this one; None: to nothing


class Archive:
    """Recordings, by token. Methods block for a moment and are meant for worker threads.

    Except: `writer` and the writers it returns belong to the event loop's thread; `follow` may be called
    from any. Opening one looks at nothing but the index: call `check.settle` next, before recording.
    `report` hears of problems and their end, with the recording's token, in the disk's thread.

    Raises IndexDamaged when the index cannot be opened (`check.rebuild` makes a new one), and StorageError
    when the recordings' folder cannot be made.
    """

    def __init__(
        self,
        folder: Path,
        *,
        report: Callable[[str, StorageError | None], None],
        options: WriterOptions | None = None,
        sync_interval_s: float = 2.0,
        sample_entry: SampleEntry = codec_sample_entry,
    ) -> None:
        self.folder = folder
        self.recordings_folder = folder / RECORDINGS_FOLDER
        _make(self.recordings_folder)
        self.index = Index(folder / INDEX_FILE)
        self._sample_entry = sample_entry
        self._report = report
        self._options = options or WriterOptions()
        self.disk_problem: StorageError | None = None  # why what is written does not become durable
        self._disk = Disk(
            sync_interval_s=sync_interval_s,
            on_problem=lambda error: report("", StorageError(f"the disk's thread failed: {error!r}")),
            on_unsynced=self._unsynced,
        )
        self._followers: dict[str, tuple[Appended, ...]] = {}
        self._writers: dict[str, list[RecordingWriter]] = {}
        self._ending: list[RecordingWriter] = []  # that were released; replaced, never changed
        self._held: list[_Hold] = []
        self._held_back: dict[int, Callable[[], TimeRange]] = {}  # by recording id
        self.choosing = Lock()  # held by retention from the look at what is held until what goes is marked
        self._lock = Lock()

    def _unsynced(self, error: OSError | None) -> None:
        problem = None
        if error is not None:
            kind = StorageFull if error.errno in FULL else StorageError
            problem = kind(f"what is written does not become durable: {error.strerror}")
        self.disk_problem = problem
        self._report("", problem)

    @property
    def sync_passes(self) -> int:
        """How often what was written was made durable; it grows every few seconds unless the disk is slow."""
        return self._disk.passes

    @property
    def unsure(self) -> str:
        """What an end now, of the process or also the machine, would take; empty where that is nothing."""
        told = []
        if self._disk.pending_bytes:
            told.append(f"{self._disk.pending_bytes} bytes of footage are not written and lost")
        if self._disk.unsure_s:
            told.append(
                f"the footage of the last {self._disk.unsure_s:.0f} s is perhaps not on the disk of"
                f" {self.recordings_folder}, which has not confirmed it"
            )
        return "; ".join(told)

    def close(self) -> None:
        """Finish what the writers were given, make it durable, close the index."""
        for writer in self._all_writers:
            writer.close()
        self._disk.close()
        self.index.close()

    def fresh_index(self) -> Index:
        """Move the index aside, for which it is closed, and make one that knows the recordings alone.

        Their footage is to be entered (`Standing.COMPLETING`); they keep their ids. `take_index` puts it to
        use; until then nothing is found, while writers go on. Raises StorageError when the disk refuses.
        """
        known = self.index.ids
        self.index.close()
        try:
            move_aside(self.folder / INDEX_FILE)
            folders = self.begun_folders()
        except OSError as error:
            raise StorageError(f"cannot make {INDEX_FILE} anew: {error.strerror}") from error
        index = Index(self.folder / INDEX_FILE)
        taken: set[int | None] = {None}
        try:
            for folder in sorted(folders, key=lambda each: each.name not in known):
                wanted = known.get(folder.name)
                recording_id = None if wanted in taken else wanted
                put = index.put_recording(read_about(folder), Standing.COMPLETING, recording_id)
                taken.add(put.result())
        except BaseException:
            index.close()
            raise
        return index

    def take_index(self, index: Index) -> None:
        """Go on with another index; call it on the event loop."""
        self.index = index
        for writer in self._all_writers:
            writer.move_to(index)

    @property
    def _all_writers(self) -> list[RecordingWriter]:
        return [each for writers in self._writers.values() for each in writers]

    def unknown_files(self) -> "Future[set[tuple[str, str]]]":
        """The segments, by path and recording, that are written without being in the index.

        As they are behind all that was submitted so far. Call it on the event loop.
        """
        found: Future[set[tuple[str, str]]] = Future()
        writers = self._all_writers

        def look() -> None:
            if found.set_running_or_notify_cancel():  # an answer to who has gone would end the thread
                found.set_result({(each.unknown_path, each.token) for each in writers if each.unknown_path})

        self._disk.submit(look)
        return found

    def hold_back(self, recording_ids: Sequence[int], recorded: Callable[[], TimeRange]) -> None:
        """Say which recordings are incomplete in the index: what they have `recorded` from now on must not be
        deleted before what is older, and they cannot be."""
        self._held_back = {each: self._held_back.get(each, recorded) for each in recording_ids}

    @property
    def held_back(self) -> bool:
        """Whether any recording is incomplete in the index."""
        return bool(self._held_back)

    def create(self, info: RecordingInfo, *, is_durable: bool = True) -> RecordingInfo:
        """Add an empty recording; raises StorageError when the token is taken or cannot name a folder.

        So it does when the folders of all others are gone, as with their disk: this one would be made beside
        it. The empty folder that an attempt before left behind is taken. It becomes durable with the first
        footage where that is not to wait for it: a slow disk takes 10 s for three syncs.
        """
        if not is_token(info.token):
            raise StorageError(f"{info.token!r} cannot name a recording")
        folder = self.folder_of(info.token)
        known = self.recordings()
        if known and len(self.gone) == len(known):
            raise StorageError(
                f"cannot make recording {info.token!r}: {folder_gone(self.folder_of(known[0].token))}"
            )
        try:
            folder.mkdir(exist_ok=is_unbegun(folder))
            if is_durable:
                sync_folder(self.recordings_folder)
        except FileExistsError as error:
            raise StorageError(
                f"cannot make recording {info.token!r}: its folder is there already; what it holds is"
                " entered at the next start"
            ) from error
        except OSError as error:
            raise StorageError(f"cannot make recording {info.token!r}: {error.strerror}") from error
        write_about(folder, info, is_durable=is_durable)
        if not is_durable:
            self._disk.made(self.recordings_folder)
            self._disk.changed(Description(folder))
        self.index.put_recording(info).result()
        return info

    def change(self, info: RecordingInfo) -> None:
        """Replace what is known of a recording; raises NoSuchRecording."""
        with self._lock:
            self.index.recording(info.token)
            write_about(self.folder_of(info.token), info)
            self.index.put_recording(info).result()

    def delete(self, token: str) -> None:
        """Delete a recording with all its footage; raises NoSuchRecording, or RecordingInUse.

        Once it is begun, it is finished at the next start if it is interrupted.
        """
        recording_id, _ = self.index.recording(token)
        with self._lock:
            if any(hold.recording_id == recording_id and hold.gives_way_from is None for hold in self._held):
                raise RecordingInUse(f"recording {token!r} is being read for an export")
            if not self.is_settled(token):
                raise RecordingInUse(f"recording {token!r} is being recorded into")
            if recording_id in self._held_back:
                raise RecordingInUse(f"the files of recording {token!r} are being entered into the index")
            self.index.start_removing(token).result()
        self.finish_deleting(token)

    def finish_deleting(self, token: str) -> None:
        """Remove the folder of a recording that is marked, then its rows."""
        folder = self.folder_of(token)
        try:
            if folder.exists():
                rmtree(folder)
                sync_folder(self.recordings_folder)
        except OSError as error:
            raise StorageError(f"cannot delete recording {token!r}: {error.strerror}") from error
        self.index.forget_recording(token).result()
        self._announce(token)

    def recordings(self) -> list[RecordingInfo]:
        """All recordings, oldest first."""
        return [info for _, info in self.index.recordings()]

    def recording(self, token: str) -> RecordingInfo:
        """One recording; raises NoSuchRecording."""
        return self.index.recording(token)[1]

    def usage(self, token: str) -> Usage:
        """What a recording holds: its first and last instant, bytes and segments."""
        return self.index.usage(self.index.recording(token)[0])

    def folder_of(self, token: str) -> Path:
        """The folder of a recording; raises NoSuchRecording for what cannot name one."""
        if not is_token(token):
            raise NoSuchRecording(f"no recording {token!r}")
        return self.recordings_folder / token

    def begun_folders(self, but: Container[str] = ()) -> list[Path]:
        """The folders of recordings that hold something, without those of some tokens, by name; may raise
        OSError."""
        folders = sorted(self.recordings_folder.glob("*/"))
        wanted = [each for each in folders if is_token(each.name) and each.name not in but]
        return [each for each in wanted if not is_unbegun(each)]

    @property
    def gone(self) -> list[tuple[int, str]]:
        """The recordings, by id and token, whose folder is not there, as when its disk is out of reach."""
        return [(key, info.token) for key, info in self.index.recordings() if not self.has_folder(info.token)]

    def has_folder(self, token: str) -> bool:
        """Whether a recording's folder can be reached; raises NoSuchRecording for what cannot name one."""
        try:
            return self.folder_of(token).is_dir()
        except OSError:
            return False

    def file_of(self, token: str, segment: Segment) -> Path:
        """The file of a segment."""
        return self.folder_of(token) / segment.path

    def writer(self, token: str, recording_id: int | None = None) -> RecordingWriter:
        """A new writer into a recording, to be attached to a stream and closed with `release`.

        Give the recording's id where it is known, since looking it up blocks. Raises NoSuchRecording.
        """
        if recording_id is None:
            recording_id = self.index.recording(token)[0]
        writer = RecordingWriter(
            token,
            recording_id,
            self.folder_of(token),
            disk=self._disk,
            index=self.index,
            sample_entry=self._sample_entry,
            options=self._options,
            report=self._report,
            appended=self._announce,
        )
        self._writers.setdefault(token, []).append(writer)
        return writer

    def release(self, writer: RecordingWriter) -> None:
        """Close a writer (detach it from its stream first); its footage is durable soon after."""
        writers = self._writers.get(writer.token, [])
        self._ending = [*(each for each in self._ending if not each.is_over), writer]
        if writer in writers:
            writers.remove(writer)  # first, so that who reads the last fragment knows that no more will come
        writer.close().add_done_callback(lambda _: self._announce(writer.token))

    def is_recording(self, token: str) -> bool:
        """Whether a writer for the recording exists, so that more footage may come."""
        return bool(self._writers.get(token))

    def is_settled(self, token: str) -> bool:
        """Whether no writer for the recording exists and those that did have written everything."""
        return not self.is_recording(token) and all(
            each.is_over for each in self._ending if each.token == token
        )

    def reader(self, token: str, *, waits: bool = True) -> RecordingReader:
        """A new reader of a recording, which `waits` for what is being recorded; raises NoSuchRecording."""
        index = self.index  # another may take its place meanwhile
        recording_id, _ = index.recording(token)
        return RecordingReader(
            index,
            recording_id,
            self.folder_of(token),
            is_growing=lambda: waits and self.is_recording(token),
            is_settled=lambda: not waits or self.is_settled(token),
        )

    def follow(self, token: str, appended: Appended) -> Callable[[], None]:
        """Have `appended` called, from another thread, when a recording grew, stopped growing or was deleted.

        The result ends that. In an event loop, let `appended` be a `call_soon_threadsafe`.
        """
        with self._lock:
            self._followers[token] = (*self._followers.get(token, ()), appended)

        def stop() -> None:
            with self._lock:
                left = tuple(each for each in self._followers.get(token, ()) if each is not appended)
                if left:
                    self._followers[token] = left
                else:
                    self._followers.pop(token, None)

        return stop

    def _announce(self, token: str) -> None:
        for appended in self._followers.get(token, ()):
            appended()

    @contextmanager
    def holding(self, token: str, start_us: int, end_us: int, *, gives_way: bool = False) -> Iterator[None]:
        """Keep footage from being deleted for the length of the block, as an export needs.

        Where it `gives_way`, it goes before anything does that is recorded from now on, and the recording
        can be deleted: so it is for those who may take as long as they like.
        """
        recording_id, _ = self.index.recording(token)
        gives_way_from = self.index.newest_id(recording_id) if gives_way else None
        hold = _Hold(recording_id, TimeRange(start_us, end_us), gives_way_from)
        with self.choosing, self._lock:
            self._held.append(hold)
        try:
            yield
        finally:
            with self._lock:
                self._held.remove(hold)

    @property
    def held(self) -> list[tuple[int, TimeRange]]:
        """What must not be deleted now, by recording id."""
        with self._lock:
            return self._new + [(hold.recording_id, hold.span) for hold in self._held]

    @property
    def firmly_held(self) -> list[tuple[int, TimeRange]]:
        """What of it gives way to nothing."""
        with self._lock:
            firm = [each for each in self._held if each.gives_way_from is None]
            return self._new + [(hold.recording_id, hold.span) for hold in firm]

    @property
    def _new(self) -> list[tuple[int, TimeRange]]:
        return [(key, recorded()) for key, recorded in self._held_back.items()]

    def is_given_way_to(self, segment: Segment) -> bool:
        """Whether something held must go before a segment does, since that was begun later."""
        with self._lock:
            return any(
                segment.id > hold.gives_way_from for hold in self._held if hold.gives_way_from is not None
            )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        what = "is a link to a folder that is not there" if folder.is_symlink() else "is no folder"
        raise StorageError(f"{folder} {what}; is its disk there?") from error
    except OSError as error:
        raise StorageError(f"cannot make {folder}: {error.strerror}") from error
