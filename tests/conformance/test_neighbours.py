"""Several devices at one host: each is known by the addresses it names."""

import pytest
from tests.conformance.breaks import Garbles
from tests.conformance.conftest import Examine

from vedette.conformance.neighbours import is_neighbour
from vedette.conformance.verdicts import Verdict
from vedette.protocols.discovery.messages import Heard, Target

OURS = "http://192.0.2.7:8080/onvif/device_service"


def match(*xaddrs: str) -> Heard:
    target = Target(endpoint="urn:uuid:1", types=(), scopes=(), xaddrs=xaddrs, metadata_version=1)
    return Heard(kind="ProbeMatches", message_id="1", relates_to="2", reply_to="", targets=(target,))


@pytest.mark.parametrize(
    ("xaddrs", "is_another"),
    [
        ((OURS,), False),
        (("http://192.0.2.7:8081/onvif/device_service",), True),
        (("http://192.0.2.7/onvif/device_service",), True),
        (("http://192.0.2.7:8081/onvif/device_service", OURS), False),
        (("http://10.0.0.7/onvif/device_service",), False),
        (("https://192.0.2.7/onvif/device_service",), False),
        (("http://192.0.2.7:port/onvif/device_service",), True),
        ((), False),
    ],
)
def test_a_device_that_names_other_ports_of_the_host_is_another(
    xaddrs: tuple[str, ...], is_another: bool
) -> None:
    assert is_neighbour(match(*xaddrs), OURS) is is_another


def test_a_port_that_goes_without_saying_is_known() -> None:
    told = match("http://192.0.2.7:80/onvif/device_service")

    assert not is_neighbour(told, "http://192.0.2.7/onvif/device_service")


def test_the_answer_of_a_neighbour_is_not_taken_for_the_devices(examine: Examine) -> None:
    elsewhere = Garbles(b"192.0.2.7:8080", b"192.0.2.7:8081")

    [report] = examine("DISCOVERY-1-1-4", breaks=[elsewhere])

    assert report.results[0].verdict is Verdict.FAIL
    assert "is answered" in report.results[0].reason
