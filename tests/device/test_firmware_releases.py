"""Which release is to run: the new one once, and for good only after it has come up."""

from pathlib import Path

import pytest

from vedette.device.firmware_releases import STATE_FILE, ReleaseNotKept, Releases

INSTALLED = "1.0.0"
DIGEST = "ab" * 32


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    (tmp_path / "settings.json").write_text("before")
    return Releases(tmp_path)


def adopt(releases: Releases, version: str) -> Path:
    """A release comes from a client; the folder that it gets."""
    folder = releases.incoming()
    (folder / "unpacked" / "vedette").mkdir(parents=True)
    releases.adopt(folder / "unpacked", version, DIGEST)
    return releases.root / f"{version}-{DIGEST[:12]}"


def settings(releases: Releases) -> Path:
    return releases.root.parent / "settings.json"


def test_without_a_release_the_installed_program_runs(releases: Releases) -> None:
    assert releases.begin(INSTALLED) is None


def test_a_release_that_has_come_up_stays(releases: Releases) -> None:
    folder = adopt(releases, "1.1.0")
    assert releases.begin(INSTALLED) == folder
    releases.prove()
    for _ in range(3):
        assert releases.begin(INSTALLED) == folder


def test_a_release_that_did_not_come_up_is_given_up_at_the_next_start(releases: Releases) -> None:
    adopt(releases, "1.1.0")
    assert releases.begin(INSTALLED) is not None
    settings(releases).write_text("of a newer form")
    assert releases.begin(INSTALLED) is None
    assert settings(releases).read_text() == "before"
    assert settings(releases).stat().st_mode & 0o777 == 0o600
    assert releases.begin(INSTALLED) is None


def test_what_ran_before_runs_again(releases: Releases) -> None:
    first = adopt(releases, "1.1.0")
    releases.begin(INSTALLED)
    releases.prove()
    second = adopt(releases, "1.2.0")
    assert releases.begin(INSTALLED) == second
    assert releases.begin(INSTALLED) == first
    releases.prove()
    assert not second.exists()


def test_settings_changed_under_a_release_that_has_come_up_are_kept(releases: Releases) -> None:
    adopt(releases, "1.1.0")
    releases.begin(INSTALLED)
    releases.prove()
    settings(releases).write_text("later")
    releases.begin(INSTALLED)
    assert settings(releases).read_text() == "later"
    assert not [each for each in releases.root.iterdir() if each.name.startswith("settings")]


def test_being_told_to_end_is_no_failure(releases: Releases) -> None:
    folder = adopt(releases, "1.1.0")
    assert releases.begin(INSTALLED) == folder
    releases.forgive()
    assert releases.begin(INSTALLED) == folder


def test_only_the_release_and_what_it_follows_are_kept(releases: Releases) -> None:
    folders = []
    for version in ("1.1.0", "1.2.0", "1.3.0"):
        folders.append(adopt(releases, version))
        releases.begin(INSTALLED)
        releases.prove()
    assert [each.exists() for each in folders] == [False, True, True]


def test_a_newer_installed_program_goes_before_a_release(releases: Releases) -> None:
    adopt(releases, "1.1.0")
    assert releases.begin("1.1.0") is None
    assert releases.state.active == ""


def test_a_release_that_is_gone_or_a_damaged_state_leaves_the_installed_program(releases: Releases) -> None:
    folder = adopt(releases, "1.1.0")
    (folder / "vedette").rmdir()
    assert releases.begin(INSTALLED) is None
    (releases.root / STATE_FILE).write_bytes(b"{")
    assert releases.begin(INSTALLED) is None


def test_what_a_broken_off_upgrade_left_is_cleared_away(releases: Releases) -> None:
    left = releases.root / ".incoming-1"
    left.mkdir(parents=True)
    assert releases.incoming() != left
    assert not left.exists()


def test_a_folder_that_cannot_be_written_is_said_by_name(tmp_path: Path) -> None:
    (tmp_path / "releases").write_text("in the way")
    with pytest.raises(ReleaseNotKept, match="releases"):
        Releases(tmp_path).incoming()
