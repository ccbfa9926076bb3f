"""scripts/standards: the page of operations follows from the contract."""

import importlib.machinery
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from vedette.contract.media import Media
from vedette.contract.media2 import Media2
from vedette.contract.services import all_services

SCRIPT = Path(__file__).parents[2] / "scripts" / "standards"


@pytest.fixture(scope="module")
def standards() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("standards_script", str(SCRIPT))
    spec = importlib.util.spec_from_loader("standards_script", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    before, writes = list(sys.path), sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # or the cache would lie among the scripts
    try:
        loader.exec_module(module)
    finally:
        sys.path[:], sys.dont_write_bytecode = before, writes
    return module


@pytest.fixture(scope="module")
def rows(standards: Any) -> Any:
    """What the script finds; it reads all tests for it."""
    return standards.rows()


def test_every_operation_has_a_row_and_none_is_missing(rows: Any) -> None:
    assert [(row.service, row.operation) for row in rows] == [
        (each.title, operation.name) for each in all_services() for operation in each.operations()
    ]
    assert "missing" not in {row.state for row in rows}


def test_the_page_and_the_json_say_the_same(standards: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert standards.main(["--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    page = standards.document([standards.Row(**each) for each in found])

    assert page.count("\n| ") == len(found) + 2 * len({each["service"] for each in found}) + 2
    assert "| GetStreamUri |" in page


def test_a_stale_page_fails_the_check_and_writing_mends_it(
    standards: Any,
    rows: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(standards, "rows", lambda: rows)
    monkeypatch.setattr(standards, "DOCUMENT", tmp_path / "standards.md")

    assert standards.main(["--check"]) == 1
    assert "stale" in capsys.readouterr().err
    assert standards.main([]) == 0
    assert standards.main(["--check"]) == 0


def test_a_name_that_several_services_share_counts_only_behind_the_service(standards: Any) -> None:
    texts = {"tests/a.py": "camera.media2.get_osds()", "tests/b.py": "x.get_video_encoder_instances()"}
    mentions = standards.Mentions(texts, [Media, Media2])

    assert mentions.of(Media2, Media2.get_osds) == "tests/a.py"
    assert mentions.of(Media, Media.get_osds) == ""
    assert mentions.of(Media2, Media2.get_video_encoder_instances) == "tests/b.py"


def test_what_a_handler_answers_is_implemented(standards: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standards, "answered_operations", lambda: frozenset({Media2.get_stream_uri}))

    implemented = [row for row in standards.rows() if row.state == "implemented"]

    assert [(row.service, row.operation) for row in implemented] == [("Media2", "GetStreamUri")]
