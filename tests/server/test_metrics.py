"""What Prometheus reads is in its text format, whatever the figures and labels are."""

import math
import re

from hypothesis import given
from hypothesis import strategies as st

from vedette.server.metrics import Metric, Metrics, Sample, process_metrics

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*"'
NUMBER = r"(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|NaN|[+-]Inf)"
LINE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? ({NUMBER})")


def check(text: str) -> dict[str, float]:
    """Hold an exposition against the format; the samples by name and labels.

    Source: Prometheus, Exposition formats, text-based format 0.0.4.
    """
    assert text.endswith("\n")
    kinds: dict[str, str] = {}
    helps: set[str] = set()
    samples: dict[str, float] = {}
    current = ""
    for line in text.split("\n")[:-1]:
        if line.startswith("# HELP "):
            name = line.split(" ")[2]
            assert name not in helps
            assert re.fullmatch(r"(?:[^\\]|\\\\|\\n)*", line)
            helps.add(name)
        elif line.startswith("# TYPE "):
            _, _, current, kind = line.split(" ")
            assert current not in kinds, "one group of lines a metric"
            assert kind in ("counter", "gauge")
            assert (kind == "counter") is current.endswith("_total")
            kinds[current] = kind
        else:
            found = LINE.fullmatch(line)
            assert found is not None, line
            assert found[1] == current, "samples follow their TYPE"
            key = line.rpartition(" ")[0]
            assert key not in samples
            samples[key] = float(found[3].replace("Inf", "inf"))
            assert kinds[current] == "gauge" or samples[key] >= 0
    return samples


@given(st.floats(), st.text(max_size=20), st.text(max_size=20))
def test_any_figure_and_any_label_can_be_read_back(value: float, label: str, text: str) -> None:
    metrics = Metrics()
    metrics.add(Metric("a", "gauge", text.replace("\r", ""), lambda: [Sample(value, {"name": label})]))
    written = metrics.exposition().decode()
    ((key, read),) = check(written).items()
    assert read == value or (math.isnan(read) and math.isnan(value))
    shown = key.removeprefix('a{name="').removesuffix('"}')
    assert re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), shown) == label


def test_the_process_tells_what_it_uses() -> None:
    metrics = Metrics()
    for metric in process_metrics():
        metrics.add(metric)
    samples = check(metrics.exposition().decode())
    assert samples["process_resident_memory_bytes"] > 1 << 20
    assert samples["process_cpu_seconds_total"] > 0
    assert 3 <= samples["process_open_fds"] <= samples["process_max_fds"]
