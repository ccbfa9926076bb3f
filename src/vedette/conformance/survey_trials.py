"""Features that no capability tells: found out by trying, with consent where trying changes something."""

from datetime import timedelta

from vedette.conformance.answers import Answers, Missing
from vedette.conformance.envelopes import request_element
from vedette.conformance.trees import find_all, values
from vedette.conformance.verdicts import Risk
from vedette.contract.deviceio import DeviceIO
from vedette.contract.faults import Fault
from vedette.contract.schema.io import RelayIdleState, RelayMode, RelayOutput, RelayOutputSettings
from vedette.wire.message import XmlElement
from vedette.wire.namespaces import TAN, TAS, TIMG, TR2, TRT, TSE

Outcome = tuple[str, str]
SUPPORTED, UNSUPPORTED, UNDEFINED = "supported", "unsupported", "undefined"
RELAY_DELAY = timedelta(seconds=30)


async def https(answers: Answers) -> Outcome:
    """TLS that the security service configures, or that is switched on."""
    if TAS in await answers.services():
        capabilities = await answers.capabilities("tas")
        if values(capabilities, "TLSServerCapabilities/@TLSServerSupported"):
            return SUPPORTED, "the security service configures TLS"
    answer = await answers.reply("tds", "GetNetworkProtocols")
    for protocol in find_all(answer, "NetworkProtocols"):
        if values(protocol, "Name") == ["HTTPS"] and values(protocol, "Enabled") == ["true"]:
            return SUPPORTED, "GetNetworkProtocols tells HTTPS enabled"
    return UNSUPPORTED, "HTTPS is neither enabled nor configurable"


async def pull_point(answers: Answers) -> Outcome:
    """Pull points: as many as said, at least one; not said, only a device of profile S is believed."""
    told = values(await answers.capabilities("tev"), "@MaxPullPoints")
    if told:
        return (SUPPORTED if told[0] not in ("", "0") else UNSUPPORTED), f"MaxPullPoints is {told[0]}"
    if any(each.rstrip("/").endswith("/Profile/Streaming") for each in await answers.scopes()):
        return SUPPORTED, "MaxPullPoints is absent, profile S is listed"
    return UNSUPPORTED, "MaxPullPoints is absent"


async def snapshot(answers: Answers) -> Outcome:
    """A snapshot address for any profile with video."""
    profiles = await answers.reply("trt", "GetProfiles")
    ready = [
        str(each.get("token"))
        for each in find_all(profiles, "Profiles")
        if find_all(each, "VideoEncoderConfiguration")
    ]
    if not ready:
        return UNDEFINED, "no media profile is ready to use"
    try:
        await _ask(answers, TRT, "GetSnapshotUri", ProfileToken=ready[0])
    except Fault as fault:
        return UNSUPPORTED, f"GetSnapshotUri is refused: {fault}"
    return SUPPORTED, f"GetSnapshotUri is answered for {ready[0]}"


async def osd(answers: Answers, kind: str) -> Outcome:
    """Whether on-screen displays of a type can be made."""
    sources = await answers.reply("tr2", "GetVideoSourceConfigurations")
    for token in (str(each.get("token")) for each in find_all(sources, "Configurations")):
        try:
            options = await _ask(answers, TR2, "GetOSDOptions", ConfigurationToken=token)
        except Fault as fault:
            return UNSUPPORTED, f"GetOSDOptions is refused: {fault}"
        most = values(options, "OSDOptions/MaximumNumberOfOSDs/@Total")
        if kind in values(options, "OSDOptions/Type") and any(each not in ("", "0") for each in most):
            return SUPPORTED, f"GetOSDOptions of {token} lists {kind}"
    return UNSUPPORTED, f"no GetOSDOptions lists {kind}"


async def imaging(answers: Answers, operation: str, paths: str) -> Outcome:
    """Whether the imaging options of any video source have something."""
    sources = await answers.reply("trt", "GetVideoSources")
    for token in (str(each.get("token")) for each in find_all(sources, "VideoSources")):
        try:
            options = await _ask(answers, TIMG, operation, VideoSourceToken=token)
        except Fault:
            continue
        found = [value for path in paths.split(",") for value in values(options, path)]
        is_enough = len(found) > 1 and "OFF" in found if "IrCutFilter" in paths else bool(found)
        if is_enough:
            return SUPPORTED, f"{operation} of {token} has it"
    return UNSUPPORTED, f"no {operation} has it"


async def analytics_rule(answers: Answers, name: str) -> Outcome:
    """Whether any analytics configuration knows a rule."""
    configurations = await answers.reply("tr2", "GetAnalyticsConfigurations")
    for token in (str(each.get("token")) for each in find_all(configurations, "Configurations")):
        try:
            rules = await _ask(answers, TAN, "GetSupportedRules", ConfigurationToken=token)
        except Fault:
            continue
        told = values(rules, "SupportedRules/RuleDescription/@Name")
        if any(each.rpartition(":")[2] == name.rpartition(":")[2] for each in told):
            return SUPPORTED, f"GetSupportedRules of {token} lists {name}"
    return UNSUPPORTED, f"no GetSupportedRules lists {name}"


async def ptz_search(answers: Answers) -> Outcome:
    """Whether a search by PTZ position is accepted."""
    if TSE not in await answers.services():
        return UNSUPPORTED, "the device lists no search service"
    refusal = await answers.refusal("tse", "FindPTZPosition")
    if "not supported" in refusal.lower() or "not offered" in refusal.lower():
        return UNSUPPORTED, refusal
    return UNDEFINED, refusal or "FindPTZPosition was answered although nothing was asked for"


async def relay(answers: Answers, mode: str, idle: str) -> Outcome:
    """Whether the first relay takes a mode and an idle state; changes it for a moment, if that is allowed."""
    if Risk.CONFIG not in answers.environment.allowed:
        return UNDEFINED, "only trying would tell, and config is not allowed"
    device = answers.target.device
    relays = (await device.get_relay_outputs()).relay_outputs
    if not relays:
        return UNSUPPORTED, "there is no relay"
    first = relays[0]
    wanted = RelayOutputSettings(
        mode=RelayMode(mode), delay_time=RELAY_DELAY, idle_state=RelayIdleState(idle)
    )
    try:
        await device.set_relay_output_settings(relay_output_token=first.token, properties=wanted)
    except Fault as fault:
        return UNSUPPORTED, f"SetRelayOutputSettings is refused: {fault}"
    finally:  # however it ends, be it by Ctrl-C
        await device.set_relay_output_settings(relay_output_token=first.token, properties=first.properties)
    return SUPPORTED, f"the relay {first.token} took {mode} with idle state {idle}"


async def io_relay(answers: Answers, mode: str, idle: str) -> Outcome:
    """Whether the first relay that offers a mode takes it with an idle state, by the Device IO service.

    Changes the relay for a moment, if that is allowed.
    """
    if Risk.CONFIG not in answers.environment.allowed:
        return UNDEFINED, "only trying would tell, and config is not allowed"
    service = answers.target.service(DeviceIO)
    for first in (await service.get_relay_outputs()).relay_outputs:
        options = await service.get_relay_output_options(relay_output_token=first.token)
        offered = [each for each in options.relay_output_options if RelayMode(mode) in each.modes]
        if not offered:
            continue
        delays = offered[0].delay_times or (RELAY_DELAY.total_seconds(),)
        wanted = RelayOutputSettings(
            mode=RelayMode(mode), delay_time=timedelta(seconds=delays[0]), idle_state=RelayIdleState(idle)
        )
        changed = RelayOutput(token=first.token, properties=wanted)
        try:
            await service.set_relay_output_settings(relay_output=changed)
        except Fault as fault:
            return UNSUPPORTED, f"SetRelayOutputSettings is refused: {fault}"
        finally:
            await service.set_relay_output_settings(relay_output=first)
        return SUPPORTED, f"the relay {first.token} took {mode} with idle state {idle}"
    return UNSUPPORTED, f"no relay offers the mode {mode}"


async def _ask(answers: Answers, namespace: str, operation: str, **texts: str) -> XmlElement:
    request = request_element(namespace, operation)
    for name, text in texts.items():
        child = request_element(namespace, name)
        child.text = text
        request.append(child)
    url = answers.target.services.get(namespace)
    if url is None:
        raise Missing(f"the device lists no service {namespace}")
    answer = await answers.target.ask(url, request)
    answers.used.append(len(answers.target.evidence.exchanges))
    return answer


__all__ = [
    "analytics_rule",
    "https",
    "imaging",
    "io_relay",
    "osd",
    "ptz_search",
    "pull_point",
    "relay",
    "snapshot",
]
