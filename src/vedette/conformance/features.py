"""Finds out what a device supports, in three states with the evidence for each.

The rules stand in `features.tsv`; this file knows how to read them:

    Name                    the state of another feature
    service NS              GetServices lists the namespace (a prefix of the standard's, or a URI)
    NS PATH TEST            an attribute of the service's capabilities
    answers NS OPERATION    the operation, sent empty, is answered without a fault
    reply NS OPERATION PATH TEST    something in the answer to an operation sent empty
    topic NAME              GetEventProperties describes it; `/*` for any below
    scope URI               GetScopes lists it
    probe TYPE              discovery tells the type

joined by `&`, and a few words for what has a procedure of its own. Undefined means that the device gave
no answer that decides it.
"""

from collections.abc import Awaitable, Callable

import msgspec

from vedette.base.errors import VedetteError
from vedette.conformance import survey_trials as trials
from vedette.conformance.answers import Answers, Missing
from vedette.conformance.facts import features as feature_facts
from vedette.conformance.result import FeatureState
from vedette.conformance.trees import children, find_all, passes, values

SUPPORTED, UNSUPPORTED, UNDEFINED = "supported", "unsupported", "undefined"

Verdict = tuple[str, str]  # state and why


class Features(msgspec.Struct, frozen=True):
    """Every feature's state; unknown names are unsupported."""

    states: dict[str, FeatureState]

    def is_supported(self, name: str) -> bool:
        """Whether cases treat it as there: supported, or undefined."""
        found = self.states.get(name)
        return found is not None and found.state != UNSUPPORTED

    def is_certain(self, name: str) -> bool:
        """Whether it is surely there, as claims need it."""
        found = self.states.get(name)
        return found is not None and found.state == SUPPORTED

    def undefined(self) -> list[str]:
        """The names of those that could not be decided."""
        return [name for name, each in self.states.items() if each.state == UNDEFINED]


class Survey:
    """One discovery of features. `answers` asks the device, each question once."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._states: dict[str, FeatureState] = {}
        self._rules: dict[str, Callable[[list[str]], Awaitable[Verdict]]] = {
            "service": self._service,
            "answers": self._is_answered,
            "reply": self._reply,
            "topic": self._topic,
            "scope": self._scope,
            "probe": self._probe,
            "https": lambda _: trials.https(answers),
            "pullpoint": lambda _: trials.pull_point(answers),
            "snapshot": lambda _: trials.snapshot(answers),
            "osd": lambda words: trials.osd(answers, words[0]),
            "imaging": lambda words: trials.imaging(answers, *words),
            "relay": lambda words: trials.relay(answers, *words),
            "iorelay": lambda words: trials.io_relay(answers, *words),
            "rule": lambda words: trials.analytics_rule(answers, words[0]),
            "ptzsearch": lambda _: trials.ptz_search(answers),
        }

    async def run(self) -> Features:
        """Decide every feature of the table."""
        for name in feature_facts():
            await self._state(name)
        return Features(dict(self._states))

    async def _state(self, name: str) -> FeatureState:
        found = self._states.get(name)
        if found is None:
            self._answers.used.clear()
            state, why = await self._decided(feature_facts()[name].rule)
            used = tuple(sorted(set(self._answers.used)))
            found = FeatureState(feature=name, state=state, why=why, exchanges=used)
            self._states[name] = found
        return found

    async def _decided(self, rule: str) -> Verdict:
        verdict = (SUPPORTED, "taken for granted")
        for part in rule.split(" & "):
            used = list(self._answers.used)
            try:
                verdict = await self._part(part.split())
            except Missing as error:
                verdict = (UNSUPPORTED, str(error))
            except VedetteError as error:
                verdict = (UNDEFINED, str(error))
            self._answers.used[:0] = used
            if verdict[0] != SUPPORTED:
                break
        return verdict

    async def _part(self, words: list[str]) -> Verdict:
        rule = self._rules.get(words[0])
        if rule is not None:
            return await rule(words[1:])
        if len(words) == 1:
            other = await self._state(words[0])
            return other.state, f"{words[0]} is {other.state}"
        return await self._capability(words)

    async def _service(self, words: list[str]) -> Verdict:
        namespace = self._answers.namespace(words[0])
        services = await self._answers.services()
        if namespace in services:
            return SUPPORTED, f"listed at {services[namespace]}"
        return UNSUPPORTED, "not among the services"

    async def _capability(self, words: list[str]) -> Verdict:
        prefix, path, *test = words
        capabilities = await self._answers.capabilities(prefix)
        return _judged(values(capabilities, path), test, f"{prefix} {path}")

    async def _is_answered(self, words: list[str]) -> Verdict:
        prefix, operation = words
        refusal = await self._answers.refusal(prefix, operation)
        return (UNSUPPORTED, refusal) if refusal else (SUPPORTED, f"{operation} is answered")

    async def _reply(self, words: list[str]) -> Verdict:
        prefix, operation, paths, *test = words
        refusal = await self._answers.refusal(prefix, operation)
        if refusal:
            return UNSUPPORTED, refusal
        answer = await self._answers.reply(prefix, operation)
        found = [value for path in paths.split(",") for value in values(answer, path)]
        return _judged(found, test, f"{operation} {paths}")

    async def _topic(self, words: list[str]) -> Verdict:
        levels = words[0].partition(":")[2].split("/")
        answer = await self._answers.reply("tev", "GetEventProperties")
        nodes = find_all(answer, "TopicSet")
        for level in levels:
            nodes = [
                child
                for node in nodes
                for name, child in children(node)
                if name == level or (level == "*" and name != "MessageDescription")
            ]
        if nodes:
            return SUPPORTED, f"GetEventProperties describes {words[0]}"
        return UNSUPPORTED, f"GetEventProperties does not describe {words[0]}"

    async def _scope(self, words: list[str]) -> Verdict:
        if any(each.rstrip("/") == words[0] for each in await self._answers.scopes()):
            return SUPPORTED, f"the scope {words[0]} is listed"
        return UNSUPPORTED, f"the scope {words[0]} is not listed"

    async def _probe(self, words: list[str]) -> Verdict:
        types = await self._answers.discovery_types()
        if not types & {"dn:NetworkVideoTransmitter", "tds:Device"}:
            return UNDEFINED, "a probe told neither type"
        return (
            (SUPPORTED, f"a probe told {words[0]}")
            if words[0] in types
            else (UNSUPPORTED, f"a probe told {', '.join(sorted(types))}")
        )


def _judged(found: list[str], test: list[str], what: str) -> Verdict:
    told = f"{what} is {', '.join(found) if any(found) else ('there' if found else 'absent')}"
    return (SUPPORTED if passes(found, test) else UNSUPPORTED), told[:300]


__all__ = ["SUPPORTED", "UNDEFINED", "UNSUPPORTED", "Features", "Survey"]
