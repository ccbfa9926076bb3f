"""The scenarios, in the order in which they run."""

from bench.figures import Scenario
from bench.scenarios import cli, codec, fanout, record, replay, requests, search, sessions, start

SCENARIOS: tuple[Scenario, ...] = (
    fanout.TCP,
    fanout.UDP,
    record.SCENARIO,
    replay.SCENARIO,
    search.SCENARIO,
    start.SCENARIO,
    sessions.SCENARIO,
    requests.SCENARIO,
    codec.SCENARIO,
    cli.SCENARIO,
)


def scenario_named(name: str) -> Scenario:
    """The scenario of that name; raises KeyError."""
    return {each.name: each for each in SCENARIOS}[name]
