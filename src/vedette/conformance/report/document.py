"""The JSON report: written after a run, read for everything else."""

from pathlib import Path

import msgspec

from vedette.base.errors import VedetteError
from vedette.conformance.result import FORMAT, Report

NAME = "report.json"


class BadReport(VedetteError):
    """A file that holds no report; names it."""


def to_json(report: Report) -> bytes:
    """The report, indented for people who look at it."""
    return msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n"


def from_json(data: bytes, source: str = "the report") -> Report:
    """A report read back; raises BadReport."""
    try:
        report = msgspec.json.decode(data, type=Report)
    except msgspec.MsgspecError as error:
        raise BadReport(f"{source} holds no report: {error}") from error
    if report.format != FORMAT:
        raise BadReport(f"{source} is a report of format {report.format}, this program reads {FORMAT}")
    return report


def read(path: Path) -> Report:
    """The report in a file, or in a folder of reports; raises BadReport."""
    place = path / NAME if path.is_dir() else path
    try:
        data = place.read_bytes()
    except OSError as error:
        raise BadReport(f"{place} cannot be read: {error.strerror}") from error
    return from_json(data, str(place))
