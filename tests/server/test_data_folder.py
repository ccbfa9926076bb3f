"""The data folder: what a process that ended at once has left behind."""

from pathlib import Path
from unittest.mock import patch

import pytest

from vedette.server.assemble import open_event_log
from vedette.server.data_folder import EXPORT_PREFIX, AlreadyRunning, clear_leftovers, locked
from vedette.storage.database import damage_mark
from vedette.storage.errors import StorageError
from vedette.storage.events import EVENTS_FILE
from vedette.storage.spare import SPARE_BYTES, SPARE_FILE


def test_only_unfinished_exports_are_cleared_away(tmp_path: Path) -> None:
    unfinished = tmp_path / f"{EXPORT_PREFIX}abc"
    unfinished.mkdir()
    (unfinished / "export.mp4").write_bytes(b"x")
    (tmp_path / "recordings").mkdir()
    (tmp_path / "export-daily").mkdir()  # what the operator may have named in `export_roots`
    (tmp_path / "settings.json").write_text("{}")
    clear_leftovers(tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["export-daily", "recordings", "settings.json"]


@pytest.mark.parametrize(
    ("free_bytes", "is_kept"), [(0, False), (SPARE_BYTES - 1, False), (SPARE_BYTES, True)]
)
def test_the_spare_is_given_up_to_start_on_a_full_disk(
    tmp_path: Path, free_bytes: int, is_kept: bool
) -> None:
    (tmp_path / SPARE_FILE).touch()
    with patch("vedette.server.data_folder.free_bytes", return_value=free_bytes):
        clear_leftovers(tmp_path)
    assert (tmp_path / SPARE_FILE).exists() is is_kept


def test_a_file_system_without_locks_is_not_taken_for_another_process(tmp_path: Path) -> None:
    with (
        patch("vedette.server.data_folder.fcntl.flock", side_effect=OSError(37, "No locks available")),
        pytest.raises(StorageError, match="No locks available"),
    ):
        locked(tmp_path)
    with locked(tmp_path), pytest.raises(AlreadyRunning):
        locked(tmp_path)


def test_each_damaged_event_log_is_kept(tmp_path: Path) -> None:
    log = tmp_path / EVENTS_FILE
    for number in (1, 2):
        log.write_bytes(b"rubbish" * 1000 + bytes([number]))
        open_event_log(log).close()
    kept = sorted(tmp_path.glob(f"{EVENTS_FILE}.damaged-*"))
    assert [each.read_bytes()[-1] for each in kept] == [1, 2]


def test_an_event_log_in_which_damage_was_met_is_put_aside_by_the_next_start(tmp_path: Path) -> None:
    log = tmp_path / EVENTS_FILE
    open_event_log(log).close()
    damage_mark(log).touch()
    for _ in range(2):
        open_event_log(log).close()
    assert [each.name for each in tmp_path.glob(f"{EVENTS_FILE}.*")] == [f"{EVENTS_FILE}.damaged-1"]
