"""Every SOAP answer that the libraries got, held against the official schemas."""

from collections import Counter
from functools import cache
from importlib import util
from pathlib import Path

from lxml import etree

from conftest import Oracle, built_schemas
from interop.check import Check, expect
from interop.site import Site

ENV = "{http://www.w3.org/2003/05/soap-envelope}"
OPERATIONS_LEAST = 40


@cache
def oracle() -> Oracle:
    """The one that the tests use."""
    found = util.find_spec("onvif")
    assert found is not None
    assert found.submodule_search_locations
    return Oracle(built_schemas(Path(found.submodule_search_locations[0]) / "wsdl"))


def _validated(site: Site) -> str:
    counts: Counter[str] = Counter()
    problems: dict[str, list[str]] = {}
    for exchange in site.soap.exchanges():
        if not exchange.answer.lstrip().startswith(b"<"):
            continue
        body = etree.fromstring(exchange.answer).find(f"{ENV}Body")
        name = etree.QName(body[0]).localname if body is not None and len(body) else "nothing"
        counts[name] += 1
        found = oracle().problems(exchange.answer)
        if found:
            problems.setdefault(name, found)
    lines = [f"{name}: {'; '.join(found[:2])}" for name, found in sorted(problems.items())]
    expect(not lines, " | ".join(lines))
    expect(
        len(counts) >= OPERATIONS_LEAST, f"only {len(counts)} kinds of answers were seen: {sorted(counts)}"
    )
    return f"{counts.total()} answers of {len(counts)} kinds are valid"


CHECKS = (Check("Official schemas", "every SOAP answer of this run is valid", _validated, limit_s=120),)
