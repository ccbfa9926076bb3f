"""What a scenario yields: figures, the targets they are held to, and the table that shows both."""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


class BenchError(Exception):
    """The measurement itself broke; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """The bound a figure is held to: exactly one of the two."""

    at_most: float | None = None
    at_least: float | None = None

    def __post_init__(self) -> None:
        if (self.at_most is None) == (self.at_least is None):
            raise ValueError("a target has exactly one bound")

    def is_met(self, value: float) -> bool:
        """Whether the value keeps the bound; the bound itself is met."""
        if self.at_most is not None:
            return value <= self.at_most
        return self.at_least is not None and value >= self.at_least

    def __str__(self) -> str:
        return f"≤ {self.at_most:g}" if self.at_most is not None else f"≥ {self.at_least:g}"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured value. `samples` are the runs behind it, `note` what a reader has to know."""

    name: str
    value: float
    unit: str
    note: str = ""
    samples: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A measurement that can be asked for by name; `targets` by the name of the figure."""

    name: str
    about: str
    targets: Mapping[str, Target]
    run: Callable[[Any], list[Figure]]


@dataclass(kw_only=True)
class Outcome:
    """What became of one scenario."""

    scenario: Scenario
    figures: list[Figure] = field(default_factory=list)
    problem: str = ""

    @property
    def missed(self) -> list[str]:
        """Targets not met, or without a figure though the scenario ran."""
        by_name = {figure.name: figure for figure in self.figures}
        return [
            name
            for name, target in self.scenario.targets.items()
            if name in by_name and not target.is_met(by_name[name].value)
        ]

    def as_json(self) -> dict[str, Any]:
        """Everything measured, with targets, in plain types."""
        rows = []
        for figure in self.figures:
            target = self.scenario.targets.get(figure.name)
            row = asdict(figure)
            row["target"] = str(target) if target else None
            row["met"] = target.is_met(figure.value) if target else None
            rows.append(row)
        return {"scenario": self.scenario.name, "problem": self.problem, "figures": rows}


def median_figure(name: str, samples: Sequence[float], unit: str, note: str = "") -> Figure:
    """The median of the samples as a figure."""
    return Figure(name=name, value=statistics.median(samples), unit=unit, note=note, samples=tuple(samples))


def shown(value: float) -> str:
    """Four significant digits at most, without an exponent."""
    if value == int(value) and abs(value) < 1e9:
        return str(int(value))
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def table(outcomes: Iterable[Outcome]) -> str:
    """The figures as text: scenario, figure, value, target, met or not met, note."""
    rows = [("scenario", "figure", "value", "target", "", "note")]
    for outcome in outcomes:
        name = outcome.scenario.name
        for figure in outcome.figures:
            target = outcome.scenario.targets.get(figure.name)
            verdict = "" if target is None else "met" if target.is_met(figure.value) else "NOT MET"
            value = f"{shown(figure.value)} {figure.unit}".rstrip()
            rows.append((name, figure.name, value, str(target or ""), verdict, figure.note))
        if outcome.problem:
            rows.append((name, "broke", "", "", "BROKE", outcome.problem.splitlines()[-1]))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:5], widths, strict=True)]
        lines.append("  ".join([*cells, row[5]]).rstrip())
    return "\n".join(lines)
