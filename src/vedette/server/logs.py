"""What the log looks like: lines for people, or one JSON object a line for machines; never a password."""

import json
import logging
import os
import re
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

FORMATS = ("text", "json")
_TEXT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_USUAL = frozenset((*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"))
# What stands between a user and the host of a URL, and what follows the names that secrets go by.
_IN_URL = re.compile(r"(://[^\s/?#:@]*):[^\s/?#]*@")
_NAMED = re.compile(r"""(?i)\b(password|passwd|pwd)(=|['"]:\s*)(?:"[^"]*"|'[^']*'|[^\s,;&"']+)""")
_HEADER = re.compile(r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie):[^\r\n]*")
_PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))  # syslog's


class TextFormatter(logging.Formatter):
    """A line for people: time (local), level, logger, message; a trace follows on lines of its own."""

    def __init__(self) -> None:
        super().__init__(_TEXT)

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        return without_secrets(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line itself; what comes from outside cannot begin another one."""
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `time` (UTC), `level`, `logger`, `message`.

    `fields` holds what the caller gave as `extra`, `trace` the exception; both only where there is one.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        fields = {name: value for name, value in vars(record).items() if name not in _USUAL}
        if fields:
            entry["fields"] = fields
        if record.exc_info:
            entry["trace"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(entry, default=str, skipkeys=True)


class JournalFormatter(logging.Formatter):
    """What another formatter makes, each line with the priority that systemd's journal takes off again.

    The journal has no other way to tell an error from the rest. Source: sd-daemon(3).
    """

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """The record; the lines of a trace are entries of their own there, and as grave."""
        return with_priority(self._inner.format(record), record.levelno)


def with_priority(text: str, level: int) -> str:
    """The text, each line with the priority of a level of `logging`."""
    priority = next((number for least, number in _PRIORITIES if level >= least), 7)
    return f"<{priority}>" + text.replace("\n", f"\n<{priority}>")


def is_journal(stream: TextIO) -> bool:
    """Whether a stream leads to systemd's journal, which tells in JOURNAL_STREAM which one does.

    Programs that one of ours starts, or that started ours, may have got another one. Source: systemd.exec(5).
    """
    try:
        state = os.fstat(stream.fileno())
    except (AttributeError, OSError, ValueError):  # closed, or no file
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{state.st_dev}:{state.st_ino}"


def without_secrets(text: str) -> str:
    """The text with the passwords of URLs, and whatever is called a password, taken out.

    The second guard: nobody should log one in the first place.
    """
    if "://" in text:
        text = _IN_URL.sub(r"\1:…@", text)
    return _HEADER.sub(r"\1: …", _NAMED.sub(r"\1\2…", text))


def start_logging(form: str, level: str) -> None:
    """Send log records of `level` and above to standard error, `form` being one of `FORMATS`."""
    handler = logging.StreamHandler()
    formatter = JsonFormatter() if form == "json" else TextFormatter()
    handler.setFormatter(JournalFormatter(formatter) if is_journal(sys.stderr) else formatter)
    logging.basicConfig(level=level.upper(), handlers=[handler])
    logging.captureWarnings(capture=True)
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # it tells whole addresses, and some hold secrets
    if level == "info":  # it tells that some connection is open, and of whom only at `debug`
        logging.getLogger("vedette.server.websocket").setLevel(logging.WARNING)
