"""A disk that does not keep what was written is told of once, and once that it is over."""

import errno
from pathlib import Path

from vedette.storage.disk import PASSES_CALM, Disk
from vedette.storage.recordings import sync_folder


class File:
    """A file whose disk fails when told to."""

    def __init__(self) -> None:
        self.is_failing = False

    def sync(self) -> None:
        if self.is_failing:
            raise OSError(errno.EIO, "Input/output error")

    def close(self) -> None:
        return


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


def test_a_folder_that_is_deleted_before_it_is_synced_is_no_problem(tmp_path: Path) -> None:
    problems: list[Exception] = []
    unsynced: list[OSError | None] = []
    disk = Disk(sync_interval_s=60.0, on_problem=problems.append, on_unsynced=unsynced.append)
    sync_folder(tmp_path)
    disk.made(tmp_path / "gone")
    disk._pass()
    disk.close()

    assert (problems, unsynced) == ([], [])
