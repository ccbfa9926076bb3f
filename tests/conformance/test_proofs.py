"""The tester tested: every case passes a faithful device and fails one that breaks exactly its rule."""

from collections.abc import Callable

import msgspec
import pytest
from tests.conformance.breaks import (
    Accepts,
    Break,
    Deaf,
    Edits,
    Forgets,
    Garbles,
    Mistakes,
    Mute,
    Refuses,
    RefusesWith,
    Replies,
    Status,
    Understands,
    adds,
    doubles,
    drops,
    says,
)
from tests.conformance.conftest import Examine

from vedette.client.auth import Reply, Request
from vedette.conformance.case import written_cases
from vedette.conformance.facts import cases
from vedette.conformance.suites.base.services import SERVICES
from vedette.conformance.verdicts import Verdict
from vedette.wire.namespaces import TDS, TT

Make = Callable[[], Break]


def refused_rightly(operation: str) -> tuple[Make, ...]:
    """What a refusal must not be: left out, or with another fault."""
    return (lambda: Accepts(operation), lambda: RefusesWith(operation))


def told_rightly(operation: str, *edits: Break) -> tuple[Make, ...]:
    """An answer must come."""
    return (lambda: Refuses(operation),)


def service(namespace: str) -> tuple[Make, ...]:
    """A service is listed, and its capabilities come when they are asked for, then alone."""

    def only(edit: Callable[[object], None]) -> Callable[[object], None]:
        return edit

    def renamed(answer: object) -> None:
        for entry in answer:  # type: ignore[attr-defined]
            if entry[0].text == namespace:
                entry[0].text = "http://other.example"

    def capable(answer: object) -> None:
        for entry in answer:  # type: ignore[attr-defined]
            if entry[0].text == namespace:
                for held in entry.findall(f"{{{TDS}}}Capabilities"):
                    entry.remove(held)

    return (
        lambda: Edits("GetServices", only(renamed)),
        lambda: Edits("GetServices", only(capable)),
        lambda: Refuses("GetServices"),
    )


def set_and_told(operation: str, refuse_too: bool = True) -> tuple[Make, ...]:
    """What is set must be taken, not just answered."""
    return (lambda: Forgets(operation), lambda: Refuses(operation))


def _without_challenge(request: Request, reply: Reply) -> Reply:
    kept = tuple(each for each in reply.headers if each[0] != "www-authenticate")
    return msgspec.structs.replace(reply, headers=kept)


def _open_to_all(request: Request, reply: Reply) -> Reply:
    return Reply(status=200, headers=reply.headers, body=reply.body) if reply.status == 401 else reply


def _deaf_to_login(request: Request, reply: Reply) -> Reply:
    return Reply(status=401, headers=_CHALLENGE, body=b"")


_CHALLENGE = (("www-authenticate", 'Digest realm="x", nonce="y", qop="auth", algorithm=MD5'),)


def _lets_all_tokens_in(request: Request, reply: Reply) -> Reply:
    return (
        Reply(status=200, headers=reply.headers, body=reply.body)
        if b"UsernameToken" in request.body
        else reply
    )


def _lets_no_token_in(request: Request, reply: Reply) -> Reply:
    return (
        Reply(status=400, headers=reply.headers, body=reply.body)
        if b"UsernameToken" in request.body
        else reply
    )


SEARCH: tuple[Make, ...] = (
    lambda: Mute(),
    lambda: Garbles(b"ProbeMatches</wsa04:Action>", b"Other</wsa04:Action>"),
    lambda: Garbles(b"/onvif/device_service", b"/onvif/elsewhere"),
    lambda: Garbles(b"onvif://www.onvif.org/hardware/Model", b""),
    lambda: Garbles(b"dn:NetworkVideoTransmitter tds:Device", b"d:Other"),
    lambda: Garbles(b"<d:MetadataVersion>1</d:MetadataVersion>", b""),
    lambda: Edits("GetScopes", says("Scopes/ScopeItem", "onvif://www.onvif.org/other")),
)
NOT_SILENT: tuple[Make, ...] = (
    lambda: Mistakes(b"dn:NobodyIsThis", b"dn:NetworkVideoTransmitter"),
    lambda: Mistakes(b"nobody-is-called-this", b"Maker"),
)
HELLO: tuple[Make, ...] = (
    lambda: Mute(b"/discovery/Hello"),
    lambda: Garbles(b"Hello</wsa04:Action>", b"Other</wsa04:Action>"),
    lambda: Garbles(b"<d:XAddrs>http://192.0.2.7:8080/onvif/device_service</d:XAddrs>", b""),
    lambda: Garbles(b"dn:NetworkVideoTransmitter tds:Device", b"d:Other"),
)
# What marks each style of declaring namespaces, so that a device can fail to understand it.
STYLES = {"1": b'Body xmlns="', "2": b"<Envelope xmlns", "3": b"_x.0-z", "4": b"<p0:", "5": b"<same:"}


def description(*more: Make) -> tuple[Make, ...]:
    """A monitoring event must be described and told."""
    return (
        lambda: Edits("GetEventProperties", drops("TopicSet/Monitoring")),
        lambda: Edits("GetEventProperties", drops("TopicSet/Device")),
        lambda: Refuses("CreatePullPointSubscription"),
        *more,
    )


def _topic(path: str, kind: str, name: str = "Status") -> tuple[Make, ...]:
    base = f"TopicSet/{path}"
    return (
        lambda: Edits("GetEventProperties", drops(base)),
        lambda: Edits("GetEventProperties", says(f"{base}/MessageDescription/@IsProperty", "false")),
        lambda: Edits(
            "GetEventProperties",
            says(f"{base}/MessageDescription/Data/SimpleItemDescription/@Name", "Other"),
        ),
        lambda: Edits(
            "GetEventProperties",
            says(f"{base}/MessageDescription/Data/SimpleItemDescription/@Type", "xs:string"),
        ),
        lambda: Edits("PullMessages", drops("NotificationMessage")),
        lambda: Edits(
            "PullMessages", says("NotificationMessage/Message/Message/@PropertyOperation", "Deleted")
        ),
        lambda: Edits("PullMessages", says("NotificationMessage/Topic", "tns1:Other")),
        lambda: Edits(
            "PullMessages", says("NotificationMessage/Message/Message/Data/SimpleItem/@Value", kind)
        ),
    )


def category(path: str) -> tuple[Make, ...]:
    """A category is told, alone, with an address."""
    return (
        lambda: Edits("GetCapabilities", drops(f"Capabilities/{path}")),
        lambda: Edits("GetCapabilities", says(f"Capabilities/{path}/XAddr", "nowhere")),
        lambda: Edits(
            "GetCapabilities", adds("Capabilities", f"{{{TT}}}{'PTZ' if path != 'PTZ' else 'Media'}")
        ),
    )


def moved(family: str, *edits: tuple[str, str | None]) -> tuple[Make, ...]:
    """An interface is set, Hello is said, and the interface is told as set; `None` drops an element."""
    base = f"NetworkInterfaces/{family}"
    return (
        lambda: Refuses("SetNetworkInterfaces"),
        lambda: Mute(b"/discovery/Hello"),
        lambda: Garbles(b"dn:NetworkVideoTransmitter tds:Device", b"d:Other"),
        lambda: Edits("GetNetworkInterfaces", says(f"{base}/Enabled", "false"), skip=1),
        *(
            lambda path=path, text=text: Edits(
                "GetNetworkInterfaces",
                drops(f"{base}/Config/{path}") if text is None else says(f"{base}/Config/{path}", text),
                skip=1,
            )
            for path, text in edits
        ),
    )


def _open_to_nobody(request: Request, reply: Reply) -> Reply:
    return Reply(status=401, headers=_CHALLENGE, body=b"")


PROOFS: dict[str, tuple[Make, ...]] = {
    "IPCONFIG-1-1-3": (
        *moved("IPv4", ("DHCP", "false"), ("FromDHCP", None), ("FromDHCP/Address", "192.0.2.78")),
        lambda: Garbles(b"192.0.2.77", b"169.254.7.7"),
    ),
    "IPCONFIG-2-1-2": moved("IPv6", ("AcceptRouterAdvert", "false"), ("FromRA", None), ("DHCP", "Auto")),
    "IPCONFIG-2-1-3": moved("IPv6", ("LinkLocal", None), ("LinkLocal/Address", "fd00::7"), ("DHCP", "Auto")),
    "IPCONFIG-2-1-4": moved(
        "IPv6", ("FromDHCP", None), ("FromDHCP/Address", "2001:db8::78"), ("DHCP", "Stateless")
    ),
    "DEVICE-2-1-18": (
        *moved("IPv4", ("Manual", None), ("Manual/Address", "192.0.2.9"), ("DHCP", "true")),
        lambda: Garbles(b"192.0.2.8:", b"192.0.2.80:"),
        lambda: Garbles(b"192.0.2.8:", b"192.0.2.7:"),
    ),
    "DEVICE-2-1-19": moved(
        "IPv6",
        ("Manual", None),
        ("Manual/Address", "2001:1:1:1:1:1:1:2"),
        ("Manual/PrefixLength", "48"),
        ("DHCP", "Auto"),
    ),
    "DEVICE-2-1-8": (
        *set_and_told("SetDNS"),
        lambda: Refuses("SetNetworkInterfaces"),
        lambda: Edits("GetDNS", says("DNSInformation/DNSFromDHCP/IPv4Address", "192.0.2.10")),
        lambda: Edits("GetDNS", drops("DNSInformation/DNSFromDHCP")),
    ),
    "DEVICE-2-1-14": (
        *set_and_told("SetNTP"),
        lambda: Refuses("SetNetworkInterfaces"),
        lambda: Edits("GetNTP", says("NTPInformation/NTPFromDHCP/IPv4Address", "192.0.2")),
        lambda: Edits("GetNTP", drops("NTPInformation/NTPFromDHCP")),
    ),
    "DEVICE-3-1-6": (lambda: Refuses("SetSystemFactoryDefault"), *HELLO),
    "DEVICE-3-1-12": (
        *set_and_told("SetSystemDateAndTime"),
        lambda: Refuses("SetNTP"),
        lambda: Edits("GetSystemDateAndTime", drops("SystemDateAndTime/UTCDateTime"), skip=1),
        lambda: Edits(
            "GetSystemDateAndTime", says("SystemDateAndTime/UTCDateTime/Date/Year", "2001"), skip=1
        ),
        lambda: Edits("GetSystemDateAndTime", says("SystemDateAndTime/DateTimeType", "Manual"), skip=1),
        lambda: Edits("GetSystemDateAndTime", says("SystemDateAndTime/TimeZone/TZ", "UTC0"), skip=1),
        lambda: Edits("GetSystemDateAndTime", says("SystemDateAndTime/DaylightSavings", "true"), skip=1),
    ),
    "DEVICE-3-1-16": (
        lambda: Refuses("StartFirmwareUpgrade"),
        lambda: Status("/firmware", 415),
        lambda: Mute(b"/discovery/Bye"),
        lambda: Replies("GetUsers", _open_to_all),
        lambda: Replies("GetUsers", _open_to_nobody),
        *HELLO,
    ),
    "DEVICE-4-1-6": (
        lambda: Refuses("GetUsers"),
        lambda: RefusesWith("DeleteUsers"),
        lambda: Accepts("DeleteUsers"),
        lambda: Edits("GetUsers", drops("User"), skip=1),
    ),
    "DEVICE-9-1-4": (
        *_topic("Monitoring/OperatingTime/LastReboot", "yesterday"),
        lambda: Edits(
            "PullMessages",
            says("NotificationMessage/Message/Message/Data/SimpleItem/@Value", "2026-01-01T00:00:00Z"),
        ),
        lambda: Refuses("SystemReboot"),
        lambda: Mute(b"/discovery/Hello"),
    ),
    "DEVICE-9-1-7": (
        *_topic("Monitoring/OperatingTime/LastClockSynchronization", "yesterday"),
        lambda: Edits(
            "PullMessages",
            says("NotificationMessage/Message/Message/Data/SimpleItem/@Value", "2026-01-01T00:00:00Z"),
        ),
        lambda: Forgets("SetSystemDateAndTime"),
        lambda: Refuses("SetNTP"),
    ),
    "IPCONFIG-1-1-5": (
        *set_and_told("SetZeroConfiguration"),
        lambda: Edits("GetZeroConfiguration", drops("ZeroConfiguration/Addresses")),
        lambda: Edits("GetZeroConfiguration", says("ZeroConfiguration/InterfaceToken", "other")),
    ),
    "DISCOVERY-1-1-2": HELLO,
    "DISCOVERY-1-1-3": SEARCH,
    "DISCOVERY-1-1-4": (SEARCH[0], SEARCH[1], SEARCH[2], SEARCH[4], SEARCH[5]),
    "DISCOVERY-1-1-5": NOT_SILENT,
    "DISCOVERY-1-1-6": (*SEARCH, *NOT_SILENT),
    "DISCOVERY-1-1-8": (
        lambda: Mute(b"/discovery/Bye"),
        lambda: Garbles(b"Bye</wsa04:Action>", b"Other</wsa04:Action>"),
    ),
    "DISCOVERY-1-1-9": (
        lambda: Forgets("SetDiscoveryMode"),
        lambda: Refuses("SetDiscoveryMode"),
        lambda: Edits("GetDiscoveryMode", says("DiscoveryMode", "NonDiscoverable")),
        lambda: Edits("GetDiscoveryMode", says("DiscoveryMode", "Discoverable"), skip=2),
    ),
    "DISCOVERY-1-1-10": (
        lambda: Mute(),
        lambda: Garbles(b"d:MatchingRuleNotSupported", b"d:Other"),
        lambda: Garbles(b"env:Sender", b"env:Receiver"),
    ),
    "DISCOVERY-1-1-11": (
        *set_and_told("SetScopes"),
        lambda: Refuses("AddScopes"),
        lambda: Refuses("RemoveScopes"),
        lambda: Mute(b"/discovery/Hello"),
        lambda: Mistakes(b"pre-check/added", b"pre-check/other"),
        lambda: Mistakes(b"location/pre-check/added", b"name/Maker"),
    ),
    **{f"DISCOVERY-2-1-{number}": (lambda mark=mark: Deaf(mark),) for number, mark in STYLES.items()},
    "DEVICE-1-1-2": (
        *(
            lambda name=name: Edits("GetCapabilities", drops(f"Capabilities/{name}"))
            for name in ("Device", "Events", "Media", "Imaging", "Analytics")
        ),
        lambda: Edits("GetCapabilities", drops("Capabilities/Device"), skip=1),
    ),
    "DEVICE-1-1-3": category("Device"),
    "DEVICE-1-1-4": category("Media"),
    "DEVICE-1-1-5": category("Events"),
    "DEVICE-1-1-6": refused_rightly("GetCapabilities"),
    "DEVICE-1-1-9": (lambda: Accepts("GetCapabilities"),),
    "DEVICE-1-1-10": category("Imaging"),
    "DEVICE-1-1-11": category("Analytics"),
    **{case_id: service(namespace) for case_id, namespace in SERVICES.items()},
    "DEVICE-1-1-18": (
        lambda: Edits("GetServiceCapabilities", says("Capabilities/System/@DiscoveryNotSupported", "true")),
    ),
    "DEVICE-1-1-19": (
        lambda: Edits("GetServiceCapabilities", says("Capabilities/Network/@IPFilter", "false")),
        lambda: Edits("GetServiceCapabilities", says("Capabilities/Network/@NTP", "3")),
        lambda: Edits("GetServiceCapabilities", says("Capabilities/Misc/@AuxiliaryCommands", "tt:Other")),
    ),
    "DEVICE-1-1-30": (
        lambda: Edits("GetCapabilities", says("Capabilities/Device/Network/IPFilter", "false")),
        lambda: Edits("GetCapabilities", says("Capabilities/Device/System/DiscoveryBye", "false")),
        lambda: Edits("GetCapabilities", says("Capabilities/Device/Security/TLS1.2", "true")),
        lambda: Edits("GetCapabilities", says("Capabilities/Events/WSSubscriptionPolicySupport", "true")),
        lambda: Edits("GetCapabilities", says("Capabilities/Analytics/RuleSupport", "true")),
    ),
    "DEVICE-1-1-31": (
        lambda: Edits("GetServices", says("Service/XAddr", "http://192.0.2.8:8080/onvif/device_service")),
        lambda: Edits("GetServices", says("Service/XAddr", "http://192.0.2.7/onvif/device_service")),
        lambda: Edits("GetServices", says("Service/XAddr", "https://192.0.2.7:8080/onvif/device_service")),
        lambda: Edits("GetServices", says("Service/XAddr", "/onvif/device_service")),
    ),
    "DEVICE-2-1-1": (
        lambda: Refuses("GetHostname"),
        lambda: Edits("GetHostname", says("HostnameInformation/Name", "")),
        lambda: Edits("GetHostname", drops("HostnameInformation/FromDHCP")),
    ),
    "DEVICE-2-1-3": (
        *refused_rightly("SetHostname"),
        lambda: Edits("GetHostname", says("HostnameInformation/Name", "pre_check"), skip=1),
    ),
    "DEVICE-2-1-32": set_and_told("SetHostname"),
    "DEVICE-2-1-4": (
        lambda: Refuses("GetDNS"),
        lambda: Edits("GetDNS", drops("DNSInformation/FromDHCP")),
    ),
    **dict.fromkeys(("DEVICE-2-1-5", "DEVICE-2-1-6", "DEVICE-2-1-7"), set_and_told("SetDNS")),
    **dict.fromkeys(
        ("DEVICE-2-1-9", "DEVICE-2-1-10"),
        (
            *refused_rightly("SetDNS"),
            lambda: Edits("GetDNS", adds("DNSInformation", f"{{{TT}}}SearchDomain", "new"), skip=2),
        ),
    ),
    "DEVICE-2-1-11": (
        lambda: Refuses("GetNTP"),
        lambda: Edits("GetNTP", drops("NTPInformation/FromDHCP")),
    ),
    **dict.fromkeys(("DEVICE-2-1-12", "DEVICE-2-1-13"), set_and_told("SetNTP")),
    **dict.fromkeys(
        ("DEVICE-2-1-15", "DEVICE-2-1-16"),
        (
            *refused_rightly("SetNTP"),
            lambda: Edits("GetNTP", says("NTPInformation/FromDHCP", "true"), skip=2),
        ),
    ),
    "DEVICE-2-1-17": (
        lambda: Refuses("GetNetworkInterfaces"),
        lambda: Edits("GetNetworkInterfaces", doubles("NetworkInterfaces")),
        lambda: Edits(
            "GetNetworkInterfaces", says("NetworkInterfaces/IPv4/Config/Manual/Address", "192.0.2")
        ),
    ),
    **dict.fromkeys(
        ("DEVICE-2-1-20", "DEVICE-2-1-21"),
        (
            *refused_rightly("SetNetworkInterfaces"),
            lambda: Edits("GetNetworkInterfaces", says("NetworkInterfaces/Enabled", "false"), skip=1),
        ),
    ),
    "DEVICE-2-1-33": (
        lambda: Edits("GetNetworkProtocols", says("NetworkProtocols/Name", "HTTPS")),
        lambda: Edits("GetNetworkProtocols", says("NetworkProtocols/Name", "HTTP")),
        lambda: Edits("GetNetworkProtocols", says("NetworkProtocols/Port", "0")),
    ),
    "DEVICE-2-1-34": set_and_told("SetNetworkProtocols"),
    "DEVICE-2-1-35": (
        *refused_rightly("SetNetworkProtocols"),
        lambda: Edits("GetNetworkProtocols", says("NetworkProtocols/Enabled", "false"), skip=1),
    ),
    "DEVICE-2-1-25": (
        lambda: Refuses("GetNetworkDefaultGateway"),
        lambda: Edits("GetNetworkDefaultGateway", adds("NetworkGateway", f"{{{TT}}}IPv4Address", "10.1.1")),
        lambda: Edits("GetNetworkDefaultGateway", adds("NetworkGateway", f"{{{TT}}}IPv6Address", "FF02:1")),
    ),
    **dict.fromkeys(
        ("DEVICE-2-1-28", "DEVICE-2-1-29"),
        (
            *refused_rightly("SetNetworkDefaultGateway"),
            lambda: Edits(
                "GetNetworkDefaultGateway", adds("NetworkGateway", f"{{{TT}}}IPv4Address", "10.1.1"), skip=2
            ),
        ),
    ),
    **dict.fromkeys(("DEVICE-2-1-30", "DEVICE-2-1-31"), set_and_told("SetNetworkDefaultGateway")),
    "DEVICE-2-1-36": told_rightly("GetDynamicDNS"),
    "DEVICE-2-1-37": (
        *set_and_told("SetDynamicDNS"),
        lambda: Refuses("SetDynamicDNS", skip=1),
        lambda: Edits("GetDynamicDNS", says("DynamicDNSInformation/TTL", "PT1S"), skip=1),
    ),
    "DEVICE-3-1-1": (
        lambda: Refuses("GetSystemDateAndTime"),
        lambda: Edits("GetSystemDateAndTime", drops("SystemDateAndTime/UTCDateTime")),
        lambda: Edits("GetSystemDateAndTime", says("SystemDateAndTime/UTCDateTime/Date/Month", "13")),
        lambda: Edits("GetSystemDateAndTime", says("SystemDateAndTime/UTCDateTime/Time/Second", "61")),
        lambda: Edits("GetSystemDateAndTime", says("SystemDateAndTime/TimeZone/TZ", "nowhere")),
    ),
    "DEVICE-3-1-4": (
        *refused_rightly("SetSystemDateAndTime"),
        lambda: Edits(
            "GetSystemDateAndTime", says("SystemDateAndTime/TimeZone/TZ", "INVALIDTIMEZONE"), skip=1
        ),
    ),
    "DEVICE-3-1-5": (
        *refused_rightly("SetSystemDateAndTime"),
        lambda: Edits("GetSystemDateAndTime", drops("SystemDateAndTime/UTCDateTime"), skip=1),
        lambda: Edits("GetSystemDateAndTime", says("SystemDateAndTime/TimeZone/TZ", "CET-1"), skip=1),
    ),
    "DEVICE-3-1-7": (lambda: Refuses("SetSystemFactoryDefault"), lambda: Mute()),
    "DEVICE-3-1-8": (lambda: Refuses("SystemReboot"), *HELLO),
    "DEVICE-3-1-9": (
        lambda: Refuses("GetDeviceInformation"),
        lambda: Edits("GetDeviceInformation", drops("SerialNumber")),
    ),
    "DEVICE-3-1-10": (
        lambda: RefusesWith("GetSystemLog"),
        lambda: Refuses("GetSystemLog"),
        lambda: Edits("GetSystemLog", drops("SystemLog/String")),
    ),
    "DEVICE-3-1-11": (
        *set_and_told("SetSystemDateAndTime"),
        lambda: Edits("GetSystemDateAndTime", says("SystemDateAndTime/UTCDateTime/Date/Year", "2001")),
    ),
    "DEVICE-3-1-13": (
        lambda: Edits("GetSystemUris", drops("SystemLogUris")),
        lambda: Edits("GetSystemUris", drops("SupportInfoUri")),
        lambda: Edits("GetSystemUris", drops("SystemBackupUri")),
        lambda: Status("/files/log", 404),
        lambda: Status("/files/support", 200),
        lambda: Status("/files/backup", 500),
    ),
    "DEVICE-3-1-14": (
        lambda: Status("/upload", 500),
        lambda: Status("/files/backup", 404),
        lambda: Refuses("StartSystemRestore"),
    ),
    "DEVICE-3-1-15": (lambda: Status("/upload", 200), lambda: Status("/upload", 400)),
    "DEVICE-3-1-17": (lambda: Status("/firmware", 200), lambda: Status("/firmware", 500)),
    "DEVICE-4-1-1": (
        lambda: Refuses("GetUsers"),
        lambda: Edits("GetUsers", lambda answer: answer[0].insert(1, _password())),
    ),
    "DEVICE-4-1-3": (*refused_rightly("CreateUsers"), lambda: Forgets("CreateUsers")),
    "DEVICE-4-1-4": (*set_and_told("DeleteUsers"), lambda: Forgets("CreateUsers")),
    "DEVICE-4-1-5": (*refused_rightly("DeleteUsers"), lambda: Forgets("DeleteUsers", skip=1)),
    "DEVICE-4-1-7": set_and_told("SetUser"),
    "DEVICE-4-1-8": refused_rightly("SetUser"),
    "DEVICE-4-1-9": set_and_told("CreateUsers"),
    "DEVICE-4-1-10": (
        lambda: Refuses("GetRemoteUser"),
        lambda: Edits("GetRemoteUser", lambda answer: answer.append(_remote_user())),
    ),
    "DEVICE-4-1-11": set_and_told("SetRemoteUser"),
    "DEVICE-5-1-1": (
        lambda: Edits("GetRelayOutputs", drops("RelayOutputs")),
        lambda: Edits("GetRelayOutputs", doubles("RelayOutputs")),
    ),
    "DEVICE-5-1-2": (
        lambda: Edits("GetRelayOutputs", doubles("RelayOutputs")),
        lambda: Edits("GetCapabilities", says("Capabilities/Device/IO/RelayOutputs", "2")),
    ),
    "DEVICE-5-1-3": set_and_told("SetRelayOutputSettings"),
    **dict.fromkeys(
        ("DEVICE-5-1-5", "DEVICE-5-1-6", "DEVICE-5-1-7", "DEVICE-5-1-8", "DEVICE-5-1-9"),
        (lambda: Refuses("SetRelayOutputState"), lambda: Refuses("SetRelayOutputSettings")),
    ),
    "DEVICE-5-1-11": (lambda: Accepts("SetRelayOutputSettings"),),
    "DEVICE-5-1-12": (lambda: Accepts("SetRelayOutputState"),),
    **{
        f"DEVICE-6-1-{number}": (
            lambda mark=mark: Understands("GetDNS", mark),
            lambda mark=mark: Understands("SetDNS", mark),
            lambda: Forgets("SetDNS"),
        )
        for number, mark in STYLES.items()
    },
    "DEVICE-7-1-1": (
        lambda: Refuses("GetIPAddressFilter"),
        lambda: Edits("GetIPAddressFilter", says("IPAddressFilter/Type", "Other")),
    ),
    "DEVICE-7-1-2": set_and_told("SetIPAddressFilter"),
    "DEVICE-7-1-3": set_and_told("AddIPAddressFilter"),
    "DEVICE-7-1-4": set_and_told("RemoveIPAddressFilter"),
    "DEVICE-8-1-1": (
        lambda: Refuses("SendAuxiliaryCommand"),
        lambda: Edits("GetServiceCapabilities", drops("Capabilities/Misc")),
    ),
    "DEVICE-9-1-1": (
        *_topic("Monitoring/ProcessorUsage", "many"),
        lambda: Edits(
            "PullMessages", says("NotificationMessage/Message/Message/Data/SimpleItem/@Value", "101")
        ),
    ),
    "DEVICE-9-1-2": _topic("Monitoring/OperatingTime/LastReset", "yesterday"),
    "DEVICE-9-1-5": _topic("Monitoring/OperatingTime/LastClockSynchronization", "yesterday"),
    "DEVICE-9-1-6": (
        *_topic("Monitoring/OperatingTime/LastClockSynchronization", "yesterday"),
        lambda: Forgets("SetSystemDateAndTime"),
    ),
    "DEVICE-9-1-8": _topic("Monitoring/Backup/Last", "yesterday"),
    "DEVICE-9-1-9": _topic("Device/HardwareFailure/FanFailure", "perhaps"),
    "DEVICE-9-1-10": _topic("Device/HardwareFailure/PowerSupplyFailure", "perhaps"),
    "DEVICE-9-1-11": _topic("Device/HardwareFailure/StorageFailure", "perhaps"),
    "DEVICE-9-1-12": _topic("Device/HardwareFailure/TemperatureCritical", "perhaps"),
    "SECURITY-1-1-1": (
        lambda: Replies("GetUsers", _lets_all_tokens_in),
        lambda: Replies("GetUsers", _lets_no_token_in),
    ),
    "SECURITY-1-1-2": (
        lambda: Replies("GetUsers", _without_challenge),
        lambda: Replies("GetUsers", _open_to_all),
        lambda: Replies("GetUsers", _deaf_to_login),
    ),
}


def _password() -> object:
    from lxml import etree

    made = etree.Element(f"{{{TT}}}Password")
    made.text = "secret"
    return made


def _remote_user() -> object:
    from vedette.contract.schema.security import RemoteUser
    from vedette.wire.codec import to_element
    from vedette.wire.message import XmlName

    user = RemoteUser(username="a", password="b", use_derived_password=False)
    return to_element(user, XmlName(TDS, "RemoteUser"))


HAVING = {"DEVICE-1-1-15": ("PTZ",)}


@pytest.mark.parametrize("case_id", PROOFS)
def test_a_case_passes_a_faithful_device_and_fails_a_broken_one(examine: Examine, case_id: str) -> None:
    breaks = [Break(), *(make() for make in PROOFS[case_id])]
    faithful, *broken = (
        report.results[0] for report in examine(case_id, breaks=breaks, having=HAVING.get(case_id, ()))
    )

    assert faithful.verdict in (Verdict.PASS, Verdict.WARN), faithful.reason
    assert faithful.could_restore, faithful.put_back
    assert [each.verdict for each in broken] == [Verdict.FAIL] * len(broken), [
        (number, each.verdict, each.reason)
        for number, each in enumerate(broken)
        if each.verdict is not Verdict.FAIL
    ]


def test_the_table_of_facts_says_which_cases_are_proven() -> None:
    base = {name: facts for name, facts in cases().items() if facts.suite == "base"}
    assert {name for name, facts in base.items() if facts.is_proven} == set(PROOFS)


def test_every_case_with_code_is_proven() -> None:
    written = {name for name, case in written_cases().items() if case.facts.suite == "base"}
    assert written == set(PROOFS)
