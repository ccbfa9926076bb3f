"""What a check is: a name, a function that returns its evidence, and the time it may take."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interop.site import Site


class NotShown(Exception):
    """A client did not show what it should; the message says what came instead."""


@dataclass(frozen=True)
class Check:
    """One line of the report. `run` returns the evidence, or raises NotShown.

    A check that visits another Vedette than the shared one has `is_alone`; it runs when that one is gone.
    """

    client: str
    shows: str
    run: "Callable[[Site], str]"
    limit_s: float = 30.0
    is_alone: bool = False

    @property
    def name(self) -> str:
        """How the report and `--only` call it."""
        return f"{self.client}: {self.shows}"


def expect(condition: object, otherwise: str) -> None:
    """Raise NotShown with `otherwise` unless `condition` holds."""
    if not condition:
        raise NotShown(otherwise)
