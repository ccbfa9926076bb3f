"""Figures for Prometheus in its text format."""

import math
import os
import resource
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Sample(NamedTuple):
    """One figure with its labels."""

    value: float
    labels: Mapping[str, str] = {}


class Metric(NamedTuple):
    """One named figure: `kind` is `counter` or `gauge`, `read` gives its samples when asked."""

    name: str
    kind: str
    help: str
    read: Callable[[], Iterable[Sample]]


class Metrics:
    """All figures of one server."""

    def __init__(self) -> None:
        self._metrics: list[Metric] = []

    def add(self, metric: Metric) -> None:
        """Offer one more figure."""
        self._metrics.append(metric)

    def exposition(self) -> bytes:
        """Every figure now, in Prometheus' text format."""
        lines: list[str] = []
        for metric in self._metrics:
            lines.append(f"# HELP {metric.name} {_escaped_help(metric.help)}")
            lines.append(f"# TYPE {metric.name} {metric.kind}")
            lines += [
                f"{metric.name}{_labels(sample.labels)} {_number(sample.value)}" for sample in metric.read()
            ]
        return ("\n".join(lines) + "\n").encode()


def process_metrics() -> list[Metric]:
    """What the process itself uses."""
    return [
        Metric("process_cpu_seconds_total", "counter", "Processor time used.", lambda: [Sample(_cpu_s())]),
        Metric(
            "process_resident_memory_bytes", "gauge", "Memory in use.", lambda: [Sample(_resident_bytes())]
        ),
        Metric("process_open_fds", "gauge", "Open file descriptors.", lambda: [Sample(_open_descriptors())]),
        Metric(
            "process_max_fds",
            "gauge",
            "File descriptors that may be open.",
            lambda: [Sample(resource.getrlimit(resource.RLIMIT_NOFILE)[0])],
        ),
    ]


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _resident_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def _open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def _number(value: float) -> str:
    """A number as Go reads it."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) else repr(float(value))


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    parts = (f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return "{" + ",".join(parts) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _escaped_help(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")
