"""The journal keeps the latest lines, bounded, as text that XML can carry."""

import logging

import pytest

from vedette.contract.schema.system import SystemLogType
from vedette.device.journal import LINE_MOST_CHARS, LINES_MOST, Journal, NothingLogged


def record(text: str, logger: str = "vedette.device") -> logging.LogRecord:
    return logging.LogRecord(logger, logging.INFO, __file__, 1, text, None, None)


def test_an_empty_log_is_no_log() -> None:
    journal = Journal()
    journal.emit(record("who came", "vedette.audit"))
    with pytest.raises(NothingLogged):
        journal.text(SystemLogType.SYSTEM)
    assert journal.text(SystemLogType.ACCESS) == "who came\n"


def test_only_the_latest_lines_stay() -> None:
    journal = Journal()
    for number in range(LINES_MOST + 3):
        journal.emit(record(str(number)))
    lines = journal.text(SystemLogType.SYSTEM).splitlines()
    assert (len(lines), lines[0], lines[-1]) == (LINES_MOST, "3", str(LINES_MOST + 2))


def test_lines_are_cut_and_cleaned() -> None:
    journal = Journal()
    journal.emit(record("\x00\x1b[31mred\ufffe" + "x" * 2000))
    line = journal.text(SystemLogType.SYSTEM)
    assert line.startswith("\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}[31mred")
    assert len(line) == LINE_MOST_CHARS + 1


def test_a_record_that_cannot_be_formatted_harms_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    journal = Journal()
    journal.emit(logging.LogRecord("vedette", logging.INFO, __file__, 1, "%d", ("none",), None))
    assert "Logging error" in capsys.readouterr().err
    with pytest.raises(NothingLogged):
        journal.text(SystemLogType.SYSTEM)
