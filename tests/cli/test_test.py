"""`vedette test`: what it is told on the command line."""

from pathlib import Path

import pytest

from vedette.cli.main import main
from vedette.cli.test import BRINGABLE, RISKS, tell_result
from vedette.conformance.result import PutBack, Result, Step
from vedette.conformance.servers import bringing
from vedette.conformance.verdicts import Risk, Verdict


def test_an_unknown_risk_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "192.0.2.7", "--allow", "config,mischief"]) == 2
    assert "mischief" in capsys.readouterr().err


def test_an_unknown_suite_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "192.0.2.7", "--suite", "nothing"]) == 2
    assert "base" in capsys.readouterr().err


def test_an_unknown_case_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "192.0.2.7", "--case", "NO-1"]) == 1
    assert "NO-1" in capsys.readouterr().err


def test_an_earlier_report_that_is_none_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "192.0.2.7", "--compare", str(tmp_path)]) == 1
    assert "report.json" in capsys.readouterr().err


def test_nobody_at_the_address_ends_with_status_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "127.0.0.1:1", "--plan"]) == 3


def test_the_command_knows_the_risks_and_servers_that_there_are() -> None:
    assert tuple(each.value for each in Risk) == RISKS
    assert bringing.BRINGABLE == BRINGABLE


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--bring", "coffee"], "coffee"),
        (["--spare-address", "192.0.2"], "192.0.2"),
        (["--time-server", "clock"], "clock"),
    ],
)
def test_surroundings_that_cannot_be_are_wrong_usage(
    capsys: pytest.CaptureFixture[str], arguments: list[str], named: str
) -> None:
    assert main(["test", "192.0.2.7", *arguments]) == 2
    assert named in capsys.readouterr().err


def test_a_firmware_that_cannot_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "192.0.2.7", "--firmware", str(tmp_path / "none.bin")]) == 1
    assert "none.bin" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("put_back", "told"),
    [
        (PutBack(restored=["DNS"]), []),
        (PutBack(restored=["DNS"], failed=["NTP: no"]), ["NOT RESTORED: NTP: no"]),
        (
            PutBack(needless=["NTP: no"]),
            ["nothing to undo, as every change was refused; the undoing was refused too: NTP: no"],
        ),
    ],
)
def test_only_what_is_not_as_it_was_is_told_not_restored(
    put_back: PutBack, told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    result = Result(
        case="X-1",
        title="a case",
        suite="base",
        chapter="network",
        risk=Risk.CONFIG,
        verdict=Verdict.FAIL,
        steps=[Step(1, "set")],
        put_back=put_back,
    )
    tell_result(1, 2, result)
    assert [line.strip() for line in capsys.readouterr().out.splitlines()[1:]] == told
