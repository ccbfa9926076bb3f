"""What a run found out, as plain values: the JSON report is exactly these."""

import msgspec

from vedette.conformance.evidence import Exchange
from vedette.conformance.verdicts import Risk, Verdict

FORMAT = 1
NEEDLESS = "nothing to undo, as every change was refused; the undoing was refused too"  # as reports say it


class Check(msgspec.Struct, frozen=True):
    """One thing looked at: `severity` is pass, warn, fail or note."""

    severity: str
    text: str


class Step(msgspec.Struct):
    """One step of a case; `exchanges` are numbers of exchanges."""

    number: int
    text: str
    exchanges: list[int] = msgspec.field(default_factory=list)
    checks: list[Check] = msgspec.field(default_factory=list)


class PutBack(msgspec.Struct):
    """What became of the undoings of a case.

    `failed` tells what is not as it was, and why; `needless` what the device refused to undo after it had
    refused every change.
    """

    restored: list[str] = msgspec.field(default_factory=list)
    failed: list[str] = msgspec.field(default_factory=list)
    needless: list[str] = msgspec.field(default_factory=list)


class Result(msgspec.Struct, kw_only=True):
    """How one case ended.

    `changes` tells what differs on the device after the case, in the parts the tester looks at.
    """

    case: str
    title: str
    suite: str
    chapter: str
    risk: Risk
    verdict: Verdict
    reason: str = ""
    is_proven: bool = False
    took_ms: int = 0
    steps: list[Step] = msgspec.field(default_factory=list)
    warnings: list[str] = msgspec.field(default_factory=list)
    put_back: PutBack = msgspec.field(default_factory=PutBack)
    changes: list[str] = msgspec.field(default_factory=list)

    @property
    def could_restore(self) -> bool:
        """Whether the device could be put back as it was."""
        return not self.put_back.failed


class FeatureState(msgspec.Struct, frozen=True, kw_only=True):
    """A feature: supported, unsupported or undefined, why, and the exchanges that show it."""

    feature: str
    state: str
    why: str
    exchanges: tuple[int, ...] = ()


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the device is ready to claim a profile: `ready`, `ready, but not all was run` or `not ready`.

    `is_listed` tells whether its scopes list the profile.
    """

    profile: str
    is_listed: bool
    outcome: str
    reasons: tuple[str, ...] = ()
    not_run: tuple[str, ...] = ()


class Report(msgspec.Struct, kw_only=True):
    """A whole run."""

    format: int = FORMAT
    tool: str
    utc: str
    target: str
    device: dict[str, str]
    allowed: list[str]
    features: list[FeatureState]
    results: list[Result]
    claims: list[Claim]
    exchanges: list[Exchange] = msgspec.field(default_factory=list)

    def count(self, verdict: Verdict) -> int:
        """How many cases ended that way."""
        return sum(each.verdict is verdict for each in self.results)
