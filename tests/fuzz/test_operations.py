"""Whatever is asked of any operation: an answer by the schema or a declared fault, which changes nothing.

VEDETTE_FUZZ_S asks for that many seconds instead of a few hundred requests, VEDETTE_FUZZ_SEED for other ones.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from tests.fuzz.requests import AnyOperation, Maker, Seen
from tests.fuzz.whole_device import ADMIN, WholeDevice, whole_device

from vedette.base.errors import PeerError
from vedette.contract.envelope import from_soap, read_response
from vedette.contract.faults import FAULTS, GENERIC
from vedette.contract.services import all_services
from vedette.device.addresses import SERVICE_PATHS, SUBSCRIPTION_PATH
from vedette.device.context import RequestContext
from vedette.device.dispatch import Answer
from vedette.device.settings.store import decode, encode
from vedette.wire.fields import fields_of
from vedette.wire.multipart import is_multipart, unpacked
from vedette.wire.soap import SoapFault, is_fault, read_envelope, read_fault

LONG_S = float(os.environ.get("VEDETTE_FUZZ_S", "0"))
SEED = int(os.environ.get("VEDETTE_FUZZ_SEED", "20261121"))
ROUNDS = 2  # over all operations, in the suite
ANSWERED_WITHIN_S = 10.0
WAITING = frozenset(("PullMessages", "GetEventSearchResults", "SendReceiveSerialCommand"))  # as long as asked
WAIT_S = 0.05
FAULTS_HELD = 50  # so many faults of a kind are held against the schema, which takes its time


class Trial:
    """Asks and judges; `problems` are what must not be, each told once."""

    def __init__(self, device: WholeDevice, oracle: Any, chance: random.Random) -> None:
        self.problems: dict[str, bytes] = {}
        self.asked = 0
        self._seen = Seen()
        self._checked: Counter[str] = Counter()
        self._device = device
        self._dispatcher = device.dispatcher
        self._store = device.server.store
        self._oracle = oracle
        self._chance = chance
        self._operations = sorted(device.dispatcher.offer.answered_operations(), key=lambda each: each.action)
        declared = [each for service in all_services() for each in service.operations()]
        self._fitting = {each: fitting_faults(each, declared) for each in self._operations}
        self._readers = [
            each
            for each in self._operations
            if each.name.startswith("Get") and not any(field.is_required for field in fields_of(each.request))
        ]
        self._subscriptions: list[str] = []

    async def run(self, end_s: float) -> None:
        """Ask everything in turn, until `end_s` or for some rounds."""
        rounds = 0
        while rounds < ROUNDS or time.monotonic() < end_s:
            rounds += 1
            maker = Maker(self._chance, self._seen)
            self._chance.shuffle(self._operations)
            for operation in self._operations:
                body = maker.body(operation)
                await self._try(operation, body)
                if self._device.running.done():
                    self._tell(f"the server has ended, maybe by {operation.name}", body)
                    return
            await self.read_everything()

    async def read_everything(self) -> None:
        """What can be read must be readable whatever was set; what is read names the tokens there are."""
        maker = Maker(random.Random(0), self._seen)
        for operation in self._readers:
            answer = await self._ask(operation, maker.plain(operation))
            if answer is not None and answer.status != 200 and b"ActionNotSupported" not in answer.body:
                self._tell(f"{operation.name} cannot be read", answer.body)

    async def _try(self, operation: AnyOperation, body: bytes) -> None:
        before = self._store.current
        answer = await self._ask(operation, body)
        after = self._store.current
        if answer is None:
            return
        if answer.status not in (200, 202) and after != before:
            changed = [
                each for each in after.__struct_fields__ if getattr(before, each) != getattr(after, each)
            ]
            self._tell(f"{operation.name} was refused and changed the settings ({', '.join(changed)})", body)
        if after is not before and decode(encode(after), self._store.path) != after:
            self._tell(f"{operation.name} made settings that cannot be read again", body)

    async def _ask(self, operation: AnyOperation, body: bytes) -> Answer | None:
        self.asked += 1
        path = SERVICE_PATHS.get(operation.service.namespace, "/onvif/device_service")
        if self._subscriptions:
            path = self._chance.choice((path, self._subscriptions[-1]))
        context = RequestContext(identity=ADMIN, host="camera.example:8080", path=path)
        within_s = WAIT_S if operation.name in WAITING else ANSWERED_WITHIN_S
        try:
            async with asyncio.timeout(within_s):
                answer = await self._dispatcher.answer(body, context)
        except TimeoutError:
            if operation.name not in WAITING:
                self._tell(f"{operation.name} hangs", body)
            return None
        for problem in self._problems(operation, answer):
            self._tell(problem, body)
        return answer

    def _problems(self, operation: AnyOperation, answer: Answer) -> Iterator[str]:
        if not answer.body:
            if answer.status != 202:
                yield f"{operation.name}: {answer.status} without a body"
            return
        envelope = answer.body
        if is_multipart(answer.content_type):
            envelope, _ = unpacked(envelope, answer.content_type)
        body = read_envelope(etree.fromstring(envelope)).body
        if body is None or not is_fault(body):
            if answer.status != 200:
                yield f"{operation.name}: {answer.status} without a fault"
            yield from self._defects_of_answer(operation, answer, envelope)
        else:
            yield from self._defects_of_fault(operation, read_fault(body), envelope)

    def _defects_of_answer(self, operation: AnyOperation, answer: Answer, envelope: bytes) -> Iterator[str]:
        self._note(envelope)
        if b"Include" not in envelope:  # the schema lets no part stand outside of the message
            for problem in self._oracle.problems(envelope):
                yield f"{operation.name}: {problem}"
        name = f"{operation.response.__name__}".encode()
        if name not in envelope:
            return  # another operation was asked for by a name that was changed
        try:
            read = read_response(operation, answer.body, content_type=answer.content_type, tolerant=False)
        except PeerError as error:
            yield f"{operation.name}: {error}"
        else:
            self._seen.learn(operation, read)

    def _defects_of_fault(self, operation: AnyOperation, said: SoapFault, envelope: bytes) -> Iterator[str]:
        kind = f"{said.code} {said.subcodes}"
        self._checked[kind] += 1
        if self._checked[kind] < FAULTS_HELD:
            for problem in self._oracle.problems(envelope):
                yield f"{operation.name}: {problem}"
        fault = type(from_soap(said))
        if said.reason.startswith("internal error"):
            yield f"{operation.name}: a defect"
        elif (fault.side, fault.subcodes) != (said.code, tuple(each.local for each in said.subcodes)):
            yield f"{operation.name}: {kind} is no fault of the standard's"
        elif fault not in self._fitting[operation]:
            yield f"{operation.name}: {fault.__name__} is not declared for it"

    def _note(self, content: bytes) -> None:
        _, found, rest = content.partition(SUBSCRIPTION_PATH.encode())
        if found:
            self._subscriptions.append(SUBSCRIPTION_PATH + rest.partition(b"<")[0].decode())

    def _tell(self, problem: str, evidence: bytes) -> None:
        self.problems.setdefault(problem, evidence[:2000])


def fitting_faults(operation: AnyOperation, others: Sequence[AnyOperation]) -> frozenset[type[Exception]]:
    """The generic faults, those of its service, and of a service that has an operation of the same name.

    The standard's lists have gaps: an unknown recording is listed for one kind of search alone, and none at
    all is for what is deprecated, which may use them all.
    """
    if operation.deprecated and not operation.faults:
        return frozenset(FAULTS.values())
    akin = {each.service for each in others if each.name == operation.name}
    return frozenset(GENERIC).union(*(each.faults for each in others if each.service in akin))


def test_any_request_is_answered_or_refused_by_the_standard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, oracle: Any
) -> None:
    async def scene() -> Trial:
        async with whole_device(tmp_path, monkeypatch) as device:
            trial = Trial(device, oracle, random.Random(SEED))
            await trial.read_everything()
            await trial.run(time.monotonic() + LONG_S)
            return trial

    trial = asyncio.run(scene())
    shown = "\n\n".join(f"{problem}\n{body.decode()}" for problem, body in sorted(trial.problems.items()))
    assert not trial.problems, f"{len(trial.problems)} problems in {trial.asked} requests\n{shown}"
