"""Files that appear when they are whole."""

import os
from pathlib import Path

import pytest

from vedette.storage.draft import drafted


def test_a_file_appears_whole_and_keeps_the_permissions_of_the_one_before(tmp_path: Path) -> None:
    target = tmp_path / "a.mp4"
    with drafted(target) as file:
        file.write(b"first")
        assert not target.exists()
    target.chmod(0o604)
    with drafted(target) as file:
        file.write(b"2nd")
    assert (target.read_bytes(), target.stat().st_mode & 0o777) == (b"2nd", 0o604)
    assert os.listdir(tmp_path) == ["a.mp4"]


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "a.mp4"
    target.write_bytes(b"old")

    def interrupted() -> None:
        with drafted(target) as file:
            file.write(b"new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a.mp4", b"old")]


def test_what_one_that_was_killed_left_is_no_hindrance_and_no_content(tmp_path: Path) -> None:
    (tmp_path / "a.mp4.part").write_bytes(b"much longer than what comes")
    with drafted(tmp_path / "a.mp4") as file:
        file.write(b"new")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a.mp4", b"new")]


def test_two_do_not_write_one_file_at_once(tmp_path: Path) -> None:
    target = tmp_path / "a.mp4"
    with drafted(target) as file:
        file.write(b"first")
        file.flush()
        with pytest.raises(OSError, match="somebody else"), drafted(target) as other:
            other.write(b"second")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a.mp4", b"first")]
