"""The documents are true: links lead somewhere, and lists match the tree."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PLACE = re.compile(r"\]\(([^)#\s]*)#([^)\s]+)\)")
NAMED_FILE = re.compile(r"`((?:src|tests|docs|scripts|bench)/[\w./-]+\.(?:py|md|c|sql|toml))`")
SHORT_NAME = re.compile(
    r"`((?:base|wire|contract|protocols|media|security|client|storage|device|server|cli)/[\w/]+\.(?:py|sql))`"
)
BARE_NAME = re.compile(r"`(\w+\.py)`")
FILES = {path.name for folder in ("src", "tests", "bench") for path in (ROOT / folder).rglob("*.py")}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_and_file_name_in_a_document_exists(document: Path) -> None:
    text = document.read_text()
    missing = [
        target
        for target in LINK.findall(text)
        if "://" not in target
        and not target.startswith("mailto:")
        and not (document.parent / target).exists()
    ]
    missing += [name for name in NAMED_FILE.findall(text) if not (ROOT / name).exists()]
    missing += [name for name in SHORT_NAME.findall(text) if not (ROOT / "src/vedette" / name).exists()]
    missing += [name for name in BARE_NAME.findall(text) if name not in FILES]
    assert missing == []


def _anchor(heading: str) -> str:
    """What a heading is linked by."""
    return re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_into_a_document_leads_to_a_heading(document: Path) -> None:
    for target, place in PLACE.findall(document.read_text()):
        if "://" not in target:
            text = ((document.parent / target) if target else document).read_text()
            assert place in {_anchor(each) for each in re.findall(r"(?m)^#+ (.*)$", text)}


def test_every_source_file_opens_with_one_line_that_says_what_it_is_for() -> None:
    lacking = [
        str(path.relative_to(ROOT))
        for path in ROOT.glob("src/vedette/**/*.py")
        if path.name != "__init__.py" and not path.read_text().startswith('"""')
    ]
    assert lacking == []


def test_no_file_is_longer_than_its_limit() -> None:
    too_long = {
        str(path.relative_to(ROOT)): lines
        for folder in ("src", "tests", "bench")
        for path in (ROOT / folder).rglob("*.py")
        if (lines := path.read_text().count("\n")) > 600
    }
    assert too_long == {}
