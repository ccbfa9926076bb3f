"""What a case is given: the device, helpers to expect things, and a stack of what to restore."""

from collections.abc import Awaitable, Callable
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from vedette.client.errors import Unreachable
from vedette.conformance.environment import Environment
from vedette.conformance.facts import CaseFacts
from vedette.conformance.link import Link
from vedette.conformance.result import Check, PutBack, Step
from vedette.conformance.target import Target, raw_fault_text
from vedette.conformance.verdicts import CaseEnded, CaseFailed
from vedette.contract.device import Device
from vedette.contract.faults import Fault

T = TypeVar("T")

Undo = Callable[[], Awaitable[object]]


class Run:
    """One case under way.

    `is_supported` tells whether a feature counts as supported. Steps are told by `step`, looked at by
    `expect` and `refused`; what a case changes it first puts on the stack by `restore`.
    """

    def __init__(
        self,
        facts: CaseFacts,
        target: Target,
        link: Link,
        environment: Environment,
        is_supported: Callable[[str], bool],
    ) -> None:
        self.facts = facts
        self.target = target
        self.link = link
        self.environment = environment
        self.is_supported = is_supported
        self.steps: list[Step] = []
        self.warnings: list[str] = []
        self._undo: list[tuple[str, Undo]] = []
        self._seen = len(target.evidence.exchanges)
        self._changes = target.transport.changes

    @property
    def id(self) -> str:
        """The case's id."""
        return self.facts.id

    @property
    def device(self) -> Device:
        """The device's device management."""
        return self.target.device

    def step(self, text: str) -> None:
        """Begin a step; what is sent and looked at from now on belongs to it."""
        self.close_step()
        self.steps.append(Step(len(self.steps) + 1, text))

    def close_step(self) -> None:
        """Give the exchanges since the last call to the step under way."""
        upto = len(self.target.evidence.exchanges)
        if self.steps and upto > self._seen:
            self.steps[-1].exchanges.extend(range(self._seen + 1, upto + 1))
        self._seen = upto
        for oddity in self.target.oddities:
            self.warn(oddity)
        self.target.oddities.clear()

    def expect(self, condition: object, text: str) -> None:
        """Look at something that must hold: `text` says what; raises CaseFailed if it does not."""
        self._note("pass" if condition else "fail", text)
        if not condition:
            raise CaseFailed(f"not so: {text}")

    def fail(self, text: str) -> NoReturn:
        """End the case: the device broke the rule. Raises CaseFailed."""
        self._note("fail", text)
        raise CaseFailed(text)

    def note(self, text: str) -> None:
        """Note what is worth knowing and neither good nor bad."""
        self._note("note", text)

    def warn(self, text: str) -> None:
        """Note what is not good but does not break the rule."""
        if text not in self.warnings:
            self.warnings.append(text)
            self._note("warn", text)

    def _note(self, severity: str, text: str) -> None:
        if not self.steps:
            self.steps.append(Step(1, "begin"))
        self.steps[-1].checks.append(Check(severity, text))

    async def refused(
        self, answer: Awaitable[Any], *expected: type[Fault], is_lenient: bool = False
    ) -> Fault:
        """Expect a request to be refused with one of these faults, or with any if none is named.

        Another fault fails the case, or only warns where the test specification is lenient. Returns the
        fault; raises CaseFailed.
        """
        try:
            await answer
        except Fault as fault:
            self._judge_refusal(fault, expected, is_lenient=is_lenient)
            return fault
        self.fail(f"accepted, where {_names(expected)} was due")

    def _judge_refusal(self, fault: Fault, expected: tuple[type[Fault], ...], *, is_lenient: bool) -> None:
        raw = self.target.last_fault
        came = raw_fault_text(raw if raw is not None else fault)
        if not expected or any(came == raw_fault_text_of(each) for each in expected):
            self._note("pass", f"refused with {came}")
        elif is_lenient:
            self.warn(f"refused with {came}, while {_names(expected)} is to be preferred")
        else:
            self.fail(f"refused with {came} instead of {_names(expected)}")

    def restore(self, what: str, undo: Undo) -> None:
        """Put an undoing on the stack; it is run when the case ends, however it ends, the last put first."""
        self._undo.append((what, undo))

    async def put_back(self) -> PutBack:
        """Undo everything on the stack.

        It is tried even where the device refused every change, since some refuse and change all the same;
        where it refuses the undoing alike, there was nothing to undo.
        """
        put_back = PutBack()
        was_changed = self.target.transport.changes > self._changes
        while self._undo:
            what, undo = self._undo.pop()
            try:
                await undo()
            except (Fault, Unreachable, CaseEnded) as error:
                is_needless = isinstance(error, Fault) and not was_changed
                (put_back.needless if is_needless else put_back.failed).append(f"{what}: {error}")
            else:
                put_back.restored.append(what)
        return put_back

    async def pause(self, seconds: float | None = None) -> None:
        """Give the device time, `settle_s` of the environment if no other is named."""
        await self.environment.sleep(self.environment.settle_s if seconds is None else seconds)

    async def until(self, ask: Callable[[], Awaitable[T]], is_so: Callable[[T], bool]) -> T:
        """What the device tells once it is so, or when the time for changes (`delay_s`) is over."""
        clock = self.target.clock
        end_s = clock.monotonic_s() + self.environment.delay_s
        told = await ask()
        while not is_so(told) and clock.monotonic_s() < end_s:
            await self.pause()
            told = await ask()
        return told

    def expect_http_uri(self, uri: str, what: str) -> None:
        """Expect an absolute http or https address."""
        try:
            parts = urlsplit(uri)
            is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_good = False
        self.expect(is_good, f"{what} is an absolute HTTP address ({uri!r})")


def raw_fault_text_of(fault: type[Fault]) -> str:
    """The codes of a fault class: `Sender/InvalidArgVal/NoProfile`."""
    return "/".join((fault.side, *fault.subcodes))


def _names(expected: tuple[type[Fault], ...]) -> str:
    return " or ".join(raw_fault_text_of(each) for each in expected) or "a fault"
