"""Targets, the table, and the command line of the bench."""

import fcntl
import math

import bench.__main__
import pytest
from bench.__main__ import arguments, describe_targets
from bench.figures import BenchError, Figure, Outcome, Scenario, Target, median_figure, table
from bench.harness import Camera, Lab, configuration
from bench.profiles_document import PROFILES, document
from bench.scenarios import SCENARIOS, scenario_named


def outcome(value):
    """A scenario of one figure, held to at most 1.4."""
    scenario = Scenario(name="s", about="", targets={"ratio": Target(at_most=1.4)}, run=lambda lab: [])
    return Outcome(scenario=scenario, figures=[Figure(name="ratio", value=value, unit="×")])


def test_a_bound_itself_is_met_and_what_lies_beyond_is_not():
    assert Target(at_most=1.4).is_met(1.4)
    assert not Target(at_most=1.4).is_met(1.41)
    assert Target(at_least=5).is_met(5)
    assert not Target(at_least=5).is_met(4.9)


def test_a_figure_that_is_not_a_number_meets_no_target():
    assert not Target(at_most=1).is_met(math.nan)
    assert not Target(at_least=1).is_met(math.nan)


@pytest.mark.parametrize("bounds", [{}, {"at_most": 1, "at_least": 1}])
def test_a_target_has_exactly_one_bound(bounds):
    with pytest.raises(ValueError, match="exactly one"):
        Target(**bounds)


def test_the_table_shows_the_target_beside_the_figure():
    assert "≤ 1.4   met" in table([outcome(1.25)])
    assert "NOT MET" in table([outcome(1.5)])


def test_a_broken_scenario_is_shown_with_the_last_line_of_its_problem():
    broken = outcome(1.0)
    broken.problem = "Traceback\nno ffmpeg"
    assert "no ffmpeg" in table([broken])
    assert "Traceback" not in table([broken])


def test_a_missed_target_is_named():
    assert outcome(1.5).missed == ["ratio"]
    assert outcome(1.0).missed == []
    assert outcome(1.5).as_json()["figures"][0]["met"] is False


def test_a_median_keeps_its_samples():
    figure = median_figure("x", [3.0, 1.0, 2.0], "s")
    assert figure.value == 2.0
    assert figure.samples == (3.0, 1.0, 2.0)


def test_every_scenario_has_a_name_of_its_own_and_a_target():
    assert len({each.name for each in SCENARIOS}) == len(SCENARIOS)
    assert all(each.targets and scenario_named(each.name) is each for each in SCENARIOS)


def test_every_target_is_listed():
    listed = describe_targets()
    for scenario in SCENARIOS:
        assert all(f"{name} {target}" in listed for name, target in scenario.targets.items())


def test_the_command_line_takes_scenarios_by_name_and_refuses_others(capsys):
    assert [each.name for each in arguments(["start", "cli"]).scenario] == ["start", "cli"]
    assert arguments([]).scenario == []
    assert arguments(["--sizes", "16,64"]).sizes == (16, 64)
    with pytest.raises(SystemExit):
        arguments(["nonsense"])
    assert "no scenario 'nonsense'" in capsys.readouterr().err


def test_a_second_bench_is_told_of_the_first(tmp_path):
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch" / "kept").touch()
    with (tmp_path / "scratch.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(BenchError, match="another bench is running"):
            Lab(scratch=tmp_path / "scratch")
    assert (tmp_path / "scratch" / "kept").exists()
    Lab(scratch=tmp_path / "scratch")
    assert not (tmp_path / "scratch" / "kept").exists()


def test_a_configuration_names_every_camera():
    import tomllib

    cameras = [Camera(name="cam0", source="drawn:?seed=1"), Camera(name="cam1", source="x", record=True)]
    read = tomllib.loads(configuration(cameras, segment_s=30))
    assert read["storage"]["segment_s"] == 30
    assert read["server"]["anonymous_viewing"] is True
    assert [(each["name"], each["record"]) for each in read["camera"]] == [("cam0", False), ("cam1", True)]


def test_the_codec_document_is_of_the_size_that_the_target_names():
    assert 20_000 <= len(document()) <= 30_000
    assert document().count(b"<trt:Profiles ") == PROFILES


def test_an_interrupted_bench_ends_what_it_started_and_shows_what_it_has(tmp_path, monkeypatch, capsys):
    started = []

    def interrupted(lab):
        started.append(lab.on_load_core("sleep", "60"))
        raise KeyboardInterrupt

    done = Scenario(name="done", about="", targets={}, run=lambda lab: [Figure(name="f", value=1, unit="s")])
    broken_off = Scenario(name="broken off", about="", targets={}, run=interrupted)
    monkeypatch.setattr(bench.__main__, "SCENARIOS", (done, broken_off))
    monkeypatch.setattr(bench.__main__, "CACHE", tmp_path)
    monkeypatch.setattr(bench.__main__.os, "sched_setaffinity", lambda *_: None)
    monkeypatch.setattr(bench.__main__.signal, "signal", lambda *_: None)
    assert bench.__main__.main([]) == 130
    assert not started[0].is_running
    assert "done" in capsys.readouterr().out
