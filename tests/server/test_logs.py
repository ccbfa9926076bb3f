"""The log: one JSON object a line, or one line for people; no passwords, no forged lines."""

import io
import json
import logging
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.server.logs import JsonFormatter, TextFormatter, start_logging, with_priority, without_secrets


def record(message: str, *arguments: object, extra: dict[str, object] | None = None) -> logging.LogRecord:
    logger = logging.getLogger("vedette.test")
    return logger.makeRecord(
        "vedette.test", logging.WARNING, __file__, 1, message, arguments, None, extra=extra
    )


@pytest.fixture
def logged() -> tuple[logging.Logger, io.StringIO]:
    """A logger that writes JSON, and what it wrote."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    logger = logging.Logger("vedette.test")
    logger.addHandler(handler)
    return logger, written


def test_a_line_of_json_has_time_level_logger_message_and_fields(
    logged: tuple[logging.Logger, io.StringIO],
) -> None:
    logger, written = logged
    logger.warning("camera %s is late", "door", extra={"camera": "door", "late_s": 1.5})
    entry = json.loads(written.getvalue())
    assert entry.pop("time").endswith("+00:00")
    assert entry == {
        "level": "warning",
        "logger": "vedette.test",
        "message": "camera door is late",
        "fields": {"camera": "door", "late_s": 1.5},
    }


def test_an_exception_stays_within_its_line(logged: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = logged
    try:
        raise ValueError("rtsp://user:hunter2@host/")
    except ValueError:
        logger.exception("failed")
    (line,) = written.getvalue().splitlines()
    assert "ValueError" in json.loads(line)["trace"]
    assert "hunter2" not in line


@given(st.text(alphabet=st.characters(), max_size=60), st.dictionaries(st.just("x"), st.binary(max_size=4)))
def test_whatever_is_logged_is_one_line_of_json(message: str, extra: dict[str, object]) -> None:
    line = JsonFormatter().format(record(message.replace("%", ""), extra=extra))
    assert len(line.splitlines()) == 1
    assert json.loads(line)["logger"] == "vedette.test"
    assert len(TextFormatter().format(record("%s", message)).split("\n")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "cannot open rtsp://viewer:hunter2@192.0.2.1/stream",
        "moved to rtsp://:hunter2@192.0.2.1:554/",
        "http://a:b:hunter2@host and https://c:hunter2@host/",
        "options password=hunter2, more",
        '{"user": "x", "password": "hunter2 with space"}',
        "Authorization: Digest username=x, response=hunter2",
        "Cookie: vedette=hunter2",
    ],
)
def test_secrets_are_taken_out(text: str) -> None:
    assert "hunter2" not in without_secrets(text)


@pytest.mark.parametrize(
    "text",
    [
        "the camera refuses the password: next try in 30.0 s",
        "rtsp://192.0.2.1:8554/live/door@home",
        "user a@b at http://[2001:db8::1]:8080/x",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert without_secrets(text) == text


def test_lines_for_the_journal_of_systemd_tell_their_priority(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "captureWarnings", lambda **_: None)
    made: list[logging.Handler] = []
    monkeypatch.setattr(logging, "basicConfig", lambda handlers, **_: made.extend(handlers))
    with (tmp_path / "journal").open("w+") as journal:
        state = os.fstat(journal.fileno())
        monkeypatch.setattr(sys, "stderr", journal)
        monkeypatch.setenv("JOURNAL_STREAM", f"{state.st_dev}:{state.st_ino}")
        for form in ("text", "json"):
            start_logging(form, "debug")
        monkeypatch.setenv("JOURNAL_STREAM", f"{state.st_dev}:{state.st_ino + 1}")  # of who started us
        start_logging("text", "debug")
    text, json_lines, plain = (handler.format(record("late")) for handler in made)
    assert text.startswith("<4>2")
    assert json_lines.startswith("<4>")
    assert json.loads(json_lines.removeprefix("<4>"))["message"] == "late"
    assert plain.startswith("2")


@pytest.mark.parametrize(
    ("level", "priority"),
    [(logging.DEBUG, 7), (logging.INFO, 6), (logging.WARNING, 4), (logging.ERROR, 3), (logging.CRITICAL, 2)],
)
def test_every_line_of_a_trace_has_its_priority(level: int, priority: int) -> None:
    assert with_priority("it failed\nTraceback", level) == f"<{priority}>it failed\n<{priority}>Traceback"


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the field came with 3.12")
def test_the_name_of_a_task_is_no_field() -> None:
    assert "fields" not in json.loads(JsonFormatter().format(record("x")))


def test_the_http_client_does_not_write_down_every_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging, "basicConfig", lambda **_: None)
    monkeypatch.setattr(logging, "captureWarnings", lambda **_: None)
    client = logging.getLogger("httpx2")
    before = client.level
    start_logging("text", "info")
    assert not client.isEnabledFor(logging.INFO)
    client.setLevel(before)


def test_a_websocket_that_opens_is_no_line_of_its_own() -> None:
    sockets = logging.getLogger("vedette.server.websocket")
    before = sockets.level
    try:
        start_logging("text", "debug")
        assert sockets.level == before
        start_logging("text", "info")
        assert not sockets.isEnabledFor(logging.INFO)
    finally:
        sockets.setLevel(before)
