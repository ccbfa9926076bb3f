"""The commands that ask a running recorder, with the network replaced."""

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

import pytest
from tests.cli.fake_network import HOST, FakeNetwork

from vedette.cli import api
from vedette.cli.api import RecorderApi
from vedette.cli.exits import Exit
from vedette.cli.main import main
from vedette.cli.output import ProgressBar
from vedette.client.auth import Reply, Request
from vedette.client.errors import LedAstray, Unreachable, Untrusted


def test_cameras_of_a_running_recorder(network: FakeNetwork, capsys: pytest.CaptureFixture[str]) -> None:
    server = ["--server", f"http://{HOST}:8080"]
    assert main(["camera", "list", *server]) == Exit.OK
    told = capsys.readouterr().out
    assert "Front door" in told
    assert "H264 0x0" in told
    assert "fps" not in told, "the rate of single pictures is not known"
    assert main(["camera", "add", "yard", "rtsp://me:geheim@192.0.2.9/main", *server]) == Exit.OK
    sent = json.loads(network.requests[-1].body)
    assert (sent["name"], sent["source"], sent["user"], sent["password"]) == (
        "yard",
        "rtsp://192.0.2.9/main",
        "me",
        "geheim",
    )
    assert main(["camera", "remove", "door", *server]) == Exit.OK
    assert main(["camera", "remove", "yard", *server]) == Exit.FAILED
    captured = capsys.readouterr()
    assert captured.err == "vedette camera: no camera 'yard'\n"
    assert "geheim" not in captured.out


def test_an_export_is_fetched_whole_or_not_at_all(
    network: FakeNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    span = ["--from", "2026-05-01T12:00:00Z", "--to", "2026-05-01T12:00:01Z", "--server", HOST]
    path = "/api/export/door?from_us=1777636800000000&to_us=1777636801000000"
    network.answers["GET", path] = Reply(status=200, body=b"a whole film")
    assert main(["export", "door", str(tmp_path / "a.mp4"), *span]) == Exit.OK
    assert (tmp_path / "a.mp4").read_bytes() == b"a whole film"
    network.answers["GET", path] = Reply(status=404, body=b'{"problem":"no footage"}')
    assert main(["export", "door", str(tmp_path / "b.mp4"), *span]) == Exit.FAILED
    assert f"no footage; what there is: vedette recordings {HOST}" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["a.mp4"]


FILM = b"a whole film of some length"


def ranges(request: Request) -> Reply:
    """What a recorder answers while its footage stays the same."""
    asked = dict(request.headers)
    tag = ("etag", '"1"')
    if asked.get("If-Range") != '"1"':
        return Reply(status=200, headers=(tag,), body=FILM)
    begin = int(asked["Range"].removeprefix("bytes=").removesuffix("-"))
    span = ("content-range", f"bytes {begin}-{len(FILM) - 1}/{len(FILM)}")
    return Reply(status=206, headers=(tag, span), body=FILM[begin:])


def other(request: Request) -> Reply:
    """The same, but some of it was deleted meanwhile."""
    has_begun = "Range" in dict(request.headers)
    return Reply(status=200, headers=(("etag", f'"{has_begun}"'),), body=FILM[5:] if has_begun else FILM)


def nothing_known(_: Request) -> Reply:
    """A recorder of before."""
    return Reply(status=200, body=FILM)


@pytest.mark.parametrize(
    ("answer", "breaks_after", "problem"),
    [
        (ranges, 12, ""),
        (ranges, 0, "the connection was lost"),
        (other, 12, "no longer what it was"),
        (nothing_known, 12, "the connection was lost"),
    ],
)
def test_an_export_goes_on_where_the_connection_was_lost(
    network: FakeNetwork,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    answer: Any,
    breaks_after: int,
    problem: str,
) -> None:
    monkeypatch.setattr(api, "GO_ON_S", 0.01)
    span = ["--from", "2026-05-01T12:00:00Z", "--to", "2026-05-01T12:00:01Z", "--server", HOST]
    network.answers["GET", "/api/export/door?from_us=1777636800000000&to_us=1777636801000000"] = answer
    network.breaks_after = breaks_after
    is_whole = main(["export", "door", str(tmp_path / "a.mp4"), *span]) == Exit.OK
    assert problem in capsys.readouterr().err
    assert is_whole is not bool(problem)
    if is_whole:
        assert (tmp_path / "a.mp4").read_bytes() == FILM
    else:
        assert not list(tmp_path.iterdir())


def test_an_export_is_given_up_when_the_recorder_stays_away(
    network: FakeNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "GO_ON_S", 0.01)
    cameras = network.answers["GET", "/api/cameras"]
    asked: list[int] = []

    def once(_: Request) -> Any:
        asked.append(1)
        if len(asked) > 1:
            raise Unreachable("nobody")
        return cameras

    span = ["--from", "2026-05-01T12:00:00Z", "--to", "2026-05-01T12:00:01Z", "--server", HOST]
    network.answers["GET", "/api/export/door?from_us=1777636800000000&to_us=1777636801000000"] = ranges
    network.answers["GET", "/api/cameras"] = once
    network.breaks_after = 12
    assert main(["export", "door", str(tmp_path / "a.mp4"), *span]) == Exit.UNREACHABLE
    assert len(asked) == 1 + api.GO_ON_MOST + 1
    assert not list(tmp_path.iterdir())


def test_an_export_that_is_fetched_shows_a_bar_before_its_first_byte(
    network: FakeNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[bool, int, int]] = []

    def update(_: ProgressBar, done: int, whole: int) -> None:
        is_asked = any("/api/export" in each.url for each in network.requests)
        shown.append((is_asked, done, whole))

    monkeypatch.setattr(ProgressBar, "update", update)
    span = ["--from", "2026-05-01T12:00:00Z", "--to", "2026-05-01T12:00:01Z", "--server", HOST]
    path = "/api/export/door?from_us=1777636800000000&to_us=1777636801000000"
    network.answers["GET", path] = Reply(status=200, body=b"a whole film")
    assert main(["export", "door", str(tmp_path / "a.mp4"), *span]) == Exit.OK
    assert shown[0] == (False, 0, 1)
    assert shown[-1][:2] == (True, 12)


def test_an_export_that_is_fetched_and_told_to_stop_leaves_nothing(
    network: FakeNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def download(api: RecorderApi, path: str, write: Any, *_: Any, **__: Any) -> None:
        write(b"a part")
        signal.raise_signal(signal.SIGTERM)
        await asyncio.Event().wait()

    monkeypatch.setattr(RecorderApi, "download", download)
    span = ["--from", "2026-05-01T12:00:00Z", "--to", "2026-05-01T12:00:01Z", "--server", HOST]
    assert main(["export", "door", str(tmp_path / "a.mp4"), *span]) == 128 + signal.SIGTERM
    assert "a.mp4 was complete" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("option", ["--close-gaps", "--no-metadata"])
def test_an_export_refuses_what_a_running_recorder_cannot_do(
    network: FakeNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    span = ["--from", "-2m", "--to", "-1m", "--server", HOST]
    assert main(["export", "door", str(tmp_path / "a.mp4"), *span, option]) == Exit.USAGE
    assert f"{option} needs the data folder" in capsys.readouterr().err
    assert not network.requests


def test_a_server_that_answers_anything_is_no_recorder(
    network: FakeNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = Reply(status=200, headers=(("content-type", "text/html"),), body=b"<html>")
    for method, path in (("GET", ""), ("POST", ""), ("DELETE", "/door")):
        network.answers[method, f"/api/cameras{path}"] = page
    network.answers["GET", "/api/export/door?from_us=1777636800000000&to_us=1777636801000000"] = page
    span = ["--from", "2026-05-01T12:00:00Z", "--to", "2026-05-01T12:00:01Z"]
    for words in (
        ["export", "door", str(tmp_path / "a.mp4"), *span],
        ["camera", "add", "yard", "rtsp://192.0.2.9/main"],
        ["camera", "remove", "door"],
        ["camera", "list"],
    ):
        assert main([*words, "--server", HOST]) == Exit.UNREACHABLE, words
        captured = capsys.readouterr()
        assert "Vedette recorder" in captured.err
        assert not captured.out
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("problem", "option"),
    [
        (Untrusted("x: its certificate is not trusted"), "--ca FILE, or --insecure"),
        (LedAstray("x"), "--xaddr"),
    ],
)
def test_a_problem_that_an_option_solves_names_the_option(
    network: FakeNetwork, capsys: pytest.CaptureFixture[str], problem: Unreachable, option: str
) -> None:
    def fail(_: Request) -> Reply:
        raise problem

    network.answers["GET", "/api/cameras"] = fail
    assert main(["camera", "list", "--server", HOST]) == Exit.UNREACHABLE
    assert option in capsys.readouterr().err


def test_an_export_of_more_footage_is_waited_for_longer(network: FakeNetwork, tmp_path: Path) -> None:
    for hours, name in ((1, "a"), (24, "b")):
        start_us = 1_777_636_800_000_000
        path = f"/api/export/door?from_us={start_us}&to_us={start_us + hours * 3_600_000_000}"
        network.answers["GET", path] = Reply(status=200, body=b"a whole film")
        end = f"2026-05-0{1 + hours // 24}T{(12 + hours) % 24:02d}:00:00Z"
        span = ["--from", "2026-05-01T12:00:00Z", "--to", end, "--server", HOST]
        assert main(["export", "door", str(tmp_path / f"{name}.mp4"), *span]) == Exit.OK
    assert network.timeouts_s == [180.0, 120.0 + 24 * 60.0]


def test_a_refused_login_has_its_own_status(network: FakeNetwork, capsys: pytest.CaptureFixture[str]) -> None:
    network.answers["GET", "/api/cameras"] = Reply(status=401)
    assert main(["camera", "list", "--server", HOST]) == Exit.NOT_AUTHORIZED
    assert "VEDETTE_USER" in capsys.readouterr().err


def test_a_password_that_is_missing_is_asked_for_on_a_terminal_and_else_named(
    network: FakeNetwork, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    network.answers["GET", "/api/cameras"] = Reply(
        status=401, headers=(("www-authenticate", 'Digest realm="r", nonce="n", qop="auth"'),)
    )
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert main(["camera", "list", "--server", HOST, "--user", "admin"]) == Exit.NOT_AUTHORIZED
    assert "wants the password of 'admin'" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    asked: list[str] = []
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or "typed")
    assert main(["camera", "list", "--server", HOST, "--user", "admin"]) == Exit.NOT_AUTHORIZED
    assert asked == ["password of admin: "]
    assert "wrong password" in capsys.readouterr().err


def test_a_camera_that_gives_nothing_has_no_size_and_no_rate(
    network: FakeNetwork, capsys: pytest.CaptureFixture[str]
) -> None:
    idle = {"token": "yard", "name": "Yard", "state": "waiting", "problem": "no answer", "main": {"width": 0}}
    network.answers["GET", "/api/cameras"] = Reply(status=200, body=json.dumps({"cameras": [idle]}).encode())
    assert main(["camera", "list", "--server", HOST]) == Exit.OK
    assert capsys.readouterr().out == "yard  Yard  waiting  -  not recorded  no answer\n"


def test_another_server_than_a_recorder_is_told(
    network: FakeNetwork, capsys: pytest.CaptureFixture[str]
) -> None:
    network.answers["GET", "/api/cameras"] = Reply(status=404, body=b"<html>")
    assert main(["camera", "list", "--server", HOST]) == Exit.UNREACHABLE
    assert "is no Vedette recorder" in capsys.readouterr().err


def test_a_recorder_that_starts_is_not_called_something_else(
    network: FakeNetwork, capsys: pytest.CaptureFixture[str]
) -> None:
    network.answers["GET", "/api/cameras"] = Reply(status=503, body=b"starting")
    assert main(["camera", "list", "--server", HOST]) == Exit.UNREACHABLE
    told = capsys.readouterr().err
    assert "it is starting or busy" in told
    assert "no Vedette recorder" not in told


def test_options_go_before_the_url_and_the_url_before_the_environment(
    network: FakeNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VEDETTE_USER", "env")
    monkeypatch.setenv("VEDETTE_PASSWORD", "e")
    challenge = Reply(status=401, headers=(("www-authenticate", 'Digest realm="r", nonce="n", qop="auth"'),))
    network.answers["GET", "/api/cameras"] = challenge
    shown = []
    for arguments in (
        ["http://url:u@192.0.2.7", "--user", "opt", "--password", "o"],
        ["http://url:u@192.0.2.7"],
        [HOST],
    ):
        assert main(["camera", "list", "--server", *arguments]) == Exit.NOT_AUTHORIZED
        authorization = dict(network.requests[-1].headers)["Authorization"]
        shown.append(authorization.partition('username="')[2].partition('"')[0])
    assert shown == ["opt", "url", "env"]
