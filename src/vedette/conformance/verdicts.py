"""How cases end, how much they dare, and the exceptions that end them early."""

from enum import Enum, StrEnum

from vedette.base.errors import VedetteError


class Verdict(StrEnum):
    """How a case ended.

    SKIP: its condition does not hold. NOT_RUN: consent, an environment or code is missing. INCONCLUSIVE:
    the device could not be reached, or nothing came about to be judged. ERROR: the tester's own fault.
    """

    PASS = "PASS"
    WARN = "WARN"
    FAIL = "FAIL"
    SKIP = "SKIP"
    NOT_RUN = "NOT_RUN"
    INCONCLUSIVE = "INCONCLUSIVE"
    ERROR = "ERROR"


RAN = frozenset((Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.ERROR))


class Risk(Enum):
    """What a case may do to the device, in the order cases are run."""

    READ = "read"  # only asks
    CONFIG = "config"  # changes and restores
    PHYSICAL = "physical"  # moves, switches, sounds
    DISRUPTIVE = "disruptive"  # network, users, time, reboot
    DESTRUCTIVE = "destructive"  # the tester cannot undo it

    @property
    def order(self) -> int:
        """Its place in the order of risks, 0 for READ."""
        return list(Risk).index(self)


class CaseEnded(VedetteError):
    """Ends a case before its last step; the message is the reason."""

    verdict = Verdict.FAIL


class CaseFailed(CaseEnded):
    """The device broke the rule under test, or answered what the standard does not allow."""


class CaseInconclusive(CaseEnded):
    """What was to be judged did not come about."""

    verdict = Verdict.INCONCLUSIVE


class CaseNotRun(CaseEnded):
    """Something the case needs turned out to be missing."""

    verdict = Verdict.NOT_RUN


class CaseSkipped(CaseEnded):
    """The device turned out not to have what the case is about."""

    verdict = Verdict.SKIP
