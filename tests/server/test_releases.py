"""Beginning a release: which folder is looked at, and what the next program finds in its environment."""

import signal
from pathlib import Path

import pytest

from vedette.server import releases
from vedette.server.options import MARK, ServeOptions
from vedette.server.releases import PATH_BEFORE, Trial, begin_release, installed_environment


def options(data: Path | None = None, config: Path | None = None) -> ServeOptions:
    return ServeOptions(data=data, config=config)


def test_the_installed_program_begins_as_it_was_begun_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(MARK, raising=False)
    monkeypatch.setenv("PYTHONPATH", "/one")
    assert installed_environment()["PYTHONPATH"] == "/one"
    monkeypatch.setenv(MARK, "/data/releases/1")
    monkeypatch.setenv("PYTHONPATH", "/data/releases/1:/one")
    monkeypatch.setenv(PATH_BEFORE, "/one")
    environment = installed_environment()
    assert environment["PYTHONPATH"] == "/one"
    assert not {MARK, PATH_BEFORE} & environment.keys()
    monkeypatch.setenv(PATH_BEFORE, "")
    assert "PYTHONPATH" not in installed_environment()


def test_without_a_state_nothing_is_begun_or_made(tmp_path: Path) -> None:
    begin_release(options(tmp_path / "data"))
    assert list(tmp_path.iterdir()) == []


def test_the_release_in_the_folder_of_the_operators_file_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(MARK, raising=False)
    begun: list[dict[str, str]] = []

    def become(program: str, words: list[str], environment: dict[str, str]) -> None:
        assert signal.SIGTERM in signal.pthread_sigmask(signal.SIG_BLOCK, ())  # the release shall hear it
        begun.append(environment)

    monkeypatch.setattr(releases.os, "execve", become)
    kept = releases.Releases(tmp_path / "data")
    (tmp_path / "data").mkdir()
    unpacked = kept.incoming()
    (unpacked / "vedette").mkdir()
    kept.adopt(unpacked, "99.0.0", "ab" * 32)
    file = tmp_path / "vedette.toml"
    file.write_text(f'[server]\ndata = "{tmp_path / "data"}"\n[of_a_later_version]\nthing = 1\n')
    begin_release(options(config=file))
    folder = str(tmp_path / "data/releases/99.0.0-abababababab")
    assert [each[MARK] for each in begun] == [folder]
    assert signal.SIGTERM not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert begun[0]["PYTHONPATH"].split(":")[0] == folder
    monkeypatch.setenv(MARK, folder)
    begin_release(options(config=file))
    assert len(begun) == 1
    trial = Trial(tmp_path / "data")
    assert not trial.is_on  # another program runs than the one that was begun, and it proves nothing
    trial.passed()
    assert not kept.state.is_proven


def test_a_disk_that_takes_nothing_leaves_the_installed_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv(MARK, raising=False)

    def full(*_: object) -> None:
        raise releases.ReleaseNotKept("no space left")

    (tmp_path / "releases").mkdir()
    (tmp_path / "releases/state.json").write_text("{}")
    monkeypatch.setattr(releases.Releases, "begin", full)
    monkeypatch.setattr(releases.Releases, "prove", full)
    begin_release(options(tmp_path))
    Trial(tmp_path).passed()
    assert caplog.text.count("no space left") == 2
