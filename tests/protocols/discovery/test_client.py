"""Looking for devices, as odd as they come."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.protocols.discovery import messages
from vedette.protocols.discovery.client import Search
from vedette.protocols.discovery.messages import DEVICE, NETWORK_VIDEO_TRANSMITTER, Probe, Sequence, Target

TARGET = Target(
    endpoint="urn:uuid:4a7d1f02-6f3b-4b9e-8f55-0a1b2c3d4e5f",
    types=(DEVICE,),
    scopes=("onvif://www.onvif.org/name/Gate", "onvif://www.onvif.org/location/city/lund"),
    xaddrs=("http://10.0.0.1/onvif/device_service", "ftp://x", "http://192.0.2.5/onvif/device_service"),
    metadata_version=2,
)
PROBED = messages.read(messages.probe(Probe(), "urn:uuid:p"))
ANSWER = messages.probe_matches(TARGET, "urn:uuid:a", PROBED, Sequence(1))

# A device that binds no prefixes, speaks a later addressing, and has no endpoint.
ODD = b"""<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope">
<SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch>
<d:Types>tdn:NetworkVideoTransmitter</d:Types><d:Scopes/>
<d:XAddrs> http://192.0.2.7:8899/onvif/device_service  http://[fe80::1]/onvif/device_service </d:XAddrs>
<d:MetadataVersion>many</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>"""


def test_both_names_of_a_camera_are_asked_for() -> None:
    asked = [messages.read(each).probe for each in Search().probes(("urn:uuid:1", "urn:uuid:2"))]

    assert [each.types for each in asked if each] == [(NETWORK_VIDEO_TRANSMITTER,), (DEVICE,)]


def test_a_narrow_search_asks_once() -> None:
    search = Search(types=(DEVICE,), scopes=("onvif://www.onvif.org/name/Gate",))
    [probe] = search.probes(("urn:uuid:1", "urn:uuid:2"))

    assert messages.read(probe).probe == Probe(types=(DEVICE,), scopes=("onvif://www.onvif.org/name/Gate",))


def test_a_device_is_found_once_with_its_nearest_address_first() -> None:
    search = Search()
    [found] = search.receive(ANSWER, "192.0.2.5")

    assert found.xaddrs == (
        "http://192.0.2.5/onvif/device_service",
        "http://10.0.0.1/onvif/device_service",
    )
    assert (found.scope_values("name"), found.scope_values("location")) == (("Gate",), ("city/lund",))
    assert search.receive(ANSWER, "10.0.0.1") == []


def test_an_odd_device_is_found_too() -> None:
    [found] = Search().receive(ODD, "192.0.2.7")

    assert found.xaddrs[0] == "http://192.0.2.7:8899/onvif/device_service"
    assert (found.endpoint, found.metadata_version) == ("", 0)


def test_probes_of_others_are_not_answers() -> None:
    assert Search().receive(messages.probe(Probe(), "urn:uuid:x"), "192.0.2.9") == []


@settings(max_examples=100, deadline=None)
@given(cut=st.integers(0, len(ODD)), junk=st.binary(max_size=20))
def test_any_answer_is_read_or_counted(cut: int, junk: bytes) -> None:
    search = Search()

    found = search.receive(ODD[:cut] + junk + ODD[cut:], "192.0.2.7")

    assert isinstance(found, list)
    assert search.garbage_total in (0, 1)


def test_addresses_of_the_link_name_it_and_what_leads_nowhere_is_left_out() -> None:
    xaddrs = (
        "http://[fe80::7]:81/a",
        "http://10.0.0.1:x/",
        "http://10.0.0.1:99999/",
        "http://[2001:db8::7]/a",
    )
    target = msgspec.structs.replace(TARGET, xaddrs=xaddrs)
    answer = messages.probe_matches(target, "urn:uuid:a", PROBED, Sequence(1))
    [far] = Search().receive(answer, "192.0.2.5")
    [near] = Search().receive(answer, "fe80::7%eth0")

    assert far.xaddrs == ("http://[fe80::7]:81/a", "http://[2001:db8::7]/a")
    assert near.xaddrs == ("http://[fe80::7%25eth0]:81/a", "http://[2001:db8::7]/a")


def test_scopes_are_read_as_they_were_meant_and_what_is_none_is_passed_over() -> None:
    scopes = (
        "onvif://[broken/name/x",
        "onvif://www.onvif.org/name/Front%20Door%1B%5B2J",
        "ONVIF://www.onvif.org/Name/B%C3%BCro",
    )
    target = msgspec.structs.replace(TARGET, scopes=scopes)
    [found] = Search().receive(messages.probe_matches(target, "urn:uuid:a", PROBED, Sequence(1)), "192.0.2.5")

    assert found.scope_values("name") == ("Front Door[2J", "Büro")
