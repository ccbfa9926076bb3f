"""A device in discovery: greetings, answers, silence."""

from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.protocols.discovery import messages
from vedette.protocols.discovery.device import (
    ANSWERS_AT_ONCE,
    APP_MAX_DELAY_S,
    MULTICAST_REPEATS,
    SEEN_MOST,
    UNICAST_REPEATS,
    WAITING_MOST,
    Chance,
    DiscoveryTarget,
)
from vedette.protocols.discovery.messages import DEVICE, NETWORK_VIDEO_TRANSMITTER, Probe, Sequence, Target
from vedette.wire.message import XmlName
from vedette.wire.namespaces import D

TARGET = Target(
    endpoint="urn:uuid:4a7d1f02-6f3b-4b9e-8f55-0a1b2c3d4e5f",
    types=(NETWORK_VIDEO_TRANSMITTER, DEVICE),
    scopes=("onvif://www.onvif.org/name/Vedette",),
    xaddrs=("http://192.0.2.5/onvif/device_service",),
    metadata_version=3,
)
PEER = ("192.0.2.9", 40000)
PROBE = messages.probe(Probe(types=(DEVICE,)), "urn:uuid:probe-1")


def chance(delay: float = 0.5, number: int = 1) -> Chance:
    return Chance(delay, 0.0, f"urn:uuid:answer-{number}")


def device() -> DiscoveryTarget:
    return DiscoveryTarget(TARGET, Sequence(1_700_000_000))


def answers(target: DiscoveryTarget, data: bytes, *, is_multicast: bool = True) -> list[messages.Heard]:
    target.receive(data, PEER, 10.0, chance(), is_multicast=is_multicast)
    return [messages.read(each.data) for each in target.outgoing(20.0)]


def test_a_hello_tells_everything_and_is_repeated() -> None:
    target = device()
    target.greet(10.0, chance(delay=0.5))

    assert target.deadline_s == 10.0 + 0.5 * APP_MAX_DELAY_S
    assert target.outgoing(10.1) == []
    sent = target.outgoing(20.0)
    assert len(sent) == MULTICAST_REPEATS
    assert {each.peer for each in sent} == {None}
    assert len({each.data for each in sent}) == 1
    heard = messages.read(sent[0].data)
    assert (heard.kind, heard.targets) == ("Hello", (TARGET,))
    assert b'InstanceId="1700000000" MessageNumber="1"' in sent[0].data


def test_what_is_repeated_comes_at_growing_intervals_up_to_half_a_second() -> None:
    target = device()
    target.greet(10.0, Chance(0.0, 1.0, "urn:uuid:hello"))
    times = []
    while (due_s := target.deadline_s) is not None:
        times.append(due_s)
        assert len(target.outgoing(due_s)) == 1

    assert times == [10.0, 10.25, 10.75, 11.25]


def test_a_probe_is_answered_after_its_pause_to_who_asked() -> None:
    target = device()
    target.receive(PROBE, PEER, 10.0, chance(delay=0.8), is_multicast=True)

    assert target.deadline_s == 10.0 + 0.8 * APP_MAX_DELAY_S
    sent = target.outgoing(20.0)
    assert [each.peer for each in sent] == [PEER] * UNICAST_REPEATS
    heard = messages.read(sent[0].data)
    assert (heard.kind, heard.relates_to) == ("ProbeMatches", "urn:uuid:probe-1")
    assert heard.targets == (TARGET,)
    assert messages.ANONYMOUS.encode() in sent[0].data


def test_a_repeated_probe_is_answered_once() -> None:
    target = device()

    assert answers(target, PROBE)
    assert answers(target, PROBE) == []


def test_the_repeats_of_only_so_many_messages_are_known() -> None:
    target = device()
    for number in range(SEEN_MOST + 1):
        target.receive(
            messages.resolve("urn:uuid:other", f"urn:uuid:{number}"), PEER, 10.0, chance(), is_multicast=True
        )

    assert len(target._seen) == SEEN_MOST


def test_a_client_that_has_one_message_id_for_all_its_probes_is_answered_each_time() -> None:
    target = device()
    for asked_s in (10.0, 30.0, 30.5, 50.0):
        target.receive(PROBE, PEER, asked_s, chance(), is_multicast=True)

    assert len(target.outgoing(60.0)) == 3 * UNICAST_REPEATS


def test_what_does_not_fit_is_met_with_silence() -> None:
    printer = messages.probe(Probe(types=(XmlName(D, "Printer"),)), "urn:uuid:p2")

    assert answers(device(), printer) == []


def test_a_resolve_for_us_is_answered_at_once_and_others_are_not() -> None:
    target = device()
    target.receive(messages.resolve(TARGET.endpoint, "urn:uuid:r"), PEER, 10.0, chance(), is_multicast=True)

    assert target.deadline_s == 10.0
    assert messages.read(target.outgoing(10.0)[0].data).targets == (TARGET,)
    assert answers(device(), messages.resolve("urn:uuid:other", "urn:uuid:r2")) == []


def test_an_unknown_rule_is_refused_to_its_face_and_ignored_in_a_crowd() -> None:
    odd = messages.probe(Probe(scopes=("ldap:///x",), match_by=f"{D}/ldap"), "urn:uuid:p3")

    assert answers(device(), odd) == []
    target = device()
    target.receive(odd, PEER, 10.0, chance(), is_multicast=False)
    fault = target.outgoing(20.0)[0].data
    assert b"MatchingRuleNotSupported" in fault
    assert f"{D}/rfc3986".encode() in fault


def test_a_change_is_greeted_with() -> None:
    target = device()
    moved = Target(endpoint=TARGET.endpoint, xaddrs=("http://192.0.2.6/",), metadata_version=4)
    target.change(moved, 10.0, chance())

    assert messages.read(target.outgoing(20.0)[0].data).targets == (moved,)


def test_leaving_says_bye_and_nothing_else() -> None:
    target = device()
    target.greet(10.0, chance())

    heard = messages.read(target.leave("urn:uuid:bye"))
    assert (heard.kind, heard.targets[0].endpoint) == ("Bye", TARGET.endpoint)
    assert target.outgoing(99.0) == []


def test_a_flood_of_probes_does_not_make_a_flood_of_answers() -> None:
    target = device()
    for number in range(200):
        probe = messages.probe(Probe(), f"urn:uuid:flood-{number}")
        target.receive(probe, PEER, 10.0, chance(), is_multicast=True)

    assert target.answers_total == ANSWERS_AT_ONCE
    assert target.held_back_total == 200 - ANSWERS_AT_ONCE


def test_answers_that_cannot_leave_are_bounded() -> None:
    target = device()
    for number in range(1000):
        probe = messages.probe(Probe(), f"urn:uuid:{number}")
        target.receive(probe, PEER, 10.0 + number, chance(), is_multicast=True)

    assert len(target.outgoing(9999.0)) == WAITING_MOST


def test_old_and_sloppy_probes_are_understood() -> None:
    sloppy = (
        b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
        b' xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header><a:MessageID>uuid:1</a:MessageID></s:Header>'
        b"<s:Body><Probe><Types>dn:NetworkVideoTransmitter</Types></Probe></s:Body></s:Envelope>"
    )

    assert [each.kind for each in answers(device(), sloppy)] == ["ProbeMatches"] * UNICAST_REPEATS


@settings(max_examples=100, deadline=None)
@given(cut=st.integers(0, len(PROBE)), junk=st.binary(max_size=20))
def test_any_datagram_is_answered_or_ignored(cut: int, junk: bytes) -> None:
    target = device()

    target.receive(PROBE[:cut] + junk + PROBE[cut:], PEER, 10.0, chance(), is_multicast=False)

    assert all(each.peer == PEER for each in target.outgoing(99.0))
