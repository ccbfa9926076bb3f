"""A whole run: reach, discover, plan, snapshot, execute in the order of risk, judge."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from vedette import __version__
from vedette.base.clock import Clock
from vedette.base.errors import VedetteError
from vedette.base.timestamps import datetime_from_utc_us, utc_us_from_datetime
from vedette.client.addresses import XAddrPolicy, usable_xaddr
from vedette.client.errors import Unreachable
from vedette.conformance.answers import Answers
from vedette.conformance.case import Case, written_cases
from vedette.conformance.envelopes import request_element
from vedette.conformance.environment import Environment
from vedette.conformance.facts import CaseFacts
from vedette.conformance.features import Features, Survey
from vedette.conformance.link import Link
from vedette.conformance.plan import Planned, plan
from vedette.conformance.profiles import claims
from vedette.conformance.result import PutBack, Report, Result
from vedette.conformance.run import Run
from vedette.conformance.snapshot import Snapshot, differences, snapshot
from vedette.conformance.target import Target
from vedette.conformance.verdicts import CaseEnded, Risk, Verdict
from vedette.contract.faults import Fault, NotAuthorized
from vedette.wire.namespaces import TDS

RESTORE_S = 120.0
INTERRUPTED = "the run was interrupted"
_IDENTITY = ("manufacturer", "model", "firmware_version", "serial_number", "hardware_id")

Progress = Callable[[int, int, Result], None]


class NotADevice(VedetteError):
    """What answers does not speak SOAP; the message says where and what came."""


class Examiner:
    """Tests one device; `reach` first, then `discover`, `plan` and `execute`.

    `stopped` says why `execute` left cases out that it should have run; it is empty if it did not.
    """

    def __init__(self, target: Target, link: Link, environment: Environment, clock: Clock) -> None:
        self.target = target
        self.link = link
        self.environment = environment
        self.clock = clock
        self.features = Features({})
        self.identity: dict[str, str] = {}
        self.stopped = ""
        self._results: list[Result] = []
        self._cancelled: asyncio.CancelledError | None = None

    async def reach(self) -> None:
        """Learn the device's clock and services.

        Raises Unreachable, NotADevice, or NotAuthorized where a login is given that is a wrong one.
        """
        answers = self._answers()
        await self._expect_device()
        await self._learn_clock()
        try:
            listed = await answers.services()
        except (Fault, CaseEnded):
            listed = {}  # a device older than GetServices, or at odds with it; its features tell
        usable = {
            namespace: usable_xaddr(address, self.target.url, XAddrPolicy.WHEN_INNER)
            for namespace, address in listed.items()
        }
        self.target.services = usable | {TDS: self.target.url}
        try:
            told = await self.target.device.get_device_information()
        except NotAuthorized as error:
            if self.target.login.has_credentials:
                raise NotAuthorized(f"{self.target.url} refuses the login: {error}") from error
            return
        except (Fault, CaseEnded):
            return
        self.identity = {name: getattr(told, name) for name in _IDENTITY}

    async def _expect_device(self) -> None:
        asked = request_element(TDS, "GetSystemDateAndTime")
        try:
            await self.target.ask(self.target.url, asked, with_login=False)
        except Fault:
            return  # it speaks SOAP at least; the cases tell what is wrong
        except CaseEnded as error:
            raise NotADevice(
                f"no device of the standard answers at {self.target.url}: asked for its time, {error}; "
                "is that the address of its device service?"
            ) from error

    async def discover(self) -> Features:
        """Find out what the device supports."""
        self.target.evidence.case = "discovery"
        self.features = await Survey(self._answers()).run()
        self.target.oddities.clear()
        return self.features

    def plan(self, wanted: Iterable[CaseFacts]) -> list[Planned]:
        """What will run and what will not."""
        return plan(wanted, written_cases(), self.features, self.environment)

    async def execute(self, planned: Sequence[Planned], progress: Progress) -> Report:
        """Run the plan, one case after the other; `progress` is told of each result.

        Where the run is cancelled, the case under way is put back first; `report` then tells what there is.
        """
        self.target.evidence.case = "snapshot"
        is_changing = any(each.verdict is None and each.facts.risk is not Risk.READ for each in planned)
        is_watched = is_changing and self.environment.is_watching
        before = await snapshot(self.target) if is_watched else {}
        self._results = []
        self.stopped = ""
        for number, each in enumerate(planned, start=1):
            result = _result(each.facts, each.verdict or Verdict.NOT_RUN, each.reason or self.stopped)
            if not self.stopped and each.verdict is None and each.case is not None:
                result, before = await self._carry_out(each.case, before)
                self.stopped = await self._why_stop(result)
            self._results.append(result)
            progress(number, len(planned), result)
        if self._cancelled is not None:
            raise self._cancelled
        return self.report()

    async def _why_stop(self, result: Result) -> str:
        """Why nothing can be run after a case; empty where the next one can."""
        if self._cancelled is not None:
            return INTERRUPTED
        if result.verdict is Verdict.INCONCLUSIVE and not await self._is_there():
            return f"the device no longer answers at {self.target.url}"
        return ""

    async def _is_there(self) -> bool:
        self.target.evidence.case = "reach"
        end_s = self.clock.monotonic_s() + self.environment.reboot_s
        while True:
            try:
                await self.target.device.get_system_date_and_time()
            except Unreachable:
                if self.clock.monotonic_s() >= end_s:
                    return False
                await self.environment.sleep(self.environment.settle_s)
            except (Fault, CaseEnded):
                return True
            else:
                return True

    async def _carry_out(self, case: Case, before: Snapshot) -> tuple[Result, Snapshot]:
        facts = case.facts
        self.target.evidence.case = facts.id
        self.target.oddities.clear()
        run = Run(facts, self.target, self.link, self.environment, self.features.is_supported)
        started_s = self.clock.monotonic_s()
        try:
            verdict, reason = await self._end_of(case, run)
        except asyncio.CancelledError as error:
            self._cancelled = error  # to go on when the device is as it was
            verdict, reason = Verdict.INCONCLUSIVE, INTERRUPTED
        run.close_step()
        put_back = await self._put_back(run)
        run.close_step()
        if verdict is Verdict.PASS and run.warnings:
            verdict, reason = Verdict.WARN, run.warnings[0]
        result = _result(facts, verdict, self.target.evidence.clean(reason))
        result.took_ms = round((self.clock.monotonic_s() - started_s) * 1000)
        result.steps, result.warnings = run.steps, run.warnings
        result.put_back = put_back
        if facts.risk is not Risk.READ and self.environment.is_watching and self._cancelled is None:
            self.target.evidence.case = "snapshot"
            after = await snapshot(self.target)
            result.changes, before = differences(before, after), after
            self.target.oddities.clear()
        return result, before

    async def _end_of(self, case: Case, run: Run) -> tuple[Verdict, str]:
        try:
            async with asyncio.timeout(self.environment.case_s):
                await case.procedure(run)
        except CaseEnded as end:
            return end.verdict, str(end)
        except Fault as fault:
            return Verdict.FAIL, f"refused where an answer was due: {fault}"
        except Unreachable as error:
            return Verdict.INCONCLUSIVE, str(error)
        except TimeoutError:
            return Verdict.INCONCLUSIVE, f"not finished after {self.environment.case_s:.0f} s"
        except VedetteError as error:
            return Verdict.FAIL, str(error)
        except Exception as error:  # noqa: BLE001 (one case's defect must not end the run: it is ERROR)
            return Verdict.ERROR, f"{type(error).__name__}: {error}"
        return Verdict.PASS, ""

    async def _put_back(self, run: Run) -> PutBack:
        try:
            async with asyncio.timeout(max(RESTORE_S, 2 * self.environment.reboot_s)):
                return await run.put_back()
        except (TimeoutError, VedetteError) as error:
            return PutBack(failed=[f"restoring did not end: {error}"])

    async def _learn_clock(self) -> None:
        before_us = self.clock.utc_us()
        try:
            told = (await self.target.device.get_system_date_and_time()).system_date_and_time.utc_date_time
        except (Fault, CaseEnded):
            return
        if told is None:
            return
        try:
            moment = datetime(
                told.date.year,
                told.date.month,
                told.date.day,
                told.time.hour,
                told.time.minute,
                told.time.second,
                tzinfo=UTC,
            )
        except ValueError:
            return
        middle_us = (before_us + self.clock.utc_us()) // 2
        self.target.clock_offset_us = utc_us_from_datetime(moment) + 500_000 - middle_us

    def _answers(self) -> Answers:
        return Answers(self.target, self.link, self.environment)

    def report(self) -> Report:
        """What has come out so far."""
        results = self._results
        return Report(
            tool=f"vedette {__version__}",
            utc=datetime_from_utc_us(self.clock.utc_us()).isoformat(timespec="seconds"),
            target=self.target.evidence.clean(self.target.url),
            device=self.identity,
            allowed=[each.value for each in Risk if each in self.environment.allowed],
            features=list(self.features.states.values()),
            results=results,
            claims=claims(self.features, results),
            exchanges=self.target.evidence.exchanges,
        )


def _result(facts: CaseFacts, verdict: Verdict, reason: str) -> Result:
    return Result(
        case=facts.id,
        title=facts.title,
        suite=facts.suite,
        chapter=facts.chapter,
        risk=facts.risk,
        verdict=verdict,
        reason=reason,
        is_proven=facts.is_proven,
    )
