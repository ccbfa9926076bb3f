"""How the command ends: everything sealed in time, systemd told, nothing left behind."""

import json
import os
import re
import socket
import time
from pathlib import Path
from typing import Any

from vedette.storage.archive import Archive
from vedette.storage.check import opened, verify


def begun_footage(data: Path) -> bool:
    """Whether a segment holds something."""
    return any(file.stat().st_size > 100_000 for file in data.glob("recordings/*/**/*.mp4"))


def test_sigterm_seals_what_was_recorded_and_leaves_nothing_behind(
    start_process: Any, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(10)
        environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "400000"}
        with start_process("--demo", "--log-format", "json", **environment) as process:
            assert "rtsp://" not in process.welcome()
            told = [manager.recv(1000).decode() for _ in range(4)]
            assert "READY=1\nSTATUS=serving" in told
            assert "WATCHDOG_USEC=400000" in told  # which another value was for, where it begins anew
            assert told.count("WATCHDOG=1") == 2
            note = json.loads((process.data / "running.json").read_bytes())
            assert note["pid"] == process.running.pid
            assert note["http_port"] == process.http_port
            deadline_s = time.monotonic() + 10
            while not begun_footage(process.data):
                assert time.monotonic() < deadline_s
                manager.recv(1000)
            assert process.ends_within_s(3.0) == 0
            manager.settimeout(0)
            last = ""
            while last != "STOPPING=1":
                last = manager.recv(1000).decode()
            for line in process.log().splitlines():
                assert {"time", "level", "logger", "message"} <= json.loads(line).keys()
    assert not (process.data / "running.json").exists()
    assert not [*process.data.glob("*-wal")]
    archive = Archive(process.data, report=lambda *_: None)
    try:
        assert archive.index.unfinished() == []
        assert verify(archive) == []
        assert archive.usage("demo1").segments == 1
    finally:
        archive.close()


HANGING = """
import os, time
def hanging(act):
    def wait_for_ever(*arguments, **named):
        while os.path.exists({mark!r}):
            time.sleep(0.1)
        return act(*arguments, **named)
    return wait_for_ever
for name in ("fsync", "fdatasync", "pwritev", "unlink"):
    setattr(os, name, hanging(getattr(os, name)))
"""


def test_sigterm_ends_in_time_though_the_disk_hangs_and_tells_what_it_may_have_lost(
    start_process: Any, tmp_path: Path
) -> None:
    mark, patched = tmp_path / "hangs", tmp_path / "patched"
    patched.mkdir()
    (patched / "sitecustomize.py").write_text(HANGING.format(mark=str(mark)))
    path = os.pathsep.join((str(patched), os.environ.get("PYTHONPATH", "")))
    with start_process("--demo", PYTHONPATH=path) as process:
        process.welcome()
        deadline_s = time.monotonic() + 10
        while not begun_footage(process.data):
            assert time.monotonic() < deadline_s
            time.sleep(0.05)
        mark.touch()
        time.sleep(3.0)  # longer than a fragment: some of it waits by now
        assert process.ends_within_s(3.0 + 0.2) == 1  # the signal's way, and that of the status
        log = process.log()
    assert "not everything ended in time" in log
    assert re.search(r"\d+ bytes of footage are not written and lost; the footage of the last \d s", log)
    mark.unlink()
    archive, _ = opened(process.data, lambda: Archive(process.data, report=lambda *_: None))
    try:
        assert verify(archive) == []
    finally:
        archive.close()


def test_two_servers_never_share_a_data_directory(start_process: Any) -> None:
    with start_process() as first:
        first.welcome()
        with start_process() as second:
            assert second.running.wait(30) == 1
            message = second.log()
            assert re.fullmatch(r"vedette serve: another Vedette works on .+; stop it, .*--data\n", message)
        assert first.ends_within_s(3.0) == 0
