"""The promises of docs/design/storage.md: verified, repaired when asked, and settled at each start."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from vedette.protocols.mp4.boxes import MalformedFile
from vedette.protocols.mp4.walk import FragmentHead
from vedette.storage.archive import INDEX_FILE, RECORDINGS_FOLDER, Archive
from vedette.storage.assembly import STEP_US
from vedette.storage.database import damage_mark, move_aside
from vedette.storage.errors import IndexDamaged
from vedette.storage.events import EVENTS_FILE, EventLog
from vedette.storage.index import MOST_EARLIER, Gap, Index, Segment, SegmentState
from vedette.storage.progress import Progress
from vedette.storage.recordings import Standing, is_token, is_unbegun, read_about
from vedette.storage.segments import SegmentEnd, examine, is_foreign, salvage

NEWEST_DAYS = 2  # folders searched at start for files that the index does not know
NEW_TO_INDEX = "was not in the index"
NOT_INDEXED = "is not in the index"
LEFT_OPEN = "is open and nobody writes it"
HALF_DELETED = "is half deleted"
GONE = "its folder is gone; is its disk there?"


class Finding(NamedTuple):
    """A promise that does not hold; `path` is below the archive's folder."""

    path: str
    problem: str


Progressed = Callable[[int, int], None]  # (files looked at, files in all)


def settle(archive: Archive, progressed: "Progressed | None" = None) -> list[Finding]:
    """Finish what a crash interrupted; looks only at what was open, so it is quick.

    Open segments are cut behind their last whole fragment and sealed, deletions that were begun are
    finished, and recordings and files of the newest days that the index does not know are entered; so is
    the rest of those whose entering was interrupted. A recording whose folder somebody took away is
    forgotten; where that are all of them, their disk is not there, and they stay as they are. Call it before
    anything records. Raises StorageError when the disk refuses, IndexDamaged where what recording and
    retention begin with cannot be read.
    """
    findings = []
    index = archive.index
    for _, info in index.recordings(Standing.REMOVING):
        archive.finish_deleting(info.token)
        findings.append(Finding(f"{RECORDINGS_FOLDER}/{info.token}", "its deletion was interrupted"))
    for folder in unknown_recordings(archive):
        findings.append(Finding(f"{RECORDINGS_FOLDER}/{folder.name}", NEW_TO_INDEX))
        findings += _entered_recording(index, folder, progressed)
    for _, info in index.recordings(Standing.ENTERING):  # its folder has gone meanwhile
        index.forget_recording(info.token).result()
    findings += _without_folder(archive)
    gone = dict(archive.gone)
    tokens = {key: info.token for key, info in index.recordings() if key not in gone}
    incomplete = {key for key, _ in index.recordings(Standing.COMPLETING)}  # see `renewal`
    for segment in index.unfinished():
        token = tokens.get(segment.recording_id)
        if token is not None:
            findings.append(_settled(archive, token, segment))
    for recording_id, token in tokens.items():
        folder = archive.folder_of(token)
        known = None
        newest = () if recording_id in incomplete else _newest_files(folder, _newest_day(index, recording_id))
        for path in newest:
            if known is None:
                known = index.paths(recording_id)
            if path not in known:
                findings.append(enter_file(index, recording_id, folder, path))
        index.track_spans(recording_id)
    index.oldest_deletable(None, (), most=1)
    return findings


def _without_folder(archive: Archive) -> list[Finding]:
    """Forget recordings whose folder is gone while others have theirs."""
    gone = archive.gone
    is_one_removed = len(gone) < len(archive.recordings())
    for _, token in gone if is_one_removed else ():
        archive.index.forget_recording(token).result()
    problem = "its folder was removed" if is_one_removed else GONE
    return [Finding(f"{RECORDINGS_FOLDER}/{token}", problem) for _, token in gone]


def _settled(archive: Archive, token: str, segment: Segment) -> Finding:
    file = archive.file_of(token, segment)
    path = str(file.relative_to(archive.folder))
    try:
        if segment.state is SegmentState.DELETING:
            file.unlink(missing_ok=True)
            archive.index.forget_segments([segment.id]).result()
            return Finding(path, "its deletion was interrupted")
        end = salvage(file) if file.exists() else None
    except OSError as error:  # a bad sector keeps nobody from recording; the next start tries again
        return Finding(path, f"was left as it was: {error.strerror}")
    if end is None:
        archive.index.forget_segments([segment.id]).result()
        return Finding(path, "was open and held no whole fragment")
    progress = Progress(end.end_us, end.bytes, end.track_mask)
    archive.index.seal(segment.id, progress, end.start_us).result()
    behind = archive.index.after(segment.recording_id, segment.start_us, segment.id)
    if behind:
        after = behind[0]
        before = archive.index.before(segment.recording_id, after.start_us, after.id, most=MOST_EARLIER)
        _part(archive.index, segment.recording_id, [*reversed(before), *behind])
    return Finding(path, end.problem or "was open")


def unknown_recordings(archive: Archive) -> list[Path]:
    """The folders of recordings that the index does not know at all, or in part since it was interrupted."""
    standings = (Standing.IN_USE, Standing.REMOVING, Standing.COMPLETING)
    return archive.begun_folders(but={info.token for _, info in archive.index.recordings(*standings)})


def begin_unknown(archive: Archive) -> None:
    """Have the index know the recordings that it does not know; `renewal` enters their files."""
    for folder in unknown_recordings(archive):
        archive.index.put_recording(read_about(folder), Standing.COMPLETING).result()


def _entered_recording(index: Index, folder: Path, progressed: "Progressed | None") -> list[Finding]:
    """Enter a recording from its folder, with all its files; what else is wrong with them.

    Until it is done the index does not show the recording, so that the next start goes on with it.
    """
    findings = []
    recording_id = index.put_recording(read_about(folder), Standing.ENTERING).result()
    known = index.paths(recording_id)
    files = list(_all_files(folder))
    for done, path in enumerate(files):
        if path not in known:
            finding = enter_file(index, recording_id, folder, path)
            if finding.problem != NEW_TO_INDEX:
                findings.append(finding)
        if progressed is not None:
            progressed(done + 1, len(files))
    conclude_entering(index, recording_id)
    return findings


def conclude_entering(index: Index, recording_id: int) -> None:
    """All files of a recording are entered: tell its gaps, and that it is in use."""
    segments = index.after(recording_id, -(1 << 62), most=1 << 40)
    _part(index, recording_id, segments)
    told = {each[:2] for each in index.gaps(recording_id, -(1 << 62), 1 << 62)}
    for previous, segment in _neighbours(segments):
        gap = Gap(previous.end_us, segment.start_us, "unknown")
        if not segment.continues and gap.end_us > gap.start_us and gap[:2] not in told:
            index.add_gap(recording_id, gap)
    index.finish_entering(recording_id).result()


def _part(index: Index, recording_id: int, segments: Sequence[Segment]) -> None:
    """Part segments, in order of time, that do not continue what is before them any more."""
    for previous, segment in _parted(segments):
        gap = Gap(previous.end_us, segment.start_us, "damaged")
        index.part(segment.id, recording_id, gap).result()


def _parted(segments: Sequence[Segment]) -> Iterator[tuple[Segment, Segment]]:
    for previous, segment in _neighbours(segments):
        if segment.continues and segment.start_us - previous.end_us > STEP_US:
            yield previous, segment


def _neighbours(segments: Sequence[Segment]) -> Iterator[tuple[Segment, Segment]]:
    """Each segment but the first, in order of time, with that one before it that reaches farthest."""
    farthest = segments[0] if segments else None
    for segment in segments[1:]:
        assert farthest is not None
        yield farthest, segment
        farthest = max(farthest, segment, key=lambda each: each.end_us)


def _newest_day(index: Index, recording_id: int) -> str:
    """The folder of what the index knows to be the newest; empty where it knows nothing.

    Where a clock was set back, the earlier one of what was begun last and what is latest.
    """
    latest = index.before(recording_id, 1 << 62)
    begun_last = index.by_id(index.newest_id(recording_id))
    known = [*latest, *([begun_last] if begun_last is not None else [])]
    return min((each.path.partition("/")[0] for each in known), default="")


def _newest_files(folder: Path, since_day: str) -> Iterator[str]:
    """The segment files of the newest days, and of all since a day, as the index names them.

    An index that came back from a backup ends where the backup was made.
    """
    try:
        days = sorted((each for each in folder.iterdir() if each.is_dir()), reverse=True)
    except OSError:
        return
    newest = [day for place, day in enumerate(days) if place < NEWEST_DAYS or day.name >= since_day]
    for day in reversed(newest):
        for file in sorted(day.glob("*.mp4")):
            if _is_ours(file):
                yield f"{day.name}/{file.name}"


def enter_file(
    index: Index, recording_id: int, folder: Path, path: str, *, is_older: bool = False
) -> Finding:
    """Enter a file that the index does not know; it is cut behind its last whole fragment.

    `is_older` than what is being recorded meanwhile.
    """
    where = f"{RECORDINGS_FOLDER}/{folder.name}/{path}"
    try:
        end = salvage(folder / path)
    except OSError as error:
        return Finding(where, f"cannot be read: {error.strerror}")
    if end is None:
        return Finding(where, f"{NEW_TO_INDEX} and held no whole fragment")
    _enter(index, recording_id, path, end, is_older=is_older)
    return Finding(where, NEW_TO_INDEX)


def _enter(index: Index, recording_id: int, path: str, end: SegmentEnd, *, is_older: bool) -> None:
    index.add_segment(
        recording_id,
        path,
        end.head.tracks,
        end.start_us,
        continues=end.head.continues,
        sealed=Progress(end.end_us, end.bytes, end.track_mask),
        is_older=is_older,
    ).result()


def verify(archive: Archive, progressed: Progressed | None = None) -> list[Finding]:
    """Compare every file with the index, fragment by fragment; changes nothing.

    Segments being recorded are left out. Reads the heads of all fragments: minutes for a full disk. Raises
    IndexDamaged where the index cannot be read.
    """
    findings = [Finding(INDEX_FILE, problem) for problem in archive.index.database.integrity()]
    findings += _unfinished(archive)
    for folder in unknown_recordings(archive):
        findings.append(Finding(f"{RECORDINGS_FOLDER}/{folder.name}", NOT_INDEXED))
    gone = dict(archive.gone)
    for recording_id, info in archive.index.recordings():
        if recording_id in gone:
            findings.append(Finding(f"{RECORDINGS_FOLDER}/{info.token}", GONE))
            continue
        folder = archive.folder_of(info.token)
        rows = {row.path: row for row in archive.index.after(recording_id, -(1 << 62), most=1 << 40)}
        files = set(_all_files(folder))
        by_time = sorted(rows.values(), key=lambda row: (row.start_us, row.id))
        where = f"{RECORDINGS_FOLDER}/{info.token}/"
        findings += [Finding(where + path, NOT_INDEXED) for path in sorted(files - rows.keys())]
        for done, (path, row) in enumerate(sorted(rows.items())):
            if row.state is SegmentState.SEALED:
                findings += [Finding(where + path, problem) for problem in _compare(folder / path, row)]
            if progressed is not None:
                progressed(done + 1, len(rows))
        for setup_id in {row.setup_id for row in by_time}:
            archive.index.tracks(setup_id)
        sealed = [row for row in by_time if row.state is SegmentState.SEALED]
        for _, row in _parted(sealed):
            findings.append(Finding(where + row.path, "follows a gap, the index says that it continues"))
    return findings


def _unfinished(archive: Archive) -> Iterator[Finding]:
    """Segments that are open although nobody writes them, or whose deletion was left off."""
    tokens = {recording_id: info.token for recording_id, info in archive.index.recordings()}
    for segment in archive.index.unfinished():
        token = tokens.get(segment.recording_id)
        if token is None or archive.is_recording(token):
            continue
        what = LEFT_OPEN if segment.state is SegmentState.OPEN else HALF_DELETED
        yield Finding(f"{RECORDINGS_FOLDER}/{token}/{segment.path}", what)


def lasting(archive: Archive, findings: Sequence[Finding]) -> list[Finding]:
    """Those findings of `verify` that hold still, where a server worked on the folder meanwhile.

    Left out is what it writes or deletes just now, and what it has begun, sealed or deleted since.
    """
    index = archive.index
    rows: dict[str, SegmentState] = {}
    tokens = dict(index.recordings())
    for recording_id, info in tokens.items():
        where = f"{RECORDINGS_FOLDER}/{info.token}/"
        for row in index.after(recording_id, -(1 << 62), most=1 << 40):
            rows[where + row.path] = row.state
    for row in index.unfinished():
        if row.recording_id in tokens:
            rows[f"{RECORDINGS_FOLDER}/{tokens[row.recording_id].token}/{row.path}"] = row.state
    known = {f"{RECORDINGS_FOLDER}/{info.token}" for info in tokens.values()}

    def lasts(finding: Finding) -> bool:
        state = rows.get(finding.path)
        if finding.problem == GONE:
            return finding.path in known and not (archive.folder / finding.path).exists()
        if state is None:
            return finding.path not in known and (archive.folder / finding.path).exists()
        of_state = (NOT_INDEXED, LEFT_OPEN, HALF_DELETED)
        return state is SegmentState.SEALED and finding.problem not in of_state

    return [each for each in findings if lasts(each)]


def _all_files(folder: Path) -> Iterator[str]:
    for day in sorted(folder.glob("*/")):
        yield from files_of_day(folder, day.name)


def files_of_day(folder: Path, day: str) -> Iterator[str]:
    """The segment files below one folder of a recording's, as the index names them."""
    for file in sorted((folder / day).glob("*.mp4")):
        if _is_ours(file):
            yield f"{day}/{file.name}"


def _is_ours(file: Path) -> bool:
    try:
        return not is_foreign(file)
    except OSError:
        return True  # whoever reads it will tell


def _compare(file: Path, row: Segment) -> Iterator[str]:
    ends: list[int] = []

    def visit(head: FragmentHead) -> None:
        ends.append(head.end_us)

    try:
        end = examine(file, visit)
        size = file.stat().st_size
    except (OSError, MalformedFile) as error:
        yield f"cannot be read: {error}"
        return
    if end.problem:
        yield end.problem
    for name, found, expected in (
        ("start", end.start_us, row.start_us),
        ("end", end.end_us, row.end_us),
        ("size", size, row.bytes),
        ("tracks", end.track_mask, row.track_mask),
    ):
        if found != expected:
            yield f"{name} is {found}, the index says {expected}"


def repair(archive: Archive, progressed: Progressed | None = None) -> list[Finding]:
    """Make the index say what the files say; damaged files are cut behind their last whole fragment.

    Recordings whose folder is gone are forgotten; the next start enters what comes back. Nothing may be
    recording. Returns what was wrong. Raises StorageError when the disk refuses.
    """
    findings = [each for each in settle(archive) if each.problem != GONE]  # `verify` tells of them again
    wrong = verify(archive, progressed)
    index = archive.index
    for _, token in archive.gone:
        index.forget_recording(token).result()
    for _, info in index.recordings(Standing.COMPLETING):
        findings += _entered_recording(index, archive.folder_of(info.token), None)
    for finding in wrong:
        parts = finding.path.split("/", 2)
        if len(parts) != 3:
            continue
        _, token, path = parts
        recording_id, _ = index.recording(token)
        folder = archive.folder_of(token)
        if (folder / path).exists():
            enter_file(index, recording_id, folder, path)
        if not (folder / path).exists() or not _is_ours(folder / path):
            gone = [row.id for row in index.after(recording_id, -(1 << 62), most=1 << 40) if row.path == path]
            index.forget_segments(gone).result()
    for token in {each.path.split("/", 2)[1] for each in wrong if each.path.count("/") >= 2}:
        recording_id, _ = index.recording(token)
        _part(index, recording_id, index.after(recording_id, -(1 << 62), most=1 << 40))
    return findings + wrong


def mend(
    folder: Path, open_archive: Callable[[], Archive], progressed: Progressed | None = None
) -> list[Finding]:
    """Repair a folder, whatever is wrong with its index or files; returns what was wrong.

    An index that is lost, cannot be opened or fails its integrity check is made afresh: its rows cannot
    be trusted, even where they can be read. `open_archive` makes the Archive of `folder`. Nothing else
    may have it open. Raises StorageError when the disk refuses.
    """
    if damage_mark(folder / INDEX_FILE).exists():
        findings = [Finding(INDEX_FILE, "was found to be damaged"), *rebuild(folder, progressed)]
    elif (folder / INDEX_FILE).exists():
        findings = _damage(open_archive)
        if findings:
            findings += rebuild(folder, progressed)
    else:
        findings = rebuild(folder, progressed)
    try:
        return findings + _repaired(open_archive, progressed)
    except IndexDamaged as problem:  # which passes SQLite's own check, and yet cannot be used
        findings.append(Finding(INDEX_FILE, str(problem)))
        findings += rebuild(folder, progressed)
        return findings + _repaired(open_archive, progressed)


def _repaired(open_archive: Callable[[], Archive], progressed: Progressed | None) -> list[Finding]:
    archive = open_archive()
    try:
        return repair(archive, progressed)
    finally:
        archive.close()


def _damage(open_archive: Callable[[], Archive]) -> list[Finding]:
    try:
        archive = open_archive()
    except IndexDamaged as problem:
        return [Finding(INDEX_FILE, str(problem))]
    try:
        return [Finding(INDEX_FILE, problem) for problem in archive.index.database.integrity()]
    except IndexDamaged as problem:
        return [Finding(INDEX_FILE, str(problem))]
    finally:
        archive.close()


def verify_event_log(folder: Path) -> list[Finding]:
    """What is wrong with the log of events; changes nothing. Raises StorageError when the disk refuses."""
    file = folder / EVENTS_FILE
    if damage_mark(file).exists():
        return [Finding(EVENTS_FILE, "was found to be damaged")]
    if not file.exists():
        return []
    try:
        with closing(EventLog(file)) as log:
            return [Finding(EVENTS_FILE, problem) for problem in log.damage()]
    except IndexDamaged as problem:
        return [Finding(EVENTS_FILE, str(problem))]


def mend_event_log(folder: Path) -> list[Finding]:
    """Move a damaged log of events aside, so that a new one is begun; returns what was wrong."""
    findings = verify_event_log(folder)
    aside = move_aside(folder / EVENTS_FILE) if findings else None
    return findings if aside is None else [*findings, Finding(EVENTS_FILE, f"moved to {aside.name}")]


def rebuild(folder: Path, progressed: Progressed | None = None) -> list[Finding]:
    """Make the index afresh from the files; a damaged one is moved aside, never deleted.

    Nothing else may have the archive open. Reads the heads of all fragments: minutes for a full disk.
    Raises StorageError when the disk refuses.
    """
    findings = _moved_aside(folder)
    index = Index(folder / INDEX_FILE)
    try:
        for recording in sorted((folder / RECORDINGS_FOLDER).glob("*/")):
            if is_unbegun(recording):
                continue
            if not is_token(recording.name):
                findings.append(Finding(f"{RECORDINGS_FOLDER}/{recording.name}", "cannot be a recording"))
                continue
            findings += _entered_recording(index, recording, progressed)
    finally:
        index.close()
    return findings


def _moved_aside(folder: Path) -> list[Finding]:
    aside = move_aside(folder / INDEX_FILE)
    return [Finding(INDEX_FILE, "was missing" if aside is None else f"moved to {aside.name}")]


def opened(
    folder: Path, open_archive: Callable[[], Archive], progressed: Progressed | None = None
) -> tuple[Archive, list[Finding]]:
    """An archive that can be recorded into: settled, or with an index begun anew if it is damaged or lost.

    A new index knows the recordings alone, and `renewal` enters their files while recording goes on.
    `open_archive` makes the Archive of `folder`. `progressed` hears of the files of a recording that is
    being entered. Killed meanwhile, the next call goes on. Raises StorageError when the disk refuses.
    """
    findings: list[Finding] = []
    folders = (folder / RECORDINGS_FOLDER).glob("*/")  # a disk of its own has `lost+found` as well
    has_recordings = any(is_token(each.name) for each in folders)
    is_lost = has_recordings and not (folder / INDEX_FILE).exists()
    is_new = is_lost or damage_mark(folder / INDEX_FILE).exists()
    if is_new:
        findings = _moved_aside(folder)
    try:
        archive, settled = _settled_archive(open_archive, progressed, is_new=is_new)
    except IndexDamaged:
        findings += _moved_aside(folder)
        archive, settled = _settled_archive(open_archive, progressed, is_new=True)
    return archive, findings + settled


def _settled_archive(
    open_archive: Callable[[], Archive], progressed: Progressed | None, *, is_new: bool
) -> tuple[Archive, list[Finding]]:
    archive = open_archive()
    try:
        if is_new:
            begin_unknown(archive)
        return archive, settle(archive, progressed)
    except BaseException:
        archive.close()
        raise
