"""What changed from one run to another, such as from one firmware to the next."""

import msgspec

from vedette.conformance.result import Report
from vedette.conformance.verdicts import Verdict

_GOOD = (Verdict.PASS, Verdict.WARN)


class Change(msgspec.Struct, frozen=True):
    """Something that differs; `kind` is better, worse or other."""

    kind: str
    what: str
    before: str
    after: str


def compare(before: Report, after: Report) -> list[Change]:
    """Verdicts, features and claims that differ, of what the later run was to do.

    A case that the earlier run had not is `absent` there; one that the later was not to run says nothing.
    """
    changes = []
    old = {each.case: each.verdict for each in before.results}
    new = {each.case: each.verdict for each in after.results}
    for name, second in new.items():
        first = old.get(name)
        if first is not second:
            changes.append(Change(_kind(first, second), name, first or "absent", second))
    changes += _others(
        {each.feature: each.state for each in before.features},
        {each.feature: each.state for each in after.features},
        "feature",
    )
    changes += _others(
        {each.profile: each.outcome for each in before.claims},
        {each.profile: each.outcome for each in after.claims},
        "profile",
    )
    return changes


def _kind(before: Verdict | None, after: Verdict) -> str:
    if after is Verdict.FAIL:
        return "worse"
    if after in _GOOD and before is Verdict.FAIL:
        return "better"
    if before in _GOOD and after not in _GOOD:
        return "worse"
    return "other"


def _others(before: dict[str, str], after: dict[str, str], kind: str) -> list[Change]:
    return [
        Change("other", f"{kind} {name}", before.get(name, "absent"), after.get(name, "absent"))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    ]
