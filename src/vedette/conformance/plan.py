"""Decides which cases run, and says of the others why not."""

from collections.abc import Iterable

import msgspec

from vedette.conformance.case import Case
from vedette.conformance.environment import Environment
from vedette.conformance.facts import CaseFacts
from vedette.conformance.features import Features
from vedette.conformance.surroundings import DISPOSABLE_USERS, HARD_RESET, HOW_TO_MEET
from vedette.conformance.verdicts import Verdict

# Cases after which the device may be without login or address: nothing can be run after them.
_PARTING = (DISPOSABLE_USERS, HARD_RESET)


class Planned(msgspec.Struct, frozen=True):
    """What is to become of a case: `verdict` is None where it runs, else the verdict it already has."""

    facts: CaseFacts
    case: Case | None
    verdict: Verdict | None
    reason: str


def plan(
    wanted: Iterable[CaseFacts], written: dict[str, Case], features: Features, environment: Environment
) -> list[Planned]:
    """The cases in the order they will run: by risk, then as in the table; last what may lock us out."""
    planned = [_planned(facts, written.get(facts.id), features, environment) for facts in wanted]
    return sorted(planned, key=lambda each: (each.facts.risk.order, _parting(each.facts)))


def _parting(facts: CaseFacts) -> int:
    return max((_PARTING.index(each) + 1 for each in facts.needs if each in _PARTING), default=0)


def _planned(facts: CaseFacts, case: Case | None, features: Features, environment: Environment) -> Planned:
    if not facts.condition.holds(features.is_supported):
        lacking = ", ".join(facts.condition.missing(features.is_supported))
        return Planned(facts, case, Verdict.SKIP, f"the device does not support {lacking}")
    if case is None:
        return Planned(facts, case, Verdict.NOT_RUN, "this tester has no code for it yet")
    if facts.risk not in environment.allowed:
        return Planned(facts, case, Verdict.NOT_RUN, f"not allowed: {facts.risk.value}")
    lacking_needs = environment.lacks(facts.needs)
    if lacking_needs:
        return Planned(facts, case, Verdict.NOT_RUN, _lack(lacking_needs))
    if facts.mode == "manual":
        return Planned(facts, case, Verdict.NOT_RUN, "needs a person at the device")
    return Planned(facts, case, None, "")


def _lack(needs: tuple[str, ...]) -> str:
    told = (f"{need} ({HOW_TO_MEET[need]})" if need in HOW_TO_MEET else need for need in needs)
    return f"the environment lacks {', '.join(told)}"
