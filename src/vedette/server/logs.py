"""What the log looks like: lines for people, or one JSON object a line for machines; never a password."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

FORMATS = ("text", "json")
_TEXT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_USUAL = frozenset((*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"))
# What stands between a user and the host of a URL, and what follows the names that secrets go by.
_IN_URL = re.compile(r"(://[^\s/?#:@]*):[^\s/?#]*@")
_NAMED = re.compile(r"""(?i)\b(password|passwd|pwd)(=|['"]:\s*)(?:"[^"]*"|'[^']*'|[^\s,;&"']+)""")
_HEADER = re.compile(r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie):[^\r\n]*")


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
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler])
    logging.captureWarnings(capture=True)
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # it tells whole addresses, and some hold secrets
    if level == "info":  # it tells that some connection is open, and of whom only at `debug`
        logging.getLogger("vedette.server.websocket").setLevel(logging.WARNING)
