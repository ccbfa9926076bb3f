"""Transcripts: what two programs said to each other, message by message, as text; see README.md."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
MARK = "==== "
SIDES = ("client", "server")


class Turn(NamedTuple):
    """One message of one side; in an RTSP message each line end is CR LF."""

    side: str
    text: str

    @property
    def first_line(self) -> str:
        """The request or status line."""
        return self.text.partition("\n")[0]

    def data(self) -> bytes:
        """The message as it goes over the wire."""
        return self.text.replace("\n", "\r\n").encode()


class Transcript(NamedTuple):
    """A conversation: `about` says of whom, and where it is from."""

    about: str
    turns: tuple[Turn, ...]

    @property
    def is_reconstructed(self) -> bool:
        """Whether it was made after a report, rather than recorded."""
        return "reconstructed" in self.about

    def of(self, side: str) -> list[Turn]:
        """What one side said."""
        return [turn for turn in self.turns if turn.side == side]

    def answered(self) -> list[tuple[Turn, Turn]]:
        """Each request with its answer; both sides take turns."""
        pairs = list(zip(self.turns[::2], self.turns[1::2], strict=True))
        assert all((asked.side, told.side) == SIDES for asked, told in pairs)
        return pairs


def read(path: Path) -> Transcript:
    """The transcript in a file."""
    about, *rest = path.read_text(encoding="utf-8").removesuffix("\n").split(f"\n{MARK}")
    turns = []
    for each in rest:
        side, _, text = each.partition("\n")
        assert side in SIDES, f"{path}: {side!r} is no side"
        turns.append(Turn(side, text + "\n"))
    return Transcript(about.strip(), tuple(turns))


def written(about: str, turns: Iterable[Turn]) -> str:
    """The text of a file that `read` reads back."""
    blocks = "".join(f"\n{MARK}{turn.side}\n{turn.text.removesuffix(chr(10))}" for turn in turns)
    return f"{about.strip()}\n{blocks}\n"


def found(pattern: str) -> list[Path]:
    """Transcripts by the pattern of their path."""
    return sorted(FOLDER.glob(pattern))
