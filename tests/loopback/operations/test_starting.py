"""What keeps the command from starting is one clear line, and status 1."""

import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from vedette.cli.main import main
from vedette.server import logs

Start = Callable[..., str]


def started(*_: object) -> str:
    """Where a server begins that should not have: it ends by that."""
    raise AssertionError("the server has started")


@pytest.fixture
def refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Start:
    """Start with arguments that cannot do; the one line that says why."""
    monkeypatch.setattr(logs, "start_logging", lambda form, level: None)
    monkeypatch.setattr("vedette.server.lifecycle.spare_memory", lambda: None)
    monkeypatch.setattr("vedette.server.lifecycle.welcome", started)

    def start(*arguments: object) -> str:
        words = ["serve", "--data", tmp_path / "data", "--host", "127.0.0.1"]
        ports = [] if "--http-port" in arguments else ["--http-port", "0"]
        assert main([str(each) for each in (*words, *ports, "--rtsp-port", "0", *arguments)]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("vedette serve: ")
        return str(line)

    return start


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the operator is told on standard output."""
    said: list[str] = []
    monkeypatch.setattr("vedette.cli.serve._say", said.append)
    return said


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data directory."""
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def test_a_port_in_use_is_named_with_the_option_that_chooses_another(refused: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        line = refused("--http-port", port)
    assert (
        f"cannot listen on 127.0.0.1:{port}: Address already in use; name another port with --http-port"
        in line
    )


def test_an_address_that_is_not_ours_is_not_blamed_on_the_port(refused: Start) -> None:
    line = refused("--host", "198.51.100.77")
    assert "198.51.100.77" in line
    assert "name another address with --host" in line
    assert "-port" not in line


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[server\n", "line 1"),
        ("[server]\nhttp_prt = 1\n", "http_prt"),
        ("[server]\nhttp_port = 'x'\n", "server.http_port is to be a whole number"),
        ("[server]\nlog_format = 'xml'\n", "server.log_format"),
        ("[[camera]]\nname = 'a'\n", "source"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_file_and_key(
    refused: Start, tmp_path: Path, text: str, wanted: str
) -> None:
    file = tmp_path / "vedette.toml"
    file.write_text(text)
    line = refused("--config", file)
    assert str(file) in line
    assert wanted in line


def test_a_start_that_fails_tells_the_password_that_it_made_up(refused: Start, told: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        busy = other.getsockname()[1]
        refused("--http-port", busy)
        refused("--http-port", busy)
    (line,) = told  # once: the second start found the administrator
    assert line.startswith("  user    admin, password ")


def test_a_file_that_is_not_there_is_named(refused: Start, tmp_path: Path) -> None:
    assert f"{tmp_path}/none.toml: No such file" in refused("--config", tmp_path / "none.toml")
    assert "Is a directory" in refused("--config", tmp_path)


def test_damaged_settings_are_kept_and_the_way_out_is_told(refused: Start, data: Path) -> None:
    (data / "settings.json").write_text("{")
    line = refused()
    assert "settings.json" in line
    assert "restore a backup" in line
    assert (data / "settings.json").read_text() == "{"


def test_another_key_is_told_apart_from_damage(refused: Start, data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        busy = other.getsockname()[1]
        refused("--http-port", busy)  # makes the settings and the administrator
    (data / "key").write_bytes(bytes(32))
    line = refused()
    assert f"{data}/key is not the key of {data}/settings.json" in line
    (data / "key").write_bytes(b"short")
    assert "holds 5 bytes, not 32" in refused()
    (data / "key").write_bytes(bytes(32))
    (data / "key").chmod(0o644)
    assert "mode 600" in refused()


def test_a_data_directory_that_cannot_be_is_named(refused: Start, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    line = refused()
    assert re.search(r"cannot use the data directory .*; name another with --data", line)


def test_a_weak_password_is_refused(refused: Start) -> None:
    assert "password" in refused("--admin-password", "x")


def test_the_administrators_password_may_be_in_the_environment(
    refused: Start, data: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VEDETTE_ADMIN_PASSWORD", "x")
    assert "password" in refused()
    with socket.create_server(("127.0.0.1", 0)) as other:
        busy = other.getsockname()[1]
        refused("--http-port", busy, "--admin-password", "of the option")
        assert not told
        monkeypatch.setenv("VEDETTE_ADMIN_PASSWORD", "")
        (data / "settings.json").unlink()
        refused("--http-port", busy)
    (said,) = told
    assert "shown this once" in said


def test_a_certificate_that_is_not_there_is_named(refused: Start, tmp_path: Path) -> None:
    file = tmp_path / "vedette.toml"
    file.write_text(f"[tls]\ncertificate = '{tmp_path}/none.pem'\nkey = '{tmp_path}/none.key'\n")
    assert "none.pem" in refused("--config", file)
