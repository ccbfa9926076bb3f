"""The parts of the tester: conditions, evidence, styles of namespaces, features, plan, reports."""

import asyncio

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.conformance.breaks import Break, Edits, Forgets, Refuses, says
from tests.conformance.conftest import Examine, examiner_of
from tests.conformance.simulated import ADMIN

from vedette.base.clock import ManualClock
from vedette.client.auth import Login, Reply, Request
from vedette.conformance.case import written_cases
from vedette.conformance.changes import may_have_changed
from vedette.conformance.conditions import BadCondition, Condition
from vedette.conformance.envelopes import NamespaceStyle, envelope_of, request_element, restyled
from vedette.conformance.environment import Environment
from vedette.conformance.evidence import Evidence
from vedette.conformance.facts import CaseFacts, cases, features
from vedette.conformance.features import Features
from vedette.conformance.plan import plan
from vedette.conformance.profiles import NOT_READY, READY, READY_EXCEPT, claims
from vedette.conformance.report.compare import compare
from vedette.conformance.report.document import BadReport, from_json, to_json
from vedette.conformance.report.junit import to_junit
from vedette.conformance.report.page import to_html
from vedette.conformance.result import FeatureState, PutBack, Result
from vedette.conformance.runner import INTERRUPTED, NotADevice
from vedette.conformance.verdicts import Risk, Verdict
from vedette.contract.envelope import fault_envelope, to_soap
from vedette.contract.faults import Action, NotAuthorized
from vedette.contract.schema.network_interfaces import IPv4Configuration, PrefixedIPv4Address
from vedette.protocols.discovery import messages
from vedette.wire.namespaces import TDS

NETWORK = FeatureState(feature="Device/System/NetworkConfiguration", state="supported", why="")
NOWHERE = PrefixedIPv4Address(address="192.0.2.99", prefix_length=24)


@pytest.mark.parametrize(
    ("text", "is_met"),
    [
        ("", True),
        ("A", True),
        ("B", False),
        ("A & B", False),
        ("A & (B | C)", True),
        ("!B & A", True),
        ("!(A | B)", False),
    ],
)
def test_a_condition_holds_as_its_features_are(text: str, is_met: bool) -> None:
    assert Condition(text).holds({"A", "C"}.__contains__) is is_met


@pytest.mark.parametrize("text", ["A &", "(A", "A B", "& A", "A | )"])
def test_a_condition_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadCondition):
        Condition(text)


def test_conditions_name_known_features_only() -> None:
    named = {name for each in cases().values() for name in each.condition.features}
    assert named <= set(features())


def test_every_case_with_code_is_in_the_table() -> None:
    assert set(written_cases()) <= set(cases())


@pytest.mark.parametrize("style", NamespaceStyle)
@settings(max_examples=20)
@given(text=st.text('abc<&>" ', max_size=8))
def test_a_restyled_document_means_the_same(style: NamespaceStyle, text: str) -> None:
    probe = messages.Probe(types=(messages.DEVICE,), scopes=("s:x",))
    root = etree.fromstring(messages.probe(probe, "urn:uuid:1"))
    root[0][0].text = text or None

    again = etree.fromstring(restyled(etree.tostring(root), style))

    assert [each.tag for each in again.iter()] == [each.tag for each in root.iter()]
    assert [(each.text or "") for each in again.iter()][2] == text
    assert messages.read(restyled(etree.tostring(root), style)).probe == probe


def test_secrets_never_stay_in_evidence() -> None:
    evidence = Evidence(ManualClock())
    evidence.hide("hunter2hunter2")

    kept = evidence.add(
        "http",
        "x",
        evidence.now(),
        "<tt:Password>other</tt:Password> hunter2hunter2",
        received="hunter2hunter2",
    )

    assert "hunter2" not in kept.sent + kept.received
    assert "other" not in kept.sent


def test_a_whole_run_keeps_no_password(examine: Examine) -> None:
    [report] = examine("DEVICE-4-1-7", "SECURITY-1-1-1", "SECURITY-1-1-2")

    assert ADMIN.password.encode() not in to_json(report)
    assert b"Pre-Check.123" not in to_json(report)


def test_a_run_that_is_cancelled_puts_back_what_it_changed_and_tells_the_rest() -> None:
    told: list[Verdict] = []

    async def run() -> tuple[str, list[tuple[Verdict, str]]]:
        examiner, device = examiner_of()
        await examiner.reach()
        examiner.features = Features({"Device/System/NetworkConfiguration": NETWORK})
        planned = examiner.plan([cases()[each] for each in ("DEVICE-2-1-32", "DEVICE-2-1-5")])
        transport = examiner.target.transport.inner

        class Stops(Break):
            def after(self, operation: str, request: Request, reply: Reply) -> Reply:
                if operation == "SetHostname" and device.state.hostname != "camera":
                    raise asyncio.CancelledError
                return reply

        transport.breaks = Stops()  # type: ignore[attr-defined]
        with pytest.raises(asyncio.CancelledError):
            await examiner.execute(planned, lambda _, __, each: told.append(each.verdict))
        return device.state.hostname, [(each.verdict, each.reason) for each in examiner.report().results]

    hostname, results = asyncio.run(run())

    assert hostname == "camera"
    assert results == [(Verdict.INCONCLUSIVE, INTERRUPTED), (Verdict.NOT_RUN, INTERRUPTED)]
    assert told == [Verdict.INCONCLUSIVE, Verdict.NOT_RUN]


def test_a_case_that_was_not_to_run_again_has_not_become_worse(examine: Examine) -> None:
    [both] = examine("DEVICE-2-1-1", "DEVICE-2-1-4")
    [one] = examine("DEVICE-2-1-1")

    assert not [each for each in compare(both, one) if each.what.startswith("DEVICE")]
    assert [(each.what, each.before) for each in compare(one, both) if each.kind != "other"] == []
    assert ("DEVICE-2-1-4", "absent") in [(each.what, each.before) for each in compare(one, both)]


def test_a_wrong_login_is_told_at_once() -> None:
    async def run() -> None:
        examiner, _ = examiner_of()
        examiner.target.login = Login(ADMIN.name, "another word")
        await examiner.reach()

    with pytest.raises(NotAuthorized, match="refuses the login"):
        asyncio.run(run())


def test_a_web_server_is_no_device() -> None:
    class Page(Break):
        def after(self, operation: str, request: Request, reply: Reply) -> Reply:
            return Reply(status=200, headers=(("content-type", "text/html"),), body=b"<html/>")

    async def run() -> None:
        examiner, _ = examiner_of()
        examiner.target.transport.inner.breaks = Page()  # type: ignore[attr-defined]
        await examiner.reach()

    with pytest.raises(NotADevice, match="no device of the standard"):
        asyncio.run(run())


def test_a_device_that_dies_ends_the_run() -> None:
    async def run() -> list[tuple[Verdict, str]]:
        examiner, device = examiner_of()
        await examiner.reach()
        examiner.features = Features({"Device/System/NetworkConfiguration": NETWORK})
        planned = examiner.plan([cases()[each] for each in ("DEVICE-2-1-4", "DEVICE-2-1-5", "DEVICE-2-1-6")])

        class Dies(Break):
            def after(self, operation: str, request: Request, reply: Reply) -> Reply:
                device.state.hold(IPv4Configuration(manual=(NOWHERE,), dhcp=False))
                return reply

        examiner.target.transport.inner.breaks = Dies()  # type: ignore[attr-defined]
        report = await examiner.execute(planned, lambda *_: None)
        return [(each.verdict, each.reason) for each in report.results]

    first, second, third = asyncio.run(run())

    assert first[0] is Verdict.PASS
    assert second[0] is Verdict.INCONCLUSIVE
    assert third[0] is Verdict.NOT_RUN
    assert "no longer answers" in third[1]


def test_features_have_three_states_and_evidence() -> None:
    async def found(breaks: Break) -> Features:
        examiner, _ = examiner_of()
        await examiner.reach()
        examiner.target.transport.inner.breaks = breaks  # type: ignore[attr-defined]
        return await examiner.discover()

    whole = asyncio.run(found(Break()))
    assert set(whole.states) == set(features())
    assert whole.is_certain("Device/Network/IPFilter")
    assert whole.is_certain("Discovery/Types/tds:Device")
    assert whole.is_certain("Device/MonitoringEvents/ProcessorUsage")
    assert whole.is_certain("Device/IO/RelayOutputs/Monostable/Open")
    assert whole.states["Device/Network/NTP"].exchanges
    assert not whole.is_supported("DeviceIO")
    assert not whole.is_supported("Device/Network/IPv6")
    silent = asyncio.run(found(Refuses("GetServiceCapabilities")))
    assert silent.states["Device/Network/NTP"].state == "undefined"
    assert silent.is_supported("Device/Network/NTP")  # while testing
    assert not silent.is_certain("Device/Network/NTP")  # while judging


def test_cases_run_in_the_order_of_risk_and_only_what_is_allowed() -> None:
    supported = {name: FeatureState(feature=name, state="supported", why="") for name in features()}
    environment = Environment(allowed=frozenset((Risk.READ, Risk.CONFIG)))

    planned = plan(cases().values(), written_cases(), Features(supported), environment)

    orders = [each.facts.risk.order for each in planned]
    assert orders == sorted(orders)
    assert {each.facts.risk for each in planned if each.verdict is None} == {Risk.READ, Risk.CONFIG}
    assert all(each.reason for each in planned if each.verdict is not None)


def test_a_case_whose_condition_fails_is_skipped_with_the_missing_feature() -> None:
    facts = cases()["DEVICE-7-1-1"]
    [planned] = plan([facts], written_cases(), Features({}), Environment())

    assert planned.verdict is Verdict.SKIP
    assert "Device/Network/IPFilter" in planned.reason


def test_settings_that_a_case_leaves_changed_are_told() -> None:
    async def scene() -> None:
        examiner, device = examiner_of()
        await examiner.reach()
        examiner.environment = msgspec.structs.replace(examiner.environment, is_watching=True)
        examiner.features = Features(
            {name: FeatureState(feature=name, state="supported", why="") for name in features()}
        )
        not_restoring = Forgets("SetHostname", skip=1)
        examiner.target.transport.inner.breaks = not_restoring  # type: ignore[attr-defined]
        report = await examiner.execute(examiner.plan([cases()["DEVICE-2-1-32"]]), lambda *_: None)

        [result] = report.results
        assert result.verdict is Verdict.PASS
        assert any("Pre-Check0-Of-Host-Name" in each for each in result.changes)
        assert device.state.hostname == "Pre-Check0-Of-Host-Name"

    asyncio.run(scene())


def test_what_cannot_be_restored_is_told_even_when_the_case_passes(examine: Examine) -> None:
    [report] = examine("DEVICE-2-1-32", breaks=[Refuses("SetHostname", skip=1)])

    [result] = report.results
    assert result.verdict is Verdict.PASS
    assert not result.could_restore
    assert result.put_back.failed == ["host name: broken"]
    assert "Not restored after: DEVICE-2-1-32" in to_html(report)


@pytest.mark.parametrize("id_", ["DEVICE-2-1-32", "DEVICE-2-1-3"])
def test_a_change_that_was_refused_needs_no_undoing(examine: Examine, id_: str) -> None:
    [report] = examine(id_, breaks=[Refuses("SetHostname")])

    [result] = report.results
    assert result.verdict is Verdict.FAIL
    assert result.could_restore
    assert result.put_back == PutBack(needless=["host name: broken"])
    page = to_html(report)
    assert "Not restored" not in page
    assert "nothing to undo" in page


def test_an_undoing_that_succeeds_is_told_whatever_the_device_said_before(examine: Examine) -> None:
    [report] = examine("DEVICE-2-1-3")

    assert report.results[0].put_back == PutBack(restored=["host name"])


SET, GET = (envelope_of(request_element(TDS, name)) for name in ("SetHostname", "GetHostname"))
FINE = envelope_of(request_element(TDS, "SetHostnameResponse"))
REFUSAL = fault_envelope(to_soap(Action("no"), ""))


@pytest.mark.parametrize(
    ("method", "sent", "reply", "is_possible"),
    [
        ("POST", SET, Reply(status=200, body=FINE), True),
        ("POST", SET, Reply(status=200, body=b""), True),
        ("POST", SET, Reply(status=500, body=b"oops"), True),
        ("POST", SET, None, True),
        ("POST", b"a backup", Reply(status=200), True),
        ("POST", b"a backup", Reply(status=415), False),
        ("POST", SET, Reply(status=500, body=REFUSAL), False),
        ("POST", SET, Reply(status=200, body=REFUSAL), False),
        ("POST", SET, Reply(status=401), False),
        ("POST", GET, Reply(status=200, body=FINE), False),
        ("POST", GET, None, False),
        ("GET", b"", Reply(status=200, body=b"a file"), False),
    ],
)
def test_a_device_may_have_changed_unless_it_was_only_asked_or_refused(
    method: str, sent: bytes, reply: Reply | None, is_possible: bool
) -> None:
    request = Request(method=method, url="http://192.0.2.7/onvif/device_service", headers=(), body=sent)
    assert may_have_changed(request, reply) is is_possible


def test_a_defect_of_the_tester_is_an_error_and_ends_no_run(
    examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("vedette.conformance.run.Run.expect_http_uri", defect)
    [report] = examine("DEVICE-1-1-3", "DEVICE-3-1-9")

    assert [each.verdict for each in report.results] == [Verdict.ERROR, Verdict.PASS]


def test_profiles_are_claimed_only_when_all_is_there() -> None:
    supported = {name: FeatureState(feature=name, state="supported", why="") for name in features()}

    passed = [_passed(facts) for facts in cases().values()]
    assert {each.outcome for each in claims(Features(supported), passed)} == {READY}
    assert {each.outcome for each in claims(Features(supported), passed[:1])} == {READY_EXCEPT}
    lacking = supported | {
        "Security/Digest": FeatureState(feature="Security/Digest", state="undefined", why="")
    }
    outcomes = {each.profile: each.outcome for each in claims(Features(lacking), passed)}
    assert outcomes == dict.fromkeys("STGM", NOT_READY)


def _passed(facts: CaseFacts) -> Result:
    return Result(
        case=facts.id,
        title=facts.title,
        suite=facts.suite,
        chapter=facts.chapter,
        risk=facts.risk,
        verdict=Verdict.PASS,
        reason="",
        is_proven=facts.is_proven,
    )


def test_reports_survive_json_and_tell_what_failed(examine: Examine) -> None:
    broken = Edits("GetHostname", says("HostnameInformation/Name", "a<b>"))
    [before, after] = examine("DEVICE-2-1-1", "DEVICE-2-1-3", breaks=[Break(), Refuses("GetHostname")])

    assert from_json(to_json(after)).results[0].verdict is Verdict.FAIL
    suites = etree.fromstring(to_junit(after))
    assert [each.get("failures") for each in suites] == ["2"]
    changes = {each.what: each.kind for each in compare(before, after)}
    assert changes["DEVICE-2-1-1"] == "worse"
    page = to_html(after, compare(before, after))
    assert "DEVICE-2-1-1" in page
    assert "pre-check" in page.lower()
    assert "certified" not in page.lower()
    assert "<b>" not in to_html(examine("DEVICE-2-1-1", breaks=[broken])[0]).split("a&lt;b")[-1][:10]


def test_a_report_of_another_kind_is_refused() -> None:
    with pytest.raises(BadReport):
        from_json(b'{"format": 99}')
