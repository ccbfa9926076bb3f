"""A device that moves while it is tested: followed to where it says it is, and put back where it was."""

import asyncio

import msgspec
import pytest
from tests.conformance.conftest import LACKING, SimulatedDevice, examiner_of
from tests.conformance.simulated import GIVEN, HOME, State

from vedette.base.clock import ManualClock
from vedette.conformance.case import written_cases
from vedette.conformance.facts import cases, features
from vedette.conformance.features import Features
from vedette.conformance.plan import plan
from vedette.conformance.result import FeatureState, Report
from vedette.conformance.surroundings import FoundSurroundings
from vedette.conformance.verdicts import Verdict
from vedette.contract.schema import network_interfaces as nif


class NeedsReboot(SimulatedDevice):
    """New addresses hold after a reboot."""

    def made_state(self, clock: ManualClock) -> State:
        state = State(clock)
        state.needs_reboot = True
        return state


class HasDhcp(SimulatedDevice):
    """DHCP is on from the start, and gives the address by which it is known."""

    def made_state(self, clock: ManualClock) -> State:
        state = State(clock)
        home = nif.PrefixedIPv4Address(address=HOME, prefix_length=24)
        state.hold(nif.IPv4Configuration(dhcp=True, from_dhcp=home))
        return state


def everything(but: frozenset[str] = frozenset()) -> Features:
    """Every feature is supported, but these."""
    return Features(
        {
            name: FeatureState(feature=name, state="unsupported" if name in but else "supported", why="")
            for name in features()
        }
    )


def examined(
    make: type[SimulatedDevice], *ids: str, lacking: str = ""
) -> tuple[Report, SimulatedDevice, str]:
    """The report of these cases, the device afterwards, and where the tester then looks for it."""

    async def run() -> tuple[Report, SimulatedDevice, str]:
        examiner, device = examiner_of(make)
        await examiner.reach()
        examiner.features = everything(but=LACKING | {lacking})
        planned = examiner.plan([cases()[each] for each in ids])
        return await examiner.execute(planned, lambda *_: None), device, examiner.target.host

    return asyncio.run(run())


def test_a_device_is_rebooted_where_it_says_that_it_must_be() -> None:
    report, device, host = examined(NeedsReboot, "DEVICE-2-1-18")

    assert report.results[0].verdict is Verdict.PASS, report.results[0].reason
    assert device.state.reboots == 2  # there and back
    assert (host, device.state.address) == (HOME, HOME)


@pytest.mark.parametrize("id_", ["IPCONFIG-1-1-5", "DEVICE-2-1-8", "DEVICE-2-1-14"])
@pytest.mark.parametrize(
    ("takes_s", "delay_s", "verdict"), [(8.0, 20.0, Verdict.PASS), (30.0, 20.0, Verdict.FAIL)]
)
def test_what_others_give_a_device_is_waited_for_as_long_as_changes_may_take(
    id_: str, takes_s: float, delay_s: float, verdict: Verdict
) -> None:
    async def run() -> None:
        examiner, device = examiner_of()
        examiner.environment = msgspec.structs.replace(examiner.environment, delay_s=delay_s)
        device.state.gets_after_s = takes_s
        await examiner.reach()
        examiner.features = everything(but=LACKING)
        began_s = examiner.clock.monotonic_s()
        report = await examiner.execute(examiner.plan([cases()[id_]]), lambda *_: None)
        took_s = examiner.clock.monotonic_s() - began_s

        assert report.results[0].verdict is verdict, report.results[0].reason
        assert takes_s <= took_s < takes_s + 5 or verdict is Verdict.FAIL
        assert took_s < delay_s + 5

    asyncio.run(run())


def test_dhcp_that_is_on_is_switched_off_first() -> None:
    report, device, host = examined(HasDhcp, "IPCONFIG-1-1-3")

    told = [step.text for step in report.results[0].steps]
    assert "switch DHCP off, set 192.0.2.8" in told
    assert "switch DHCP on" in told
    # The simulated server gives another address than before, so the device cannot be back at the first.
    assert not report.results[0].could_restore
    assert (host, device.state.address) == (HOME, GIVEN)


def test_a_device_that_cannot_be_discovered_is_sought_at_the_address_set() -> None:
    report, _, host = examined(SimulatedDevice, "DEVICE-2-1-18", lacking="Discovery")

    assert report.results[0].verdict is Verdict.PASS, report.results[0].reason
    assert report.results[0].could_restore
    assert host == HOME


def test_what_may_lock_the_tester_out_comes_last() -> None:
    examiner, _ = examiner_of()
    planned = plan(cases().values(), written_cases(), everything(), examiner.environment)

    assert [each.facts.id for each in planned][-2:] == ["DEVICE-4-1-6", "DEVICE-3-1-6"]


def test_a_need_that_is_not_met_is_told_with_how_to_meet_it() -> None:
    examiner, _ = examiner_of()
    bare = msgspec.structs.replace(examiner.environment, surroundings=FoundSurroundings())
    [planned] = plan([cases()["DEVICE-2-1-18"]], written_cases(), everything(), bare)

    assert planned.verdict is Verdict.NOT_RUN
    assert "--spare-address" in planned.reason
