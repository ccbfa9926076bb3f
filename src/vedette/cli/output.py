"""Tables and progress on a terminal, and the streams that a command begins and ends with."""

import codecs
import os
import sys
import time
from collections.abc import Sequence
from io import TextIOWrapper
from typing import TextIO

BAR_CHARS = 32
REDRAW_S = 0.1


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows with columns below one another; the last column is as long as it likes."""
    if not rows:
        return ""
    widths = [
        max(len(row[column]) for row in rows if column < len(row)) for column in range(max(map(len, rows)))
    ]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def size_text(size: int) -> str:
    """A number of bytes in the unit that suits it."""
    value = float(size)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} TiB"


def ready_streams() -> None:
    """Have all three standard streams, and an output that bears any text, whatever we were started with.

    In the place of a closed one stands /dev/null, under its number too: else the next file that is opened,
    a recording say, would get that number, and with it what libraries write to standard error. File names
    that are no text go out as the bytes they are, signs that the terminal's encoding lacks by their numbers.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))
    codecs.register_error("as it can", _as_it_can)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="as it can")


def _as_it_can(error: UnicodeError) -> tuple[str | bytes, int]:
    try:
        return codecs.lookup_error("surrogateescape")(error)
    except UnicodeError:
        return codecs.lookup_error("backslashreplace")(error)


def give_output_up() -> None:
    """Send what is left of the output nowhere: whoever was to have it takes no more, and nobody else asks."""
    try:
        number = sys.stdout.fileno()
    except (AttributeError, OSError, ValueError):  # there is none, or it is no file
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


class ProgressBar:
    """A bar on standard error while it is a terminal; nothing otherwise."""

    def __init__(self, label: str, out: TextIO | None = None) -> None:
        self._label = label
        self._out = out or sys.stderr
        self._is_shown = self._out.isatty()
        self._drawn_s = float("-inf")

    def update(self, done: int, whole: int) -> None:
        """Show how much of the whole is done."""
        now_s = time.monotonic()
        if not self._is_shown or (now_s - self._drawn_s < REDRAW_S and done < whole):
            return
        self._drawn_s = now_s
        part = min(1.0, done / whole) if whole > 0 else 1.0
        filled = round(part * BAR_CHARS)
        bar = "█" * filled + "·" * (BAR_CHARS - filled)
        self._out.write(f"\r{self._label} {bar} {part:4.0%}")
        self._out.flush()

    def finish(self) -> None:
        """Leave the line."""
        if self._is_shown and self._drawn_s > float("-inf"):
            self._out.write("\n")
            self._out.flush()
