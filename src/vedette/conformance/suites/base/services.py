"""GetServices, service by service, and its agreement with the services themselves."""

from urllib.parse import urlsplit, urlunsplit

from vedette.conformance.case import case
from vedette.conformance.envelopes import request_element
from vedette.conformance.run import Run
from vedette.conformance.suites.base.capabilities import service_capabilities
from vedette.conformance.trees import is_true, values
from vedette.contract.device import Device
from vedette.contract.device.capabilities import ServiceEntry
from vedette.contract.faults import Fault
from vedette.contract.schema.network import NetworkProtocolType
from vedette.wire.namespaces import TAS, TDS, TEV, TIMG, TPTZ, TRC, TRP, TRT, TRV, TSE

_WSDL = "http://www.onvif.org/ver10"
SERVICES = {
    "DEVICE-1-1-13": TDS,
    "DEVICE-1-1-14": TRT,
    "DEVICE-1-1-15": TPTZ,
    "DEVICE-1-1-16": TEV,
    "DEVICE-1-1-17": TIMG,
    "DEVICE-1-1-20": TRP,
    "DEVICE-1-1-21": TSE,
    "DEVICE-1-1-22": TRC,
    "DEVICE-1-1-23": TRV,
    "DEVICE-1-1-24": f"{_WSDL}/accesscontrol/wsdl",
    "DEVICE-1-1-25": f"{_WSDL}/doorcontrol/wsdl",
    "DEVICE-1-1-26": TAS,
    "DEVICE-1-1-27": f"{_WSDL}/accessrules/wsdl",
    "DEVICE-1-1-28": f"{_WSDL}/credential/wsdl",
    "DEVICE-1-1-29": f"{_WSDL}/schedule/wsdl",
}
COMPARED = {
    "Network": "IPFilter ZeroConfiguration IPVersion6 DynDNS Dot11Configuration HostnameFromDHCP",
    "System": "DiscoveryBye DiscoveryResolve FirmwareUpgrade HttpFirmwareUpgrade HttpSupportInformation"
    " HttpSystemBackup HttpSystemLogging RemoteDiscovery SystemBackup SystemLogging",
    "Security": "TLS1.0 TLS1.1 TLS1.2 OnboardKeyGeneration AccessPolicyConfig Dot1X RemoteUserHandling"
    " X.509Token SAMLToken KerberosToken UsernameToken HttpDigest RELToken DefaultAccessPolicy",
}
COMPARED_TEXTS = ("Network/@NTP", "Security/@SupportedEAPMethods", "Misc/@AuxiliaryCommands")


async def listed(run: Run, *, with_capabilities: bool) -> dict[str, ServiceEntry]:
    """The services by namespace."""
    entries = (await run.device.get_services(include_capability=with_capabilities)).services
    return {each.namespace: each for each in entries}


@case(*SERVICES)
async def one_service(run: Run) -> None:
    """A service is listed, with its capabilities exactly when they are asked for."""
    namespace = SERVICES[run.id]
    run.step("ask for the services without capabilities")
    plain = (await listed(run, with_capabilities=False)).get(namespace)
    run.expect(plain, f"{namespace} is listed")
    run.expect(plain is not None and plain.capabilities is None, "its capabilities are left out")
    run.step("ask for the services with capabilities")
    full = (await listed(run, with_capabilities=True)).get(namespace)
    run.expect(full, f"{namespace} is listed")
    held = () if full is None or full.capabilities is None else full.capabilities.content
    run.expect(held, "its capabilities are there")
    tag = f"{{{namespace}}}Capabilities"
    run.expect([each.tag for each in held] == [tag], f"they are one {tag}")


@case("DEVICE-1-1-18")
async def no_contradiction(run: Run) -> None:
    """A device that cannot be discovered cannot say Bye."""
    run.step("ask for the device service's capabilities")
    system = (await run.device.get_service_capabilities()).capabilities.system
    run.expect(
        not (system.discovery_not_supported and system.discovery_bye), "Bye is not said without discovery"
    )


@case("DEVICE-1-1-19")
async def agreement(run: Run) -> None:
    """GetServices repeats what the device service says of itself."""
    run.step("ask both ways")
    in_list = (await service_capabilities(run)).get("tds")
    run.expect(in_list is not None, "GetServices tells the device service's capabilities")
    await run.device.get_service_capabilities()
    own = await run.target.ask(run.target.url, request_element(TDS, "GetServiceCapabilities"))
    run.step("compare")
    differing = []
    for part, names in COMPARED.items():
        for path in (f"{part}/@{name}" for name in names.split()):
            first = [] if in_list is None else values(in_list, path)
            if any(map(is_true, first)) != any(map(is_true, values(own, f"Capabilities/{path}"))):
                differing.append(path)
    for path in COMPARED_TEXTS:
        first = [] if in_list is None else values(in_list, path)
        if _words(first) != _words(values(own, f"Capabilities/{path}")):
            differing.append(path)
    run.expect(not differing, f"they agree ({', '.join(differing) or 'all'})")


def _words(texts: list[str]) -> list[str]:
    return sorted(word for each in texts for word in each.split() if word != "0")


@case("DEVICE-1-1-31")
async def addresses(run: Run) -> None:
    """Every address has the scheme, host and port that the request was sent to, over HTTP and HTTPS."""
    run.step("ask for the services")
    await _look_at_addresses(run, run.target.url)
    if urlsplit(run.target.url).scheme == "https" or not run.is_supported("Device/Network/HTTPS"):
        return
    run.step("ask for the network protocols")
    try:
        protocols = (await run.device.get_network_protocols()).network_protocols
    except Fault as fault:
        run.warn(f"HTTPS is not looked at, since GetNetworkProtocols is refused: {fault}")
        return
    ports = [
        port
        for each in protocols
        if each.name is NetworkProtocolType.HTTPS and each.enabled
        for port in each.ports
    ]
    if not ports:
        run.warn("HTTPS is supported but switched off: not looked at")
        return
    parts = urlsplit(run.target.url)
    place = run.target.host if ports[0] == 443 else f"{run.target.host}:{ports[0]}"
    run.step("ask for the services over HTTPS")
    await _look_at_addresses(run, urlunsplit(("https", place, parts.path, "", "")))


async def _look_at_addresses(run: Run, url: str) -> None:
    asked = urlsplit(url)
    service = run.target.at(Device, url)
    for entry in (await service.get_services(include_capability=False)).services:
        run.expect_http_uri(entry.xaddr, f"the address of {entry.namespace}")
        told = urlsplit(entry.xaddr)
        run.expect(told.scheme == asked.scheme, f"{entry.xaddr} has the scheme {asked.scheme}")
        run.expect(told.hostname == asked.hostname, f"{entry.xaddr} has the host {asked.hostname}")
        run.expect(
            _port(told.scheme, told.port) == _port(asked.scheme, asked.port), f"{entry.xaddr} has the port"
        )


def _port(scheme: str, port: int | None) -> int:
    return port or (443 if scheme == "https" else 80)
