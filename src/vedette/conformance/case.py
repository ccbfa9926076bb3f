"""Cases: asynchronous functions that take a Run, bound to their row in the table of facts by `@case`."""

import inspect
from collections.abc import Awaitable, Callable, Iterator
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

import msgspec

from vedette.base.errors import CallerError
from vedette.conformance.facts import CaseFacts, case_facts

if TYPE_CHECKING:
    from vedette.conformance.run import Run

Procedure = Callable[["Run"], Awaitable[None]]

# The chapters of each suite, in the order of the standard.
SUITES: dict[str, tuple[str, ...]] = {
    "base": (
        "addresses",
        "discovery",
        "capabilities",
        "services",
        "network",
        "protocols",
        "system",
        "files",
        "users",
        "relays",
        "namespaces",
        "filter",
        "auxiliary",
        "monitoring",
        "login",
    ),
    "deviceio": (
        "relays",
        "relay_states",
        "triggers",
        "inputs",
        "sources",
        "serial",
        "serial_commands",
    ),
}


class Case(msgspec.Struct, frozen=True):
    """What is known of a case, and how it is carried out."""

    facts: CaseFacts
    procedure: Procedure


def case(*ids: str) -> Callable[[Procedure], Procedure]:
    """Mark a function as the procedure of one case, or of several that differ only by their facts.

    Its `run.id` tells several apart.
    """

    def mark(procedure: Procedure) -> Procedure:
        procedure.__cases__ = ids  # type: ignore[attr-defined]
        return procedure

    return mark


def written_cases() -> dict[str, Case]:
    """Every case that has code, by id. Raises CallerError where two claim the same, or UnknownCase."""
    found: dict[str, Case] = {}
    for suite, chapters in SUITES.items():
        for chapter in chapters:
            module = import_module(f"vedette.conformance.suites.{suite}.{chapter}")
            for id_, procedure in _marked(module):
                if id_ in found:
                    raise CallerError(f"two functions carry out case {id_}")
                found[id_] = Case(case_facts(id_), procedure)
    return found


def _marked(module: ModuleType) -> Iterator[tuple[str, Procedure]]:
    for value in vars(module).values():
        if inspect.isfunction(value) and value.__module__ == module.__name__:
            for id_ in getattr(value, "__cases__", ()):
                yield id_, value
