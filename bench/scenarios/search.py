"""Searches in a month of sixteen cameras: how long an answer takes, and what it costs beside bare sqlite3."""

import json
import random
import statistics
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bench.figures import BenchError, Figure, Scenario, Target, median_figure
from bench.footage import DOOR, Indexed, make_index
from bench.harness import ADMIN_PASSWORD, ROOT, Lab, Product
from bench.search_asker import SearchAsker
from bench.search_floor import Question
from vedette.base.timestamps import datetime_from_utc_us
from vedette.client.events import filter_element
from vedette.contract.operation import Operation
from vedette.contract.schema.search import EventFilter, SearchScope, SearchState
from vedette.contract.search import Search
from vedette.wire.filters import CONCRETE_SET

CAMERAS = 16
DAYS = 30
QUICK_DAYS = 1
SEARCHES = 100
QUICK_SEARCHES = 10
SEED = 3
DAY_US = 86_400_000_000
PAGE = 500  # results in one answer
FOOTAGE_CHANGES = 4
KEEP = timedelta(seconds=30)

LATENCY = "{name}: median"
CPU = "{name}: server CPU"
RATIO = "{name}: CPU, vedette / sqlite3"

Ask = Callable[[SearchAsker, Question], int]


@dataclass(frozen=True)
class Kind:
    """One kind of search: how it is asked, for what, and how long its answer may take."""

    ask: Ask
    choose: Callable[[random.Random, Indexed], Question]
    most_ms: float


@dataclass(frozen=True)
class Sample:
    """One round: how long each search took, the CPU of them all, and how much was found."""

    waited_s: Sequence[float]
    cpu_s: float
    found: int


def summary(asker: SearchAsker, asked: Question) -> int:
    """GetRecordingSummary."""
    return int(asker.ask(Search.get_recording_summary).summary.number_recordings)


def information(asker: SearchAsker, asked: Question) -> int:
    """GetRecordingInformation."""
    told = asker.ask(Search.get_recording_information, recording_token=asked.recording)
    return len((told.recording_information,))


def to_the_last(asker: SearchAsker, results: Operation[..., Any, Any], search_token: str) -> Iterator[Any]:
    """The result lists of a search, asked for as they are taken."""
    while True:
        told = asker.ask(results, search_token=search_token, max_results=PAGE, wait_time=KEEP).result_list
        yield told
        if told.search_state is SearchState.COMPLETED:
            return


def recordings(asker: SearchAsker, asked: Question) -> int:
    """FindRecordings, and its results to the last."""
    begun = asker.ask(Search.find_recordings, scope=SearchScope(), keep_alive_time=KEEP)
    pages = to_the_last(asker, Search.get_recording_search_results, begun.search_token)
    return sum(len(page.recording_information) for page in pages)


def events(asker: SearchAsker, asked: Question) -> int:
    """FindEvents, and its results to the last."""
    topic = (filter_element("TopicExpression", CONCRETE_SET, asked.topic),) if asked.topic else ()
    begun = asker.ask(
        Search.find_events,
        start_point=datetime_from_utc_us(asked.start_us),
        end_point=datetime_from_utc_us(asked.end_us),
        scope=SearchScope(included_recordings=(asked.recording,) if asked.recording else ()),
        search_filter=EventFilter(content=topic),
        include_start_state=False,
        keep_alive_time=KEEP,
    )
    pages = to_the_last(asker, Search.get_event_search_results, begun.search_token)
    return sum(len(page.results) for page in pages)


def a_camera(chance: random.Random, indexed: Indexed) -> Question:
    """Any camera."""
    return Question(recording=f"cam{chance.randrange(CAMERAS)}")


def a_day(chance: random.Random, indexed: Indexed) -> Question:
    """Everything of any camera on any day."""
    start_us = chance.randrange(indexed.start_us, indexed.end_us - DAY_US + 1)
    return a_camera(chance, indexed)._replace(start_us=start_us, end_us=start_us + DAY_US)


def the_doors(chance: random.Random, indexed: Indexed) -> Question:
    """What happens seldom, at all cameras and in the whole time."""
    return Question(topic=DOOR, start_us=indexed.start_us, end_us=indexed.end_us)


KINDS: Mapping[str, Kind] = {
    "GetRecordingSummary": Kind(summary, lambda *_: Question(), most_ms=15),
    "GetRecordingInformation": Kind(information, a_camera, most_ms=5),
    "FindRecordings, all": Kind(recordings, lambda *_: Question(), most_ms=20),
    "FindEvents, a day of a camera": Kind(events, a_day, most_ms=60),
    "FindEvents, a topic in the whole month": Kind(events, the_doors, most_ms=200),
}


def asked(product: Product, kind: Kind, questions: Sequence[Question]) -> Sample:
    """Every question in turn over one connection."""
    asker = SearchAsker(product.http_port, ADMIN_PASSWORD)
    waited, found = [], 0
    try:
        kind.ask(asker, questions[0])  # fills the caches, as the floor's are by then
        before_s = product.running.cpu_s
        for each in questions:
            begun_s = asker.waited_s
            found += kind.ask(asker, each)
            waited.append(asker.waited_s - begun_s)
        return Sample(waited, product.running.cpu_s - before_s, found)
    finally:
        asker.close()


def read(lab: Lab, data: Path, questions: Sequence[Question]) -> Sample:
    """The same rows by sqlite3 alone, on the server's core."""
    command = ["taskset", "-c", str(lab.server_core), lab.python, "-m", "bench.search_floor", str(data)]
    given = "".join(json.dumps(each._asdict()) + "\n" for each in (questions[0], *questions))
    done = subprocess.run(
        command, cwd=ROOT, input=given, capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode:
        raise BenchError(f"the floor failed: {done.stderr.strip()[-500:]}")
    told = json.loads(done.stdout)
    return Sample(told["cpu_s"][1:], sum(told["cpu_s"][1:]), sum(told["rows"][1:]))


def figures_of(lab: Lab, product: Product, data: Path, indexed: Indexed, name: str) -> list[Figure]:
    """Latency and CPU of one kind of search, beside the floor's."""
    kind = KINDS[name]
    chance = random.Random(SEED)
    many = QUICK_SEARCHES if lab.is_quick else SEARCHES
    questions = [kind.choose(chance, indexed) for _ in range(many)]
    runs = lab.alternate(
        f"search: {name}",
        {"vedette": partial(asked, product, kind, questions), "sqlite3": partial(read, lab, data, questions)},
    )
    own, floor = runs["vedette"], runs["sqlite3"]
    require_same(name, own[0].found / many, floor[0].found / many)
    waited_ms = sorted(each * 1e3 for sample in own for each in sample.waited_s)
    floor_ms = statistics.median(each.cpu_s for each in floor) / many * 1e3
    cpu_ms = [each.cpu_s / many * 1e3 for each in own]
    note = f"{own[0].found / many:.0f} found; 99 % within {waited_ms[len(waited_ms) * 99 // 100]:.1f} ms"
    return [
        median_figure(LATENCY.format(name=name), waited_ms, "ms", note),
        median_figure(CPU.format(name=name), cpu_ms, "ms"),
        median_figure(
            RATIO.format(name=name),
            [each / floor_ms for each in cpu_ms],
            "×",
            f"{floor_ms * 1e3:.0f} µs for the rows alone, without HTTP, login or XML",
        ),
    ]


def require_same(name: str, found: float, rows: float) -> None:
    """Raise BenchError unless both found the same.

    Of the footage the product tells four changes more at most: a recording's and its track's begin and end.
    """
    if not rows <= found <= rows + FOOTAGE_CHANGES:
        raise BenchError(f"{name}: {found:g} were found, by sqlite3 {rows:g}")


def run(lab: Lab) -> list[Figure]:
    """Make the index, then search it; no camera runs, so that the server does nothing else."""
    data = lab.directory("search")
    days = QUICK_DAYS if lab.is_quick else DAYS
    indexed = make_index(data, Path(lab.clip()), cameras=CAMERAS, days=days, say=lab.say)
    lab.say(f"search: {indexed.rows} segments, {indexed.events} events")
    with Product(lab, [], data=data) as product:
        return [figure for name in KINDS for figure in figures_of(lab, product, data, indexed, name)]


SCENARIO = Scenario(
    name="search",
    about="summaries, recordings and events of 30 days of 16 cameras, against the same rows by bare sqlite3",
    targets={LATENCY.format(name=name): Target(at_most=kind.most_ms) for name, kind in KINDS.items()},
    run=run,
)
