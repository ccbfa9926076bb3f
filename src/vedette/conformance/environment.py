"""What the owner allows and what the surroundings of a run can do."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from vedette.conformance.surroundings import FoundSurroundings, Surroundings
from vedette.conformance.verdicts import Risk

# Needs of cases that the tester meets by itself, once the risk is allowed.
OWN_NEEDS = frozenset(
    (
        "same-l2",
        "may-reboot",
        "switches-relay",
        "switches-auxiliary",
        "writes-serial",
        "https-preset-unless-tls-server",
    )
)


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait for a device, what it may be made to do, and what there is around it.

    `message_s` is how long an answer to a probe may take, `delay_s` how long changes and events may,
    `reboot_s` how long a reboot may. `abilities` are needs of cases (the column `needs`) that are met,
    besides those that the `surroundings` meet.
    `is_watching` has the settings looked at before and after every case that may change them.
    """

    allowed: frozenset[Risk] = frozenset((Risk.READ,))
    abilities: frozenset[str] = OWN_NEEDS
    message_s: float = 3.0
    delay_s: float = 20.0
    settle_s: float = 1.0
    reboot_s: float = 90.0
    case_s: float = 300.0
    is_watching: bool = True
    surroundings: Surroundings = FoundSurroundings()
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def lacks(self, needs: tuple[str, ...]) -> tuple[str, ...]:
        """Those of a case's needs that are not met."""
        met = self.abilities | self.surroundings.met
        return tuple(each for each in needs if each not in met)
