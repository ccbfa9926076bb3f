"""Decides which cases run, and says of the others why not."""

from collections.abc import Iterable

import msgspec

from vedette.conformance.case import Case
from vedette.conformance.conditions import Condition
from vedette.conformance.environment import Environment
from vedette.conformance.facts import CaseFacts
from vedette.conformance.features import Features
from vedette.conformance.verdicts import Verdict


class Planned(msgspec.Struct, frozen=True):
    """What is to become of a case: `verdict` is None where it runs, else the verdict it already has."""

    facts: CaseFacts
    case: Case | None
    verdict: Verdict | None
    reason: str


def plan(
    wanted: Iterable[CaseFacts], written: dict[str, Case], features: Features, environment: Environment
) -> list[Planned]:
    """The cases in the order they will run: by risk, then as in the table."""
    planned = [_planned(facts, written.get(facts.id), features, environment) for facts in wanted]
    return sorted(planned, key=lambda each: each.facts.risk.order)


def _planned(facts: CaseFacts, case: Case | None, features: Features, environment: Environment) -> Planned:
    condition = Condition(facts.condition)
    if not condition.holds(features.is_supported):
        lacking = ", ".join(condition.missing(features.is_supported))
        return Planned(facts, case, Verdict.SKIP, f"the device does not support {lacking}")
    if case is None:
        return Planned(facts, case, Verdict.NOT_RUN, "this tester has no code for it yet")
    if facts.risk not in environment.allowed:
        return Planned(facts, case, Verdict.NOT_RUN, f"not allowed: {facts.risk.value}")
    lacking_needs = environment.lacks(facts.needs)
    if lacking_needs:
        return Planned(facts, case, Verdict.NOT_RUN, f"the environment lacks {', '.join(lacking_needs)}")
    if facts.mode == "manual":
        return Planned(facts, case, Verdict.NOT_RUN, "needs a person at the device")
    return Planned(facts, case, None, "")
