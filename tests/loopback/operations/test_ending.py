"""How the command ends: everything sealed in time, systemd told, nothing left behind."""

import json
import re
import socket
import time
from pathlib import Path
from typing import Any

from vedette.storage.archive import Archive
from vedette.storage.check import verify


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


def test_two_servers_never_share_a_data_directory(start_process: Any) -> None:
    with start_process() as first:
        first.welcome()
        with start_process() as second:
            assert second.running.wait(30) == 1
            message = second.log()
            assert re.fullmatch(r"vedette serve: another Vedette works on .+; stop it, .*--data\n", message)
        assert first.ends_within_s(3.0) == 0
