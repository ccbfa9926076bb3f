"""The disk of the recordings goes and comes back: nothing is written beside it, and nothing forgotten."""

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from unittest.mock import patch

import pytest
from tests.storage.conftest import ALL, START_US, Reports, footage, read_all, record

from vedette.storage import check
from vedette.storage.archive import Archive
from vedette.storage.errors import StorageError
from vedette.storage.recordings import RecordingInfo
from vedette.storage.retention import RetentionLimits, enforce
from vedette.storage.writer import WriterOptions

Open = Callable[[], Archive]
HUNGRY = RetentionLimits(keep_s=1, most_bytes=1, least_free_bytes=1 << 60)
LATER_US = START_US + 60_000_000


def unplugged(archive: Archive) -> Path:
    """Take the recordings' disk away; what is left is the folder that it was mounted on."""
    aside = archive.folder / "disk"
    archive.recordings_folder.rename(aside)
    archive.recordings_folder.mkdir()
    return aside


def plugged_in(archive: Archive, disk: Path) -> None:
    shutil.rmtree(archive.recordings_folder)
    disk.rename(archive.recordings_folder)


def test_footage_waits_for_its_disk_and_goes_on_when_it_is_back(archive: Archive, reports: Reports) -> None:
    archive._options = WriterOptions(segment_us=2_000_000)
    record(archive, footage(4))
    disk = unplugged(archive)
    writer = record(archive, footage(4, start_us=LATER_US))

    assert writer.counts.units == 0
    assert list(archive.recordings_folder.iterdir()) == []
    assert "is its disk there?" in str(reports[0][1])

    plugged_in(archive, disk)
    behind_us = LATER_US + 9_000_000
    record(archive, footage(4, start_us=behind_us))

    assert read_all(archive) == footage(4) + footage(4, start_us=behind_us)
    assert check.verify(archive) == []


def test_retention_forgets_nothing_of_a_disk_that_is_not_there(archive: Archive) -> None:
    record(archive, footage(4))
    disk = unplugged(archive)
    with pytest.raises(StorageError, match="is its disk there"):
        enforce(archive, HUNGRY, LATER_US)
    plugged_in(archive, disk)

    assert check.verify(archive) == []
    assert read_all(archive) == footage(4)


def test_retention_leaves_alone_one_recording_whose_folder_is_gone(archive: Archive) -> None:
    archive.create(RecordingInfo(token="yard"))
    record(archive, footage(4))
    record(archive, footage(4), token="yard")
    aside = archive.folder / "aside"
    archive.folder_of("hall").rename(aside)
    deleted = enforce(archive, HUNGRY, LATER_US)

    assert list(deleted.until_us) == ["yard"]
    aside.rename(archive.folder_of("hall"))
    assert read_all(archive) == footage(4)


def test_retention_forgets_nothing_of_a_recording_whose_folder_goes_away_meanwhile(archive: Archive) -> None:
    record(archive, footage(4))
    aside, marked = archive.folder / "aside", archive.index.start_deleting

    def unplugged_just_then(ids: Sequence[int]) -> "Future[None]":
        if not aside.exists():
            archive.folder_of("hall").rename(aside)
        return marked(ids)

    with patch.object(archive.index, "start_deleting", unplugged_just_then):
        deleted = enforce(archive, HUNGRY, LATER_US)

    assert deleted.segments == 0
    aside.rename(archive.folder_of("hall"))
    assert check.verify(archive) == []
    assert read_all(archive) == footage(4)


def test_retention_looks_for_each_folder_once(archive: Archive) -> None:
    for number in range(5):
        archive.create(RecordingInfo(token=f"r{number}"))
        record(archive, footage(2), token=f"r{number}")
    with patch.object(archive, "has_folder", wraps=archive.has_folder) as looked:
        limits = RetentionLimits(most_bytes=1, least_free_bytes=1 << 62)
        assert enforce(archive, limits, LATER_US).segments == 5
    assert looked.call_count == 6  # the sixth is empty


def test_a_start_without_the_disk_keeps_what_was_open(open_archive: Open, archive: Archive) -> None:
    writer = archive.writer("hall")
    writer.tracks_changed(ALL)
    writer.receive(footage(4))
    writer.flush()
    archive._disk.close()  # killed before the segment was sealed
    assert writer._output._segment is not None
    writer._output._segment.close()
    archive.index.close()
    disk = unplugged(archive)
    again, findings = check.opened(archive.folder, open_archive)

    assert [(each.path, each.problem) for each in findings] == [("recordings/hall", check.GONE)]
    again.close()
    plugged_in(archive, disk)
    once_more, _ = check.opened(archive.folder, open_archive)
    assert read_all(once_more) == footage(4)
    assert check.verify(once_more) == []


def test_no_recording_is_made_while_the_disk_of_the_others_is_gone(archive: Archive) -> None:
    disk = unplugged(archive)
    with pytest.raises(StorageError, match="is its disk there"):
        archive.create(RecordingInfo(token="yard"))
    plugged_in(archive, disk)

    assert archive.create(RecordingInfo(token="yard")).token == "yard"


def test_a_recording_that_somebody_took_away_is_forgotten_at_the_start(
    open_archive: Open, archive: Archive
) -> None:
    archive.create(RecordingInfo(token="yard"))
    record(archive, footage(2))
    archive.close()
    shutil.rmtree(archive.folder_of("yard"))
    again, findings = check.opened(archive.folder, open_archive)

    assert [each.path for each in findings] == ["recordings/yard"]
    assert [each.token for each in again.recordings()] == ["hall"]


def test_repair_forgets_a_disk_that_is_gone_and_a_start_takes_it_up_again(
    open_archive: Open, archive: Archive
) -> None:
    record(archive, footage(4))
    disk = unplugged(archive)
    told = check.verify(archive)

    assert [each.path for each in told] == ["recordings/hall"]
    assert check.lasting(archive, told) == told
    assert check.repair(archive) == told
    assert archive.recordings() == []
    archive.close()
    plugged_in(archive, disk)
    again, _ = check.opened(archive.folder, open_archive)
    assert again.recording("hall").content == "the hall"
    assert read_all(again) == footage(4)


def test_a_link_to_a_disk_that_is_not_there_is_told_as_that(tmp_path: Path, open_archive: Open) -> None:
    (tmp_path / "recordings").symlink_to(tmp_path / "nowhere")
    with pytest.raises(StorageError, match="a link to a folder that is not there"):
        open_archive()


def test_a_new_disk_is_no_archive_that_lost_its_index(tmp_path: Path, open_archive: Open) -> None:
    (tmp_path / "recordings" / "lost+found").mkdir(parents=True)
    assert check.opened(tmp_path, open_archive)[1] == []
