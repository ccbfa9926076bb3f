"""Scopes and types as probes ask for them."""

import pytest

from vedette.protocols.discovery.matching import NONE, RFC2396, STRCMP0, UUID, RuleNotSupported, fits
from vedette.protocols.discovery.messages import DEVICE, NETWORK_VIDEO_TRANSMITTER, Probe, Target
from vedette.wire.message import XmlName
from vedette.wire.namespaces import D

TARGET = Target(
    endpoint="urn:uuid:1",
    types=(NETWORK_VIDEO_TRANSMITTER, DEVICE),
    scopes=(
        "onvif://www.onvif.org/hardware/D1-566",
        "onvif://www.onvif.org/location/country/sweden",
        "urn:uuid:98190DC2-0890-4EF8-AC9A-5940995E6119",
    ),
)


@pytest.mark.parametrize(
    ("scope", "rule", "expected"),
    [
        ("onvif://www.onvif.org", "", True),
        ("onvif://www.onvif.org/", "", True),
        ("ONVIF://WWW.onvif.ORG/location/country", "", True),
        ("onvif://www.onvif.org/location/country/sweden", RFC2396, True),
        ("onvif://www.onvif.org/location/Country", "", False),
        ("onvif://www.onvif.org/hardware/D1", "", False),
        ("onvif://www.onvif.org/hardware/D1%2D566", "", True),
        ("onvif://www.onvif.org/hardware/../location", "", False),
        ("onvif://other/hardware", "", False),
        ("http://[broken", "", False),
        ("onvif://www.onvif.org/hardware", STRCMP0, False),
        ("onvif://www.onvif.org/hardware/D1-566", STRCMP0, True),
        ("uuid:98190dc2-0890-4ef8-ac9a-5940995e6119", UUID, True),
        ("uuid:00000000-0890-4ef8-ac9a-5940995e6119", UUID, False),
        ("onvif://www.onvif.org/hardware/D1-566", UUID, False),
    ],
)
def test_a_scope_is_matched_by_the_rule(scope: str, rule: str, expected: bool) -> None:
    assert fits(Probe(scopes=(scope,), match_by=rule), TARGET) is expected


def test_every_scope_and_type_must_be_there() -> None:
    both = ("onvif://www.onvif.org/hardware", "onvif://www.onvif.org/location")

    assert fits(Probe(), TARGET)
    assert fits(Probe(types=(DEVICE, NETWORK_VIDEO_TRANSMITTER), scopes=both), TARGET)
    assert not fits(Probe(types=(DEVICE, XmlName(D, "Printer"))), TARGET)
    assert not fits(Probe(scopes=(*both, "onvif://www.onvif.org/name")), TARGET)


def test_the_rule_none_fits_devices_without_scopes() -> None:
    assert not fits(Probe(match_by=NONE), TARGET)
    assert fits(Probe(match_by=NONE), Target(endpoint="urn:uuid:2"))


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(RuleNotSupported, match="ldap"):
        fits(Probe(scopes=("ldap:///ou=x",), match_by=f"{D}/ldap"), TARGET)
