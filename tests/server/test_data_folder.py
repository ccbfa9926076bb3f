"""The data folder: what a process that ended at once has left behind."""

from pathlib import Path

from vedette.server.data_folder import EXPORT_PREFIX, clear_leftovers


def test_only_unfinished_exports_are_cleared_away(tmp_path: Path) -> None:
    unfinished = tmp_path / f"{EXPORT_PREFIX}abc"
    unfinished.mkdir()
    (unfinished / "export.mp4").write_bytes(b"x")
    (tmp_path / "recordings").mkdir()
    (tmp_path / "settings.json").write_text("{}")
    clear_leftovers(tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["recordings", "settings.json"]
