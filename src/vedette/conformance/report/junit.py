"""The report as JUnit XML, for continuous integration."""

from lxml import etree

from vedette.conformance.result import Report, Result
from vedette.conformance.verdicts import Verdict
from vedette.wire.message import XmlElement

_NOT_RUN = (Verdict.SKIP, Verdict.NOT_RUN, Verdict.INCONCLUSIVE)


def to_junit(report: Report) -> bytes:
    """One test suite a chapter; FAIL is a failure, ERROR an error, what was not judged is skipped."""
    root = etree.Element("testsuites", name="vedette pre-check")
    chapters: dict[str, list[Result]] = {}
    for result in report.results:
        chapters.setdefault(f"{result.suite}.{result.chapter}", []).append(result)
    for name, results in chapters.items():
        root.append(_suite(name, results, report))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _suite(name: str, results: list[Result], report: Report) -> XmlElement:
    suite = etree.Element(
        "testsuite",
        name=name,
        tests=str(len(results)),
        failures=str(sum(each.verdict is Verdict.FAIL for each in results)),
        errors=str(sum(each.verdict is Verdict.ERROR for each in results)),
        skipped=str(sum(each.verdict in _NOT_RUN for each in results)),
        time=f"{sum(each.took_ms for each in results) / 1000:.3f}",
        timestamp=report.utc,
        hostname=report.target,
    )
    for result in results:
        suite.append(_case(result))
    return suite


def _case(result: Result) -> XmlElement:
    made = etree.Element(
        "testcase",
        classname=f"{result.suite}.{result.chapter}",
        name=f"{result.case} {result.title}",
        time=f"{result.took_ms / 1000:.3f}",
    )
    properties = etree.SubElement(made, "properties")
    for key, value in (
        ("verdict", result.verdict.value),
        ("risk", result.risk.value),
        ("proven", "yes" if result.is_proven else "no"),
        ("restored", "yes" if result.could_restore else "no"),
    ):
        etree.SubElement(properties, "property", name=key, value=value)
    if result.verdict is Verdict.FAIL:
        etree.SubElement(made, "failure", message=_writable(result.reason))
    elif result.verdict is Verdict.ERROR:
        etree.SubElement(made, "error", message=_writable(result.reason))
    elif result.verdict in _NOT_RUN:
        reason = f"{result.verdict.value}: {result.reason}"
        etree.SubElement(made, "skipped", message=_writable(reason))
    if result.warnings:
        etree.SubElement(made, "system-out").text = _writable("\n".join(result.warnings))
    return made


def _writable(text: str) -> str:
    """A text without the control characters that XML cannot carry."""
    return "".join(each if each >= " " or each in "\n\t" else "�" for each in text)
