"""Namespaces declared in unusual ways, which all mean the same."""

from vedette.conformance.case import case
from vedette.conformance.envelopes import NamespaceStyle, envelope_of, restyled
from vedette.conformance.probing import Prober
from vedette.conformance.run import Run
from vedette.conformance.suites.base.discovery import search_by_scopes
from vedette.conformance.suites.base.network import GOOD_IPV4
from vedette.conformance.trees import find_all, is_true, values
from vedette.conformance.verdicts import CaseFailed, CaseSkipped
from vedette.contract.device.network import GetDNS, SetDNS
from vedette.contract.schema.network import IPAddress, IPType
from vedette.wire import soap
from vedette.wire.codec import to_element
from vedette.wire.message import XmlElement
from vedette.wire.parser import parse

_STYLES = dict(zip("12345", NamespaceStyle, strict=True))


def _style(run: Run) -> NamespaceStyle:
    return _STYLES[run.id[-1]]


@case(*(f"DISCOVERY-2-1-{number}" for number in _STYLES))
async def probes(run: Run) -> None:
    """Probes to everybody, their namespaces declared in one of the ways."""
    await search_by_scopes(run, Prober(run, _style(run)), is_multicast=True)


@case(*(f"DEVICE-6-1-{number}" for number in _STYLES))
async def requests(run: Run) -> None:
    """Setting and asking for DNS, the namespaces declared in one of the ways."""
    if not run.is_supported("Device/System/NetworkConfiguration"):
        raise CaseSkipped("the device has no network settings to try it with")
    run.step("ask for the present DNS settings")
    before = (await run.device.get_dns()).dns_information
    run.restore(
        "DNS",
        lambda: run.device.set_dns(
            from_dhcp=before.from_dhcp, search_domains=before.search_domains, dns_manual=before.dns_manual
        ),
    )
    await _asked(run, GetDNS(), "GetDNSResponse")
    run.step("set a DNS server")
    server = IPAddress(type=IPType.IPV4, ipv4_address=GOOD_IPV4)
    await _asked(run, SetDNS(from_dhcp=False, dns_manual=(server,)), "SetDNSResponse")
    run.step("ask again")
    now = await _asked(run, GetDNS(), "GetDNSResponse")
    held = find_all(now, "DNSInformation")
    run.expect(held and not any(map(is_true, values(held[0], "FromDHCP"))), "DNS does not come from DHCP")
    run.expect(values(held[0], "DNSManual/IPv4Address") == [GOOD_IPV4], "exactly the server set is told")


async def _asked(run: Run, request: object, name: str) -> XmlElement:
    """The answer to a request in the case's style, expected to be `name`."""
    style = _style(run)

    def body(security: XmlElement | None) -> bytes:
        return restyled(envelope_of(to_element(request), security), style)

    reply = await run.target.send(run.target.url, body)
    fault = run.target.fault_of(reply)
    if fault is not None:
        raise CaseFailed(f"{style.value}: refused: {fault.reason}")
    run.expect(reply.status == 200, f"it is answered with status 200 ({reply.status})")
    answer = soap.read_envelope(parse(reply.body, tolerant=True), tolerant=True).body
    run.expect(answer is not None and soap.name_of(answer).local == name, f"the answer is {name}")
    assert answer is not None
    return answer
