"""GetCapabilities, category by category, and its agreement with GetServices."""

from typing import NamedTuple

from vedette.conformance.case import case
from vedette.conformance.envelopes import request_element
from vedette.conformance.run import Run
from vedette.conformance.trees import find_all, is_true, values
from vedette.contract import faults
from vedette.contract.faults import Fault
from vedette.wire.message import XmlElement
from vedette.wire.namespaces import PREFIXES, TDS, TEV

LAST_WITH_DROPPED = (21, 12)  # the release whose test specification still names what later ones dropped
_NAMESPACES = {prefix: namespace for namespace, prefix in PREFIXES.items()}

# The element of each category, and the feature that brings it; an empty feature is always there.
CATEGORIES: dict[str, tuple[str, str]] = {
    "Analytics": ("Analytics", "Analytics"),
    "Device": ("Device", ""),
    "Events": ("Events", ""),
    "Imaging": ("Imaging", "Imaging"),
    "Media": ("Media", "Media"),
    "PTZ": ("PTZ", "PTZ"),
}


class Pair(NamedTuple):
    """One fact as GetCapabilities and as a service tell it; `kind` is bool, number, told, list or dropped."""

    old: str
    new: str
    kind: str = "bool"


def _same(part: str, holder: str, names: str, inner: str = "") -> tuple[Pair, ...]:
    return tuple(Pair(f"{part}/{inner}{name}", f"{holder}@{name}") for name in names.split())


# Source: Core, Capabilities (26.06 §8.1.2), and the older form it keeps.
DEVICE_PAIRS = (
    *_same("Device/Network", "Network/", "IPFilter ZeroConfiguration IPVersion6 DynDNS"),
    *_same("Device/Network", "Network/", "Dot11Configuration", "Extension/"),
    *_same(
        "Device/System",
        "System/",
        "DiscoveryResolve DiscoveryBye RemoteDiscovery SystemBackup SystemLogging",
    ),
    *_same(
        "Device/System",
        "System/",
        "HttpFirmwareUpgrade HttpSystemBackup HttpSystemLogging HttpSupportInformation",
        "Extension/",
    ),
    *_same(
        "Device/Security",
        "Security/",
        "TLS1.1 TLS1.2 OnboardKeyGeneration AccessPolicyConfig X.509Token SAMLToken KerberosToken RELToken",
    ),
    *_same("Device/Security", "Security/", "TLS1.0", "Extension/"),
    *_same("Device/Security", "Security/", "Dot1X RemoteUserHandling", "Extension/Extension/"),
    Pair("Device/Security/Extension/Extension/SupportedEAPMethod", "Security/@SupportedEAPMethods", "list"),
)
EVENT_PAIRS = (
    *_same("Events", "", "WSSubscriptionPolicySupport WSPausableSubscriptionManagerInterfaceSupport"),
    Pair("Events/WSPullPointSupport", "@WSPullPointSupport", "dropped"),
)
SERVICE_PAIRS: dict[str, tuple[str, tuple[Pair, ...]]] = {
    "Analytics": ("tan", _same("Analytics", "", "RuleSupport AnalyticsModuleSupport")),
    "Imaging": ("timg", ()),
    "Media": (
        "trt",
        (
            *_same(
                "Media/StreamingCapabilities",
                "StreamingCapabilities/",
                "RTPMulticast RTP_TCP RTP_RTSP_TCP",
            ),
            Pair(
                "Media/Extension/ProfileCapabilities/MaximumNumberOfProfiles",
                "ProfileCapabilities/@MaximumNumberOfProfiles",
                "told",
            ),
        ),
    ),
    "PTZ": ("tptz", ()),
    "Extension/DeviceIO": (
        "tmd",
        tuple(
            Pair(f"Extension/DeviceIO/{name}", f"@{name}", "number")
            for name in ("VideoSources", "VideoOutputs", "AudioSources", "AudioOutputs", "RelayOutputs")
        ),
    ),
    "Extension/Recording": ("trc", _same("Extension/Recording", "", "DynamicRecordings DynamicTracks")),
    "Extension/Search": ("tse", _same("Extension/Search", "", "MetadataSearch")),
    "Extension/Replay": ("trp", ()),
    "Extension/Receiver": (
        "trv",
        (
            *_same("Extension/Receiver", "", "RTP_Multicast RTP_TCP RTP_RTSP_TCP"),
            Pair("Extension/Receiver/SupportedReceivers", "@SupportedReceivers", "number"),
            Pair("Extension/Receiver/MaximumRTSPURILength", "@MaximumRTSPURILength", "number"),
        ),
    ),
}


async def told_capabilities(run: Run, category: str | None) -> XmlElement:
    """What GetCapabilities answers, after its answer was held to the letter; None asks for no category."""
    request = request_element(TDS, "GetCapabilities")
    if category is not None:
        child = request_element(TDS, "Category")
        child.text = category
        request.append(child)
    answer = await run.target.ask(run.target.url, request)
    found = find_all(answer, "Capabilities")
    run.expect(found, "the answer holds Capabilities")
    return found[0]


@case("DEVICE-1-1-2")
async def every_category(run: Run) -> None:
    """All by name and all by leaving the category out."""
    for category in ("All", None):
        run.step(f"ask for {category or 'no category in particular'}")
        told = await told_capabilities(run, category)
        for path, feature in (*CATEGORIES.values(), ("Extension/DeviceIO", "DeviceIO")):
            if not feature or run.is_supported(feature):
                run.expect(find_all(told, path), f"{path} is told")
    run.step("hold the answer to the letter")
    await run.device.get_capabilities()


@case(
    *("DEVICE-1-1-3", "DEVICE-1-1-4", "DEVICE-1-1-5", "DEVICE-1-1-6", "DEVICE-1-1-10", "DEVICE-1-1-11"),
)
async def one_category(run: Run) -> None:
    """One category alone, or a fault where the device lacks the service."""
    category = {
        "DEVICE-1-1-3": "Device",
        "DEVICE-1-1-4": "Media",
        "DEVICE-1-1-5": "Events",
        "DEVICE-1-1-6": "PTZ",
        "DEVICE-1-1-10": "Imaging",
        "DEVICE-1-1-11": "Analytics",
    }[run.id]
    path, feature = CATEGORIES[category]
    run.step(f"ask for {category}")
    if feature and not run.is_supported(feature):
        await run.refused(told_capabilities(run, category), faults.NoSuchService)
        return
    told = await told_capabilities(run, category)
    run.expect(find_all(told, path), f"{path} is told")
    for address in values(told, f"{path}/XAddr"):
        run.expect_http_uri(address, f"the address of {path}")
    others = [other for other, _ in CATEGORIES.values() if other != path and find_all(told, other)]
    run.expect(not others, f"nothing else is told ({', '.join(others) or 'nothing'})")


@case("DEVICE-1-1-9")
async def no_such_category(run: Run) -> None:
    """A category that does not exist is refused, properly."""
    run.step("ask for a category that does not exist")
    try:
        await told_capabilities(run, "NoSuchCategory")
    except Fault as fault:
        raw = run.target.last_fault
        run.expect(
            raw is not None and raw.code in ("Sender", "Receiver"), f"a SOAP 1.2 fault comes ({fault})"
        )
        run.expect(raw is not None and raw.reason, "the fault gives a reason")
        if raw is not None and raw.code != "Sender":
            run.warn("the device blames itself for a wrong request")
        return
    run.fail("a category that does not exist is accepted")


@case("DEVICE-1-1-30")
async def both_ways(run: Run) -> None:
    """What GetCapabilities says and what GetServices says are the same."""
    run.step("ask both ways")
    new = await service_capabilities(run)
    old = await told_capabilities(run, "All")
    older = await _older_services(run)
    run.step("compare the device service")
    run.expect("tds" in new, "GetServices tells the device service's capabilities")
    _compare(run, old, new["tds"], DEVICE_PAIRS, is_older=TDS in older)
    run.step("compare the event service")
    run.expect("tev" in new, "GetServices tells the event service's capabilities")
    _compare(run, old, new["tev"], EVENT_PAIRS, is_older=TEV in older)
    for part, (prefix, pairs) in SERVICE_PAIRS.items():
        if find_all(old, part):
            run.step(f"compare {part}")
            run.expect(prefix in new, f"GetServices lists {part}, which GetCapabilities tells")
            _compare(run, old, new[prefix], pairs, is_older=False)


async def _older_services(run: Run) -> set[str]:
    """The services of releases that had facts which later ones dropped."""
    request = request_element(TDS, "GetServices")
    include = request_element(TDS, "IncludeCapability")
    include.text = "false"
    request.append(include)
    return {
        "".join(values(entry, "Namespace"))
        for entry in find_all(await run.target.ask(run.target.url, request), "Service")
        if (_number(values(entry, "Version/Major")), _number(values(entry, "Version/Minor")))
        <= LAST_WITH_DROPPED
    }


def _compare(run: Run, old: XmlElement, new: XmlElement, pairs: tuple[Pair, ...], *, is_older: bool) -> None:
    differing = [_difference(pair, values(old, pair.old), values(new, pair.new)) for pair in pairs]
    wrong = [each for each in differing if each]
    for pair in pairs:
        if pair.kind == "dropped" and any(map(is_true, values(old, pair.old))) and not values(new, pair.new):
            say = run.warn if is_older else run.note
            say(f"{pair.new} is absent, which releases up to 21.12 want beside {pair.old}")
    run.expect(not wrong, f"they agree ({'; '.join(wrong) or f'{len(pairs)} facts'})")


def _difference(pair: Pair, old: list[str], new: list[str]) -> str:
    """How the two differ, empty if they agree; what is absent is false, nought or an empty list."""
    match pair.kind:
        case "bool":
            is_same = any(map(is_true, old)) == any(map(is_true, new))
        case "dropped":
            is_same = not new or any(map(is_true, old)) == any(map(is_true, new))
        case "number":
            is_same = _number(old) == _number(new)
        case "told":
            is_same = not old or _number(old) == _number(new)
        case _:
            wanted = {word for each in old for word in each.split()}
            found = {word for each in new for word in each.split()}
            is_same = wanted <= found and bool(wanted) == bool(found)
    return "" if is_same else f"{pair.old} is {_told(old)}, {pair.new} is {_told(new)}"


def _number(texts: list[str]) -> int:
    return int(texts[0]) if texts and texts[0].strip().isdigit() else 0


def _told(texts: list[str]) -> str:
    return " ".join(texts) or "absent"


async def service_capabilities(run: Run) -> dict[str, XmlElement]:
    """What GetServices tells of the services' capabilities, by the standard's prefixes."""
    request = request_element(TDS, "GetServices")
    include = request_element(TDS, "IncludeCapability")
    include.text = "true"
    request.append(include)
    answer = await run.target.ask(run.target.url, request)
    told: dict[str, XmlElement] = {}
    for entry in find_all(answer, "Service"):
        namespace = "".join(values(entry, "Namespace"))
        found = find_all(entry, "Capabilities/Capabilities")
        if found and namespace in PREFIXES:
            told[PREFIXES[namespace]] = found[0]
    return told
