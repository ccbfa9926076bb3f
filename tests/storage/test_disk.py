"""A disk that does not keep what was written is told of once, and once that it is over."""

import errno
import itertools
import os
from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import sleep
from unittest.mock import Mock, patch

import msgspec
import pytest
from tests.open_files import open_files
from tests.storage.conftest import START_US, VIDEO, Reports, footage, read_all

from vedette.storage.archive import Archive
from vedette.storage.check import verify
from vedette.storage.disk import PASSES_CALM, Disk
from vedette.storage.errors import StorageError, StorageFull, StorageStalled
from vedette.storage.recordings import RecordingInfo, sync_folder
from vedette.storage.segments import SegmentFile
from vedette.storage.writer import UNSYNCED_END, WriterOptions


class File:
    """A file whose disk fails when told to."""

    def __init__(self) -> None:
        self.is_failing = False

    def sync(self) -> None:
        if self.is_failing:
            raise OSError(errno.EIO, "Input/output error")

    def close(self) -> None:
        return


def until(is_so: Callable[[], bool]) -> None:
    """Wait for what the disk's threads do."""
    for _ in range(2000):
        if is_so():
            return
        sleep(0.01)
    raise AssertionError("it did not come to that")


def segments_open(archive: Archive) -> list[str]:
    """The segment files that are open; a folder that is just being synced is not meant."""
    return [each for each in open_files(str(archive.recordings_folder)) if each.endswith(".mp4")]


def told_of(passes: list[bool], disk: Disk, file: File) -> None:
    for is_failing in passes:
        file.is_failing = is_failing
        disk.changed(file)
        disk._pass()


def test_a_disk_that_fails_at_every_sync_is_told_of_once() -> None:
    problems: list[Exception] = []
    unsynced: list[int | None] = []
    disk = Disk(
        sync_interval_s=60.0,
        on_problem=problems.append,
        on_unsynced=lambda error: unsynced.append(None if error is None else error.errno),
    )
    file = File()
    told_of([False, *[True] * 50], disk, file)
    assert unsynced == [errno.EIO]

    told_of([*[False] * (PASSES_CALM - 1), True, *[False] * (PASSES_CALM - 1)], disk, file)
    assert unsynced == [errno.EIO]

    told_of([False] * 5, disk, file)
    assert unsynced == [errno.EIO, None]
    assert problems == []
    disk.close()


def test_a_recording_that_need_not_be_durable_at_once_is_made_without_a_sync_and_becomes_durable(
    archive: Archive,
) -> None:
    synced: list[str] = []

    def noting(descriptor: int) -> None:
        synced.append(Path(os.readlink(f"/proc/self/fd/{descriptor}")).name)

    archive._disk.close()
    with patch("vedette.storage.recordings.os.fsync", noting):
        archive.create(RecordingInfo(token="yard"), is_durable=False)
        assert synced == []
        archive._disk._pass()
        assert {*synced} == {"recordings", "recording.json", "yard"}
    assert archive.recording("yard").token == "yard"


def test_names_in_a_folder_are_made_durable_once_a_pass(tmp_path: Path) -> None:
    disk = Disk(sync_interval_s=60.0, on_problem=Mock(), on_unsynced=Mock())
    disk.close()
    for _ in range(3):
        disk.made(tmp_path)
    with patch("vedette.storage.disk.sync_folder") as synced:
        disk._pass()
    synced.assert_called_once_with(tmp_path)


def test_a_folder_that_is_deleted_before_it_is_synced_is_no_problem(tmp_path: Path) -> None:
    problems: list[Exception] = []
    unsynced: list[OSError | None] = []
    disk = Disk(sync_interval_s=60.0, on_problem=problems.append, on_unsynced=unsynced.append)
    sync_folder(tmp_path)
    disk.made(tmp_path / "gone")
    disk._pass()
    disk.close()

    assert (problems, unsynced) == ([], [])


@pytest.mark.parametrize(("code", "kind"), [(errno.ENOSPC, StorageFull), (errno.EIO, StorageError)])
def test_what_does_not_become_durable_is_a_problem_until_it_does_again(
    archive: Archive, reports: Reports, code: int, kind: type[StorageError]
) -> None:
    failing = Mock(sync=Mock(side_effect=OSError(code, os.strerror(code))))
    seen: list[StorageError | None] = []

    def is_troubled() -> bool:
        archive._disk.changed(failing)
        seen.append(archive.disk_problem)
        return seen[-1] is not None

    until(is_troubled)
    assert type(seen[-1]) is kind
    assert os.strerror(code) in str(seen[-1])
    until(lambda: len(reports) > 1)
    assert reports == [("", seen[-1]), ("", None)]
    assert archive.disk_problem is None


def test_files_do_not_pile_up_while_the_disk_makes_nothing_durable(archive: Archive) -> None:
    archive._options = WriterOptions(segment_us=1_000_000)
    units = footage(70, tracks=(VIDEO,))
    passes, is_answering = archive.sync_passes, Event()
    with patch.object(SegmentFile, "sync", lambda _: is_answering.wait(30)):
        writer = archive.writer("hall")
        writer.tracks_changed((VIDEO,))
        writer.receive(units)
        writer.flush()
        done = Event()
        archive._disk.submit(done.set)
        assert done.wait(20)
        assert len(segments_open(archive)) <= archive._options.most_unsynced + 1
        assert archive.sync_passes - passes <= 1
        is_answering.set()
        writer.close().result(20)

    assert writer.counts.units == len(units)
    assert read_all(archive) == units
    assert verify(archive) == []


def test_where_footage_parts_again_and_again_a_disk_that_hangs_costs_footage_and_not_all_files(
    archive: Archive, reports: Reports
) -> None:
    archive._options = WriterOptions(segment_us=1_000_000)
    gone_for_us = 60_000_000
    units = [
        msgspec.structs.replace(
            unit, utc_us=unit.utc_us + frame // 25 * gone_for_us, is_discontinuous=unit.is_key
        )
        for frame, unit in enumerate(footage(100, tracks=(VIDEO,)))
    ]
    is_answering = Event()
    writer = archive.writer("hall")
    writer.tracks_changed((VIDEO,))
    with patch.object(SegmentFile, "sync", lambda _: is_answering.wait(30)):
        writer.receive(units)
        writer.flush()
        done = Event()
        archive._disk.submit(done.set)
        assert done.wait(20)
        assert len(segments_open(archive)) <= archive._options.most_unsynced * UNSYNCED_END + 1
        assert [type(problem) for _, problem in reports] == [StorageStalled]
        is_answering.set()
        before = writer.counts.units
        for number in itertools.count():
            assert number < 100, "it goes on when the disk does"
            later = footage(1, tracks=(VIDEO,), start_us=START_US + (200 + number) * gone_for_us)
            writer.receive([msgspec.structs.replace(later[0], is_discontinuous=True), *later[1:]])
            writer.flush()
            done = Event()
            archive._disk.submit(done.set)
            assert done.wait(20)
            if writer.counts.units > before:
                break
    writer.close().result(20)

    assert [type(problem) for _, problem in reports][:2] == [StorageStalled, type(None)]
    gaps = archive.index.gaps(1, 0, 1 << 60)
    assert "storage stalled" in [gap.reason for gap in gaps]
    assert len(read_all(archive)) == writer.counts.units
    assert verify(archive) == []
