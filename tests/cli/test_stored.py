"""The commands that work on a data folder."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from tests.storage.conftest import ALL, footage, sample_entry

from vedette.cli.camera import without_login
from vedette.cli.exits import Exit
from vedette.cli.main import main
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore
from vedette.security.passwords import vault_at
from vedette.server.data_folder import RUNNING_FILE, Running, locked
from vedette.storage.archive import INDEX_FILE, Archive
from vedette.storage.draft import drafted
from vedette.storage.recordings import RecordingInfo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with one empty recording."""
    archive = Archive(tmp_path, report=lambda *_: None)
    archive.create(RecordingInfo(token="door", source_name="Front door"))
    archive.close()
    return tmp_path


def saved(folder: Path) -> Settings:
    return SettingsStore.open(folder / "settings.json", Settings).current


def test_cameras_are_added_listed_and_removed_without_a_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(tmp_path)]
    source = "rtsp://me:geheim@192.0.2.7/main"
    assert main(["camera", "add", "door", source, "--title", "Front door", "--no-audio", *data]) == Exit.OK
    (camera,) = saved(tmp_path).cameras
    assert (camera.source, camera.user, camera.audio) == ("rtsp://192.0.2.7/main", "me", False)
    assert camera.password.startswith("v1:")
    assert main(["camera", "list", *data]) == Exit.OK
    assert main(["camera", "add", "door", source, *data]) == Exit.FAILED
    assert main(["camera", "add", "no/name", source, *data]) == Exit.FAILED
    assert main(["camera", "add", "x", "http://192.0.2.7", *data]) == Exit.FAILED
    assert main(["camera", "remove", "yard", *data]) == Exit.FAILED
    assert main(["camera", "remove", "door", *data]) == Exit.OK
    assert saved(tmp_path).cameras == ()
    assert main(["camera", "list", *data]) == Exit.OK
    captured = capsys.readouterr()
    assert "geheim" not in captured.out + captured.err
    assert "there are: door" in captured.err
    assert "no cameras" in captured.out
    assert "'http://192.0.2.7' is no source" in captured.err


@pytest.mark.parametrize(
    ("words", "environment", "expected"),
    [
        (["rtsp://192.0.2.7/main", "--camera-user", "me"], "e", ("me", "e")),
        (["rtsp://me@192.0.2.7/main"], "e", ("me", "e")),
        (["rtsp://me:u@192.0.2.7/main"], "e", ("me", "u")),
        (["rtsp://me:u@192.0.2.7/main", "--camera-password", "o"], "e", ("me", "o")),
        (["rtsp://me@192.0.2.7/main", "--camera-password", ""], "e", ("me", "")),
        (["rtsp://192.0.2.7/main"], "e", ("", "")),
        (["rtsp://192.0.2.7/main", "--camera-user", "me"], None, ("me", "typed")),
        (["rtsp://me@192.0.2.7/main"], None, ("me", "")),
    ],
)
def test_a_cameras_password_need_not_stand_on_the_command_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    environment: str | None,
    expected: tuple[str, str],
) -> None:
    monkeypatch.delenv("VEDETTE_CAMERA_PASSWORD", raising=False)
    if environment is not None:
        monkeypatch.setenv("VEDETTE_CAMERA_PASSWORD", environment)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("getpass.getpass", lambda prompt: "typed" if "me at the camera" in prompt else prompt)
    assert main(["camera", "add", "door", *words, "--data", str(tmp_path)]) == Exit.OK
    (camera,) = saved(tmp_path).cameras
    password = camera.password and vault_at(tmp_path / "key").open(camera.password, "door")
    assert (camera.user, password) == expected


def test_a_password_that_is_not_typed_is_no_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ended(_: str) -> str:
        raise EOFError  # Ctrl-D

    monkeypatch.delenv("VEDETTE_CAMERA_PASSWORD", raising=False)
    monkeypatch.delenv("VEDETTE_PASSWORD", raising=False)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("getpass.getpass", ended)
    words = ["camera", "add", "door", "rtsp://192.0.2.7/main"]
    assert main([*words, "--camera-user", "me", "--data", str(tmp_path)]) == Exit.FAILED
    assert main([*words, "--user", "admin", "--server", "127.0.0.1:1"]) == Exit.FAILED
    assert capsys.readouterr().err == "vedette camera: no password was typed\n" * 2


def test_the_certificate_of_a_camera_is_stored_and_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    add, data = ["camera", "add"], ["--data", str(tmp_path)]
    source, print_ = "rtsps://192.0.2.7/main", "ab" * 32
    assert main([*add, "door", source, "--camera-fingerprint", print_, *data]) == Exit.OK
    assert main([*add, "yard", source, "--camera-ca", "cameras.pem", *data]) == Exit.OK
    assert main([*add, "gate", source, "--camera-fingerprint", "ab", *data]) == Exit.FAILED
    assert "'ab' is no SHA-256 fingerprint" in capsys.readouterr().err
    door, yard = saved(tmp_path).cameras
    assert (door.fingerprint, door.ca_file) == (print_, "")
    assert (yard.fingerprint, yard.ca_file) == ("", str(tmp_path / "cameras.pem"))
    assert main(["camera", "list", *data]) == Exit.OK
    listed = capsys.readouterr().out
    assert f"certificate {print_}" in listed
    assert f"certified by {tmp_path / 'cameras.pem'}" in listed


def test_only_adding_begins_the_settings_of_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["list"], ["remove", "door"]):
        assert main(["camera", *words, "--data", str(tmp_path)]) == Exit.FAILED
        assert "holds no settings" in capsys.readouterr().err
    assert not [*tmp_path.iterdir()]


def test_a_folder_that_another_command_has_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    left = Running(pid=1 << 30, base="http://127.0.0.1:1", http_port=1, rtsp_port=2)  # by one that was killed
    (tmp_path / RUNNING_FILE).write_bytes(msgspec.json.encode(left))
    other = locked(tmp_path)
    waits: list[float] = []

    def waited(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            other.close()

    monkeypatch.setattr("vedette.cli.camera.time.sleep", waited)
    assert main(["camera", "add", "door", "rtsp://192.0.2.7/main", "--data", str(tmp_path)]) == Exit.OK
    assert (len(waits), [each.name for each in saved(tmp_path).cameras]) == (3, ["door"])


def test_a_folder_that_a_server_keeps_is_waited_for_until_it_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    note = Running(pid=os.getpid(), base="http://127.0.0.1:1", http_port=1, rtsp_port=2)
    add = ["camera", "add", "door", "rtsp://192.0.2.7/main", "--data", str(tmp_path)]
    with locked(tmp_path):
        monkeypatch.setattr("vedette.cli.camera.WAIT_S", 0.1)
        assert main(add) == Exit.FAILED
        assert "name it with --server instead" in capsys.readouterr().err
        monkeypatch.setattr(
            "vedette.cli.camera.time.sleep",
            lambda _: (tmp_path / RUNNING_FILE).write_bytes(msgspec.json.encode(note)),
        )
        assert main(add) == Exit.UNREACHABLE


def test_the_data_folder_is_the_one_here_where_none_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "here").mkdir()
    (folder / "here" / "data").symlink_to(folder)
    monkeypatch.chdir(folder / "here")
    assert main(["recordings"]) == Exit.OK
    assert "Front door" in capsys.readouterr().out
    assert main(["export", "door", "x.mp4", "--from", "-5m", "--to", "now"]) == Exit.FAILED
    assert "nothing of 'door' is recorded" in capsys.readouterr().err


def test_a_folder_that_is_none_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gone = str(tmp_path / "gone")
    assert main(["camera", "list", "--data", gone]) == Exit.FAILED
    assert main(["recordings", "--data", gone]) == Exit.FAILED
    assert main(["check", "--data", gone]) == Exit.FAILED
    assert main(["check", "--repair", "--data", gone]) == Exit.FAILED
    assert capsys.readouterr().err.count("vedette serve --data") == 4
    assert not Path(gone).exists()


def test_a_folder_that_cannot_be_written_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("vedette.cli.stored.os.access", lambda path, mode: path != folder)
    assert main(["recordings", "--data", str(folder)]) == Exit.FAILED
    assert "be its owner, or take a copy" in capsys.readouterr().err


def test_what_is_being_recorded_counts_as_soon_as_it_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Archive(folder, report=lambda *_: None, sample_entry=sample_entry)) as archive:
        writer = archive.writer("door")
        writer.tracks_changed(ALL)
        writer.receive(footage(3))
        writer.flush()
        written: Future[None] = Future()
        archive._disk.submit(lambda: written.set_result(None))
        written.result(20)
        assert main(["recordings", "--json", "--data", str(folder)]) == Exit.OK
        (found,) = json.loads(capsys.readouterr().out)
        (file,) = (folder / "recordings" / "door").glob("*/*.mp4")
        assert found["bytes"] == file.stat().st_size > 0
        archive.release(writer)


def test_recordings_of_a_folder_are_listed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recordings", "--data", str(folder)]) == Exit.OK
    assert capsys.readouterr().out == "door  Front door  0 B\n  no footage\n"


def test_a_folder_in_order_is_in_order(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--data", str(folder)]) == Exit.OK
    assert main(["check", "--repair", "--data", str(folder)]) == Exit.OK
    assert capsys.readouterr().out == "nothing is wrong\n" * 2


def test_a_foreign_file_is_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    day = folder / "recordings" / "door" / "2026-05-01"
    day.mkdir()
    (day / "120000.000000.mp4").write_bytes(b"not a film")
    assert main(["check", "--data", str(folder)]) == Exit.FAILED
    told = capsys.readouterr().out
    assert "is not in the index" in told
    assert "1 finding; stop the server" in told


def test_a_lost_or_damaged_index_is_rebuilt_when_asked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / INDEX_FILE).write_bytes(b"no database at all" * 100)
    assert main(["recordings", "--data", str(folder)]) == Exit.FAILED
    assert "vedette check --repair" in capsys.readouterr().err
    assert main(["check", "--repair", "--data", str(folder)]) == Exit.OK
    assert "moved to" in capsys.readouterr().out
    (folder / INDEX_FILE).write_bytes(b"")
    assert main(["recordings", "--data", str(folder)]) == Exit.OK
    assert "not in the index: door; run: vedette check --repair" in capsys.readouterr().err
    assert main(["check", "--repair", "--data", str(folder)]) == Exit.OK
    (folder / INDEX_FILE).unlink()
    assert main(["recordings", "--data", str(folder)]) == Exit.FAILED
    assert main(["check", "--repair", "--data", str(folder)]) == Exit.OK
    assert main(["recordings", "--data", str(folder)]) == Exit.OK
    assert "Front door" in capsys.readouterr().out


def test_an_index_that_opens_and_cannot_be_read_is_told_with_what_to_do(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(folder / INDEX_FILE)) as connection:
        connection.execute("UPDATE recordings SET about = x'00'")
        connection.commit()
    for command in (["check"], ["recordings"]):
        assert main([*command, "--data", str(folder)]) == Exit.FAILED
        assert "vedette check --repair" in capsys.readouterr().err
    assert main(["check", "--repair", "--data", str(folder)]) == Exit.OK
    assert main(["check", "--data", str(folder)]) == Exit.OK


def test_nothing_is_repaired_under_a_running_server(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with locked(folder):
        assert main(["check", "--data", str(folder)]) == Exit.OK
        assert main(["check", "--repair", "--data", str(folder)]) == Exit.FAILED
    assert "stop it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "interrupt"),
    [
        (signal.SIGINT, signal.default_int_handler),
        (signal.SIGTERM, signal.default_int_handler),
        (signal.SIGTERM, signal.SIG_IGN),
        (signal.SIGHUP, signal.default_int_handler),
    ],
)
def test_an_export_that_is_told_to_stop_leaves_nothing(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    interrupt: Any,
) -> None:
    def stopped(*given: Any, **_: Any) -> None:
        with drafted(given[4]) as file:
            file.write(b"a part")
            signal.raise_signal(number)

    monkeypatch.setattr("vedette.storage.export.export", stopped)
    target = folder / "x.mp4"
    former = signal.signal(signal.SIGINT, interrupt), signal.signal(signal.SIGHUP, signal.SIG_DFL)  # no nohup
    before = [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGHUP)]
    try:
        span = ["--from", "-5m", "--to", "now", "--data", str(folder)]
        assert main(["export", "door", str(target), *span]) == 128 + number
        assert [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGHUP)] == before
    finally:
        signal.signal(signal.SIGINT, former[0])
        signal.signal(signal.SIGHUP, former[1])
    assert f"stopped before {target} was complete" in capsys.readouterr().err
    assert not list(folder.glob("x.mp4*"))


def test_exports_never_replace_a_file_unasked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = folder / "x.mp4"
    target.write_bytes(b"dear")
    span = ["--from", "-5m", "--to", "now", "--data", str(folder)]
    assert main(["export", "door", str(target), *span]) == Exit.FAILED
    assert "--force" in capsys.readouterr().err
    assert main(["export", "door", str(target), *span, "--force"]) == Exit.FAILED
    told = capsys.readouterr().err
    assert "nothing of 'door' is recorded" in told
    assert "holds no footage yet" in told
    assert target.read_bytes() == b"dear"
    assert main(["export", "door", str(folder), *span, "--force"]) == Exit.FAILED
    assert (
        main(["export", "door", os.devnull, *span, "--force"]) == Exit.FAILED
    )  # it would be a file afterwards
    assert capsys.readouterr().err.count("is no file") == 2
    assert main(["export", "yard", str(folder / "y.mp4"), *span]) == Exit.FAILED
    assert "no recording 'yard'; there are: door" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("rtsp://a:b%40c@h:554/x?y", ("rtsp://h:554/x?y", "a", "b@c")),
        ("rtsp://h/x@y", ("rtsp://h/x@y", "", "")),
        ("file:/a@b", ("file:/a@b", "", "")),
        ("drawn:?seed=1", ("drawn:?seed=1", "", "")),
    ],
)
def test_a_login_is_taken_out_of_a_camera_s_address(url: str, parts: tuple[str, str, str]) -> None:
    assert without_login(url) == parts


def test_a_damaged_event_log_is_told_put_aside_by_a_repair_and_told_again_where_it_lies(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "events.sqlite").write_bytes(b"rubbish" * 1000)
    assert main(["check", "--data", str(folder)]) == Exit.FAILED
    assert main(["check", "--repair", "--data", str(folder)]) == Exit.OK
    repaired = capsys.readouterr().out
    assert repaired.count("events.sqlite: events.sqlite cannot be opened: file is not a database") == 2
    assert "events.sqlite: moved to events.sqlite.damaged-1" in repaired
    assert main(["check", "--data", str(folder)]) == Exit.OK
    told = capsys.readouterr().out
    assert told.splitlines()[0].startswith("events.sqlite.damaged-1: was put aside and holds events")
    assert "nothing is wrong" in told


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}])
def test_a_data_folder_may_have_any_name_in_any_locale(folder: Path, locale: dict[str, str]) -> None:
    strange = folder.with_name(f"{folder.name}-küche-\udcff")
    folder.rename(strange)
    done = subprocess.run(
        [sys.executable, "-m", "vedette", "check", "--data", str(strange)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"LC_ALL": "C"} | locale,
    )
    assert (done.returncode, done.stdout, done.stderr) == (Exit.OK, "nothing is wrong\n", "")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root works on what is somebody else's")
@pytest.mark.parametrize("arguments", [["check", "--repair"], ["camera", "add", "yard", "drawn:?seed=1"]])
def test_what_root_makes_in_a_data_folder_belongs_to_who_the_folder_belongs_to(
    folder: Path, arguments: list[str]
) -> None:
    (folder / INDEX_FILE).write_bytes(b"rubbish" * 1000)
    for each in (folder, *folder.rglob("*")):
        os.chown(each, 12345, 12346)
    for each in (folder, *folder.parents):
        each.chmod(each.stat().st_mode | 0o001)
    command = [sys.executable, "-m", "vedette", *arguments, "--data", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (Exit.OK, "")
    owners = {(each.stat().st_uid, each.stat().st_gid) for each in folder.rglob("*")}
    assert owners == {(12345, 12346)}
    assert (folder / "settings.json").exists() or "moved to" in done.stdout
