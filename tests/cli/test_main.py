"""The command line as a whole: help at once, lazily; exit statuses; messages."""

import os
import subprocess
import sys
import zipfile
from argparse import Namespace
from pathlib import Path

import pytest

from vedette.cli.exits import Exit
from vedette.cli.main import COMMANDS, main
from vedette.cli.recordings import period
from vedette.storage.archive import Archive

HEAVY = ("lxml", "httpx2", "av", "numpy", "cryptography", "sqlite3", "asyncio.sslproto")


def test_every_command_has_its_file_and_explains_itself() -> None:
    script = (
        "import sys; from vedette.cli.main import COMMANDS, main\n"
        "assert all(main([name, '--help']) == 0 for name in COMMANDS)\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.count("examples:") == len(COMMANDS)
    assert ran.stderr.strip() == "[]"


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["camera", "add", "--help"]])
def test_help_and_version_end_well(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == Exit.OK
    assert "vedette" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["juggle"],
        ["serve", "--http-port", "70000"],
        ["serve", "--demo", "0"],
        ["call"],
        ["call", "192.0.2.7", "Nonsense"],
        ["call", "192.0.2.7", "Nonsense.GetServices"],
        ["call", "192.0.2.7", "Device.GetServices", "IncludeCapability"],
        ["export", "door", "x.mp4", "--from", "-5m", "--to", "-6m", "--data", "."],
        ["export", "door", "x.mp4", "--from", "yesterday", "--to", "-6m", "--data", "."],
        ["recordings", "192.0.2.7", "--data", "."],
        ["export", "door", "x.mp4", "--from", "-5m", "--to", "now", "--data", ".", "--server", "192.0.2.7"],
        ["recordings", "--from", "-1h", "--to", "-2h", "--data", "."],
        ["discover", "--timeout", "0"],
        ["probe", "192.0.2.7", "--timeout", "-1"],
    ],
)
def test_wrong_usage_has_a_status_and_a_message(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == Exit.USAGE
    captured = capsys.readouterr()
    assert captured.err.startswith(("usage: vedette", "vedette "))
    assert "Traceback" not in captured.err


def test_nobody_there_is_unreachable(capsys: pytest.CaptureFixture[str]) -> None:
    # Port 1 of this machine, which nobody listens on.
    assert main(["call", "127.0.0.1:1", "Device.GetHostname"]) == Exit.UNREACHABLE
    assert "is the port right?" in capsys.readouterr().err


def test_options_may_stand_between_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["call", "127.0.0.1:1", "--compact", "Device.GetHostname"]) == Exit.UNREACHABLE
    assert main(["camera", "remove", "--server", "127.0.0.1:1", "yard"]) == Exit.UNREACHABLE
    assert "unrecognized" not in capsys.readouterr().err


def test_a_password_is_never_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["probe", "http://me:secret@127.0.0.1:1"]) == Exit.UNREACHABLE
    assert main(["probe", "ftp://me:secret@127.0.0.1:1"]) == Exit.FAILED
    captured = capsys.readouterr()
    assert "secret" not in captured.err + captured.out


def test_a_name_that_nobody_knows_is_told_from_a_wrong_port(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["probe", "no-such-host.invalid"]) == Exit.UNREACHABLE
    assert "is it spelt right?" in capsys.readouterr().err


def ran(*arguments: str, output: str) -> "subprocess.CompletedProcess[str]":
    """A command of which the output goes to a file."""
    with Path(output).open("w") as file:
        return subprocess.run(
            [sys.executable, "-m", "vedette", *arguments],
            stdout=file,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no device that is always full")
def test_an_output_that_takes_nothing_is_one_line_and_a_status() -> None:
    done = ran("call", "--list", output="/dev/full")
    assert done.returncode == Exit.FAILED
    assert done.stderr == "vedette call: standard output: No space left on device\n"


def test_whoever_has_read_enough_may_go() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "vedette", "call", "--list"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        running.stdout.close()
        _, told = running.communicate(timeout=60)
    assert (running.returncode, told) == (Exit.OK, "")


def test_both_ends_of_a_period_are_told_from_the_same_instant(monkeypatch: pytest.MonkeyPatch) -> None:
    later = iter(range(1_800_000_000_000_000_000, 1_900_000_000_000_000_000, 1_000_000_000))
    monkeypatch.setattr("time.time_ns", lambda: next(later))
    begin_us, end_us = period(Namespace(begin="-25h", end="-1h"))
    assert end_us - begin_us == 24 * 3600 * 1_000_000  # the most that a recorder exports at once


@pytest.mark.parametrize(
    ("closed", "arguments", "status"),
    [
        ("<&-", ["probe", "127.0.0.1:1", "--user", "me"], Exit.UNREACHABLE),
        (">&-", ["call", "--list"], Exit.OK),
        ("2>&-", ["check", "--data", "{folder}"], Exit.OK),
        ("2>&-", ["check", "--nonsense"], Exit.USAGE),
    ],
)
def test_commands_work_with_a_standard_stream_closed(
    closed: str, arguments: list[str], status: Exit, tmp_path: Path
) -> None:
    Archive(tmp_path, report=lambda *_: None).close()
    words = [each.format(folder=tmp_path) for each in arguments]
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" -m vedette "$@" {closed}', sys.executable, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert "usage:" not in done.stdout  # what belongs to the closed stream does not come by another


def test_no_file_gets_the_number_of_a_closed_stream() -> None:
    script = (
        "import os; from vedette.cli.main import main; main(['--version'])\n"
        "print(*(os.readlink(f'/proc/self/fd/{each}') for each in (0, 2)))"
    )
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" -c "$1" <&- 2>&-', sys.executable, script],
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "/dev/null /dev/null"


def written(*arguments: str | bytes, encoding: str) -> "subprocess.CompletedProcess[bytes]":
    """A command on a terminal of that encoding."""
    return subprocess.run(
        [sys.executable, "-m", "vedette", *arguments],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_what_the_encoding_of_the_terminal_lacks_is_written_by_its_number() -> None:
    done = written("camera", "add", "--help", encoding="latin-1")
    assert done.returncode == Exit.OK
    assert b"rtsps://\\u2026, file:PATH" in done.stdout


def test_why_a_command_fails_is_told_the_journal_as_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "journal").open("w+") as journal:
        state = os.fstat(journal.fileno())
        monkeypatch.setattr(sys, "stderr", journal)
        monkeypatch.setenv("JOURNAL_STREAM", f"{state.st_dev}:{state.st_ino}")
        assert main(["serve", "--config", f"{tmp_path}/none.toml", "--data", f"{tmp_path}"]) == Exit.FAILED
        journal.seek(0)
        assert journal.read() == f"<3>vedette serve: {tmp_path}/none.toml: No such file or directory\n"


def test_names_of_files_that_are_no_text_are_written_as_they_are(tmp_path: Path) -> None:
    key = bytes(tmp_path) + b"/\xff.pem"
    archive = bytes(tmp_path) + b"/\xff.release"
    wheel = tmp_path / "vedette-1.4.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("vedette-1.4.0.dist-info/METADATA", "Name: vedette\nVersion: 1.4.0\n")
    assert written("release", "key", key, encoding="utf-8").returncode == Exit.OK
    done = written("release", "pack", "--key", key, "--output", archive, str(wheel), encoding="utf-8")
    assert (done.returncode, done.stderr) == (Exit.OK, b"")
    assert done.stdout.startswith(archive)


def test_an_argument_that_is_no_text_is_wrong_usage() -> None:
    done = written("camera", "remove", b"\xff", "--server", "127.0.0.1:1", encoding="utf-8")
    assert done.returncode == Exit.USAGE
    assert done.stderr == b"vedette camera: an argument is no text in the encoding of this system\n"
