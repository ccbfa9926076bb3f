"""The latest log lines, kept in memory so that clients can fetch them."""

import logging
import re
from collections import deque

from vedette.base.errors import VedetteError
from vedette.contract.schema.system import SystemLogType

LINES_MOST = 2000  # of each log
LINE_MOST_CHARS = 1000
ACCESS_LOGGER = "vedette.audit"
# What XML cannot carry. Source: XML 1.0 §2.2, production 2.
_NOT_TEXT = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NothingLogged(VedetteError):
    """There is no line in that log."""


class Journal(logging.Handler):
    """A log handler that remembers: who came in (the audit log) apart from everything else.

    It begins empty with each start of the process; a formatter must keep secrets out of the lines.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[SystemLogType, deque[str]] = {
            kind: deque(maxlen=LINES_MOST) for kind in SystemLogType
        }

    def emit(self, record: logging.LogRecord) -> None:
        """Remember a record."""
        kind = SystemLogType.ACCESS if record.name == ACCESS_LOGGER else SystemLogType.SYSTEM
        try:
            text = self.format(record)
        except (TypeError, ValueError, KeyError):  # a template and arguments that do not fit
            self.handleError(record)
            return
        line = _NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)
        self._lines[kind].append(line[:LINE_MOST_CHARS])

    def text(self, kind: SystemLogType) -> str:
        """The lines of a log, the oldest first; raises NothingLogged."""
        lines = tuple(self._lines[kind])
        if not lines:
            raise NothingLogged(f"nothing has been written to the {kind} log since the start")
        return "\n".join(lines) + "\n"
