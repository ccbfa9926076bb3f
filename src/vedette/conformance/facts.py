"""The tables of facts: every case (`cases.tsv`) and every feature (`features.tsv`), each told once, there."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import msgspec

from vedette.base.errors import VedetteError
from vedette.conformance.conditions import Condition
from vedette.conformance.verdicts import Risk

PROFILES = ("S", "T", "G", "M")


class UnknownCase(VedetteError):
    """No case has that name; names it."""


class CaseFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a case before it runs.

    `levels` tells for each profile whether the case is mandatory (`M`), conditional (`C`) or of no
    concern (`-`). `mode` is `auto`, `setup` (the environment must bring `needs`) or `manual`. `is_proven`
    says that a test of the tester shows the case fail against a device that breaks its rule.
    """

    id: str
    title: str
    suite: str
    chapter: str
    condition: Condition
    levels: dict[str, str]
    mode: str
    needs: tuple[str, ...]
    risk: Risk
    is_proven: bool


class FeatureFacts(msgspec.Struct, frozen=True, kw_only=True):
    """How a feature is found out and what the profiles want of it.

    Levels: `M` mandatory, `C` conditional, `A` one of a group at least, `V` a variant, `-` of no concern.
    `rule` is read by `features.py`.
    """

    id: str
    levels: dict[str, str]
    rule: str


@cache
def cases() -> dict[str, CaseFacts]:
    """Every case by its id, in the order of the table."""
    return {
        row["case"]: CaseFacts(
            id=row["case"],
            title=row["title"],
            suite=row["suite"],
            chapter=row["chapter"],
            condition=Condition(row["condition"]),
            levels={name: row[name] for name in PROFILES},
            mode=row["mode"],
            needs=tuple(each for each in row["needs"].split(",") if each),
            risk=Risk(row["risk"]),
            is_proven=row["proven"] == "yes",
        )
        for row in _rows("cases.tsv")
    }


@cache
def features() -> dict[str, FeatureFacts]:
    """Every feature by its id, in the order of the table."""
    return {
        row["feature"]: FeatureFacts(
            id=row["feature"], levels={name: row[name] for name in PROFILES}, rule=row["rule"]
        )
        for row in _rows("features.tsv")
    }


def suites() -> tuple[str, ...]:
    """The suites that there are; a profile is judged by them alone."""
    return tuple(dict.fromkeys(each.suite for each in cases().values()))


def case_facts(id_: str) -> CaseFacts:
    """The facts of a case; raises UnknownCase."""
    found = cases().get(id_)
    if found is None:
        raise UnknownCase(f"there is no case {id_!r}")
    return found


def _rows(name: str) -> Iterator[dict[str, str]]:
    lines = files("vedette.conformance").joinpath(name).read_text(encoding="utf-8").splitlines()
    head = lines[0].split("\t")
    for line in lines[1:]:
        cells = line.split("\t")
        yield dict(zip(head, cells + [""] * (len(head) - len(cells)), strict=True))
