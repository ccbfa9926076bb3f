"""What the fan-out's table says of samples that are to be doubted."""

from bench.scenarios.fanout import warnings


def sample(*, others: float = 0.0, generator_s: float = 1.0) -> dict[str, float]:
    return {"T": 10.0, "others": others, "lg_cpu": generator_s}


def test_nothing_is_said_of_a_quiet_run():
    assert warnings([sample(), sample(others=0.04, generator_s=8.9)]) == ""


def test_other_work_on_the_servers_core_is_told_with_the_worst_share():
    assert "NOT QUIET: other work took up to 12 %" in warnings([sample(others=0.12), sample(others=0.06)])


def test_a_generator_that_fills_its_core_is_told_since_it_reads_late():
    note = warnings([sample(), sample(generator_s=9.7)])
    assert "GENERATOR SATURATED: it took up to 97 %" in note
    assert "NOT QUIET" not in note
