"""The report as one HTML page that needs nothing else."""

from html import escape

from vedette.conformance.evidence import Exchange
from vedette.conformance.facts import suites
from vedette.conformance.report.compare import Change
from vedette.conformance.result import NEEDLESS, Report, Result, Step
from vedette.conformance.verdicts import RAN, Verdict

_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1b1f24}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}table{border-collapse:collapse;width:100%}
td,th{text-align:left;padding:.2rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}
details{margin:.15rem 0}summary{cursor:pointer}pre{background:#f5f6f8;padding:.6rem;overflow:auto;
max-height:24rem;white-space:pre-wrap;word-break:break-all;font-size:12px}
.v{display:inline-block;min-width:7.5em;font-weight:600}.PASS,.supported,.ready{color:#176f2c}
.WARN,.NOT_RUN,.INCONCLUSIVE,.undefined{color:#8a5a00}.FAIL,.ERROR,.not{color:#b3261e}
.SKIP,.unsupported{color:#667}.quiet{color:#667;font-size:.9em}
ul{padding:0;list-style:none}details:target>summary{background:#fff3c4}
"""


def to_html(report: Report, changes: list[Change] | None = None) -> str:
    """The page; `changes` are those against an earlier run."""
    exchanges = {each.number: each for each in report.exchanges}
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>Pre-check of {escape(report.target)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>Pre-check of {escape(report.target)}</h1>",
        f"<p>{escape(' '.join(report.device.get(key, '') for key in ('manufacturer', 'model')))}"
        f" {escape(report.device.get('firmware_version', ''))}</p>",
        f'<p class="quiet">{escape(report.utc)} · {escape(report.tool)} · allowed:'
        f" {escape(', '.join(report.allowed))}. A pre-check helps to find defects; it is no statement of"
        " conformance, which is declared through ONVIF's own process alone.</p>",
        _counts(report),
        _claims(report),
        _changes(changes or []),
        "<h2>Cases</h2>",
        *(_case(each, exchanges) for each in report.results),
        _features(report, exchanges),
        "</body></html>\n",
    ]
    return "".join(parts)


def _counts(report: Report) -> str:
    told = "".join(
        f'<span class="v {each.value}">{report.count(each)} {each.value}</span>'
        for each in Verdict
        if report.count(each)
    )
    lost = [each.case for each in report.results if not each.could_restore]
    warning = f'<p class="FAIL">Not restored after: {escape(", ".join(lost))}</p>' if lost else ""
    return f"<p>{told}</p>{warning}{_noteworthy(report)}"


def _noteworthy(report: Report) -> str:
    """What ran and did not simply pass, with links to it."""
    rows = "".join(
        f'<li><span class="v {each.verdict.value}">{each.verdict.value}</span>'
        f'<a href="#{escape(each.case)}">{escape(each.case)}</a> '
        f"{escape(each.title)}: {escape(each.reason)}</li>"
        for each in report.results
        if each.verdict in RAN and each.verdict is not Verdict.PASS
    )
    return f"<h2>To look at</h2><ul>{rows}</ul>" if rows else ""


def _claims(report: Report) -> str:
    rows = "".join(
        f"<tr><td>{escape(each.profile)}</td><td>{'listed' if each.is_listed else 'not listed'}</td>"
        f'<td class="{"not" if each.reasons else "ready"}">{escape(each.outcome)}</td>'
        f"<td>{_first_few(each.reasons or each.not_run)}</td></tr>"
        for each in report.claims
    )
    return (
        f"<h2>Profiles (pre-check by the suites {escape(', '.join(suites()))})</h2>"
        f"<table><tr><th>Profile<th>Scope<th>Outcome<th>Why</tr>{rows}</table>"
    )


def _first_few(texts: tuple[str, ...]) -> str:
    if len(texts) <= 4:
        return escape("; ".join(texts))
    first, rest = escape("; ".join(texts[:4])), escape("; ".join(texts[4:]))
    return f"{first} <details><summary>and {len(texts) - 4} more</summary>{rest}</details>"


def _changes(changes: list[Change]) -> str:
    if not changes:
        return ""
    rows = "".join(
        f"<tr><td>{each.kind}<td>{escape(each.what)}<td>{escape(each.before)}<td>{escape(each.after)}</tr>"
        for each in changes
    )
    return f"<h2>Since the earlier run</h2><table><tr><th><th>What<th>Before<th>After</tr>{rows}</table>"


def _case(result: Result, exchanges: dict[int, Exchange]) -> str:
    notes = [] if result.is_proven else ["unproven"]
    notes += [f"{result.took_ms} ms"] if result.took_ms else []
    notes += ["not restored"] if not result.could_restore else []
    told = [escape(result.reason)] if result.reason else []
    told += [f"({', '.join(notes)})"] if notes else []
    head = (
        f'<span class="v {result.verdict.value}">{result.verdict.value}</span>{escape(result.case)} '
        f'{escape(result.title)} <span class="quiet">{" ".join(told)}</span>'
    )
    listed = [f"warning: {each}" for each in result.warnings]
    listed += [f"changed: {each}" for each in result.changes]
    listed += [f"restored: {each}" for each in result.put_back.restored]
    listed += [f"not restored: {each}" for each in result.put_back.failed]
    listed += [f"{NEEDLESS}: {each}" for each in result.put_back.needless]
    extra = f"<p>{'<br>'.join(map(escape, listed))}</p>" if listed else ""
    steps = "".join(_step(each, exchanges) for each in result.steps)
    return f'<details id="{escape(result.case)}"><summary>{head}</summary>{extra}{steps}</details>'


def _step(step: Step, exchanges: dict[int, Exchange]) -> str:
    checks = "".join(
        f'<div><span class="v {_CLASS[each.severity]}">{each.severity}</span>{escape(each.text)}</div>'
        for each in step.checks
    )
    raw = "".join(_exchange(exchanges[each]) for each in step.exchanges if each in exchanges)
    return f"<div><b>{step.number}. {escape(step.text)}</b>{checks}{raw}</div>"


_CLASS = {"note": "SKIP", "pass": "PASS", "warn": "WARN", "fail": "FAIL"}


def _exchange(each: Exchange) -> str:
    outcome = f"status {each.status}" if each.status else (each.lost or each.kind)
    return (
        f'<details><summary class="quiet">#{each.number} {escape(each.peer)} {escape(outcome)},'
        f" {each.took_ms} ms</summary><pre>{escape(each.sent)}</pre>"
        f"<pre>{escape(each.received or each.lost)}</pre></details>"
    )


def _features(report: Report, exchanges: dict[int, Exchange]) -> str:
    rows = "".join(
        f'<tr><td>{escape(each.feature)}</td><td class="{each.state}">{each.state}</td>'
        f"<td>{escape(each.why)}"
        f"{''.join(_exchange(exchanges[number]) for number in each.exchanges[:3] if number in exchanges)}"
        "</td></tr>"
        for each in report.features
    )
    return f"<h2>Features</h2><table><tr><th>Feature<th>State<th>Why</tr>{rows}</table>"
