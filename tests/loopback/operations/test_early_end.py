"""Told to end before it serves: status 0 at once, nothing left behind, and no release given up for it."""

import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from tests.storage.conftest import footage, opened_whole, read_all, record, sample_entry

import vedette
from vedette.device.firmware_releases import FOLDER, STATE_FILE, Releases, ReleaseState
from vedette.server.data_folder import locked
from vedette.server.options import MARK
from vedette.storage.archive import INDEX_FILE, Archive
from vedette.storage.recordings import RecordingInfo
from vedette.storage.writer import WriterOptions

# Runs the command, which is sent a signal right before it does `{name}` of `{module}`.
SCRIPT = """
import importlib, os, sys
from vedette.cli.main import main

owner = importlib.import_module({module!r})
*path, name = {name!r}.split(".")
for each in path:
    owner = getattr(owner, each)
real = getattr(owner, name)

def told(*given, **named):
    os.kill(os.getpid(), {number})
    return real(*given, **named)

setattr(owner, name, told)
ports = ["--host", "127.0.0.1", "--http-port", "0", "--rtsp-port", "0"]
sys.exit(main(["serve", "--demo", "--data", sys.argv[1], *ports]))
"""
MOMENTS = [
    ("vedette.server.releases", "begin_release"),
    ("vedette.server.lifecycle", "configured"),
    ("vedette.server.lifecycle", "locked"),
    ("vedette.server.lifecycle", "clear_leftovers"),
    ("vedette.server.lifecycle", "_administrator"),
    ("vedette.server.assemble", "Server.open_archive"),
    ("vedette.server.assemble", "Server.run"),
]


def serve(
    data: Path, moment: tuple[str, str], number: int = signal.SIGTERM, before: str = "", **environment: str
) -> "subprocess.CompletedProcess[str]":
    script = before + SCRIPT.format(module=moment[0], name=moment[1], number=int(number))
    return subprocess.run(
        [sys.executable, "-c", script, str(data)],
        capture_output=True,
        text=True,
        timeout=30,
        env={"PYTHONPATH": str(Path(vedette.__file__).parents[1]), **environment},
    )


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_end_before_it_serves_is_a_clean_end(tmp_path: Path, moment: tuple[str, str]) -> None:
    done = serve(tmp_path / "data", moment)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert not [*tmp_path.glob("data/*-wal"), *tmp_path.glob("data/running.json")]
    locked(tmp_path / "data").close()


@pytest.mark.parametrize("where", ["check", "renewal"])  # before it records, beside recording
def test_an_end_while_footage_is_entered_is_a_clean_end_and_the_next_start_goes_on(
    tmp_path: Path, where: str
) -> None:
    data = tmp_path / "data"
    archive = Archive(
        data, report=print, options=WriterOptions(segment_us=2_000_000), sample_entry=sample_entry
    )
    archive.create(RecordingInfo(token="hall"))
    record(archive, footage(10))
    archive.close()
    (data / INDEX_FILE).unlink()
    if where == "check":
        (data / INDEX_FILE).touch()
    slowly = f"""
import time
from vedette.storage import {where} as check
entered = check.enter_file
def slow(*given, **named):
    found = entered(*given, **named)
    time.sleep(0.5)
    return found
check.enter_file = slow
"""
    done = serve(data, (f"vedette.storage.{where}", "enter_file"), before=slowly)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert not list(data.glob("*-wal"))

    archive, findings = opened_whole(data, lambda: Archive(data, report=print))
    assert [each.path for each in findings] == (["recordings/hall"] if where == "check" else [])
    assert read_all(archive) == footage(10)
    archive.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("moment", MOMENTS[1:6:4])
def test_ctrl_c_and_a_closed_terminal_end_it_alike(
    tmp_path: Path, moment: tuple[str, str], number: int
) -> None:
    before = "import signal; signal.signal(signal.SIGHUP, signal.SIG_DFL)"  # these tests may run under nohup
    done = serve(tmp_path / "data", moment, number, before)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr


def test_nohup_goes_before_a_closed_terminal(tmp_path: Path) -> None:
    before = """
import os, signal
from vedette.server import lifecycle
signal.signal(signal.SIGHUP, signal.SIG_IGN)
lifecycle.welcome = lambda *_: os.kill(os.getpid(), signal.SIGTERM) or "it serves"
"""
    done = serve(tmp_path / "data", MOMENTS[4], signal.SIGHUP, before)
    assert done.stdout == "it serves\n"
    assert done.returncode == 0, done.stderr
    assert "SIGTERM: ending" in done.stderr
    assert "SIGHUP" not in done.stderr


def test_a_password_that_was_made_up_is_told_though_the_start_came_to_nothing(tmp_path: Path) -> None:
    first = serve(tmp_path / "data", ("vedette.server.assemble", "Server.open_archive"))
    assert first.stdout.startswith("  user    admin, password ")


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no device that is always full")
def test_a_recorder_begins_though_nobody_takes_its_welcome(tmp_path: Path) -> None:
    before = """
import os, signal, sys
from vedette.server import lifecycle
welcome = lifecycle.welcome
lifecycle.welcome = lambda *given: os.kill(os.getpid(), signal.SIGTERM) or welcome(*given)
sys.stdout = open("/dev/full", "w")
"""
    done = serve(tmp_path / "data", ("vedette.server.lifecycle", "calm_collector"), 0, before)
    assert done.returncode == 0, done.stderr
    assert "standard output: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_release_that_is_told_to_end_before_it_serves_is_not_given_up(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / FOLDER).mkdir(parents=True)
    state = ReleaseState(active="99.0.0-abababababab", is_proven=False, starts=1)
    (data / FOLDER / STATE_FILE).write_bytes(msgspec.json.encode(state))
    done = serve(data, MOMENTS[1], **{MARK: str(Path(vedette.__file__).parents[1])})
    assert done.returncode == 0, done.stderr
    assert Releases(data).state.starts == 0
