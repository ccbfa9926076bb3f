"""`vedette test`: what it is told on the command line."""

from pathlib import Path

import pytest

from vedette.cli.main import main


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
