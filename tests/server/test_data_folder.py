"""The data folder: what a process that ended at once has left behind."""

from pathlib import Path
from unittest.mock import patch

import pytest

from vedette.server.data_folder import EXPORT_PREFIX, clear_leftovers
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
