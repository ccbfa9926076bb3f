"""Being discovered: probes, Hello and Bye, discovery mode, scopes."""

from collections.abc import Sequence

from vedette.base.errors import LimitExceeded
from vedette.client.errors import Unreachable
from vedette.conformance.case import case
from vedette.conformance.link import Ear
from vedette.conformance.probing import CATEGORIES, OLDER_CATEGORIES, TYPES, Prober, fault_in, problems
from vedette.conformance.run import Run
from vedette.conformance.verdicts import CaseInconclusive
from vedette.contract import faults
from vedette.contract.faults import Fault
from vedette.contract.schema.system import DiscoveryMode, Scope, ScopeDefinition
from vedette.protocols.discovery import messages
from vedette.protocols.discovery.messages import Heard, Probe
from vedette.wire.message import MalformedMessage, XmlName
from vedette.wire.namespaces import DN, D

ONVIF_SCOPE = "onvif://www.onvif.org/"
FOREIGN_SCOPE = "onvif://www.onvif.org/name/nobody-is-called-this"
FOREIGN_TYPE = XmlName(DN, "NobodyIsThis")
UNKNOWN_RULE = f"{D}/no-such-rule"
AFTER_HELLO_S = 5.0  # a device that is back may still be busy with its start
NEW_SCOPES = (f"{ONVIF_SCOPE}location/pre-check", f"{ONVIF_SCOPE}name/pre-check")
ADDED_SCOPE = f"{ONVIF_SCOPE}location/pre-check/added"


async def told_scopes(run: Run) -> tuple[Scope, ...]:
    """The scopes, with one at least of every category that all devices have."""
    run.step("ask for the scopes")
    scopes = (await run.device.get_scopes()).scopes
    for category in CATEGORIES:
        run.expect(_first(scopes, category), f"there is a scope of the category {category}")
    for category in OLDER_CATEGORIES:
        if not _first(scopes, category):
            run.warn(f"there is no scope of the category {category}, which earlier releases want")
    return scopes


def _first(scopes: Sequence[Scope], category: str) -> str:
    prefix = f"{ONVIF_SCOPE}{category}"
    return next((each.scope_item for each in scopes if each.scope_item.lower().startswith(prefix)), "")


async def search_by_scopes(run: Run, prober: Prober, *, is_multicast: bool) -> None:
    """Every category one by one, then the device's types."""
    scopes = await told_scopes(run)
    await prober.know()
    for category in (*OLDER_CATEGORIES, *CATEGORIES):
        scope = _first(scopes, category)
        if not scope:
            continue
        run.step(f"probe for the {category} scope")
        target = await prober.find(Probe(scopes=(scope,)), f"for {scope}", is_multicast=is_multicast)
        missing = {each.scope_item for each in scopes} - set(target.scopes)
        run.expect(
            not missing, f"the match lists every scope ({', '.join(sorted(missing)) or 'none missing'})"
        )
    run.step("probe for the type")
    known = [name for name in TYPES if run.is_supported(f"Discovery/Types/{_prefixed(name)}")]
    for name in known or TYPES:
        await prober.find(Probe(types=(name,)), f"for the type {_prefixed(name)}", is_multicast=is_multicast)


def _prefixed(name: XmlName) -> str:
    return f"{'dn' if name.namespace == DN else 'tds'}:{name.local}"


async def search_for_others(run: Run, prober: Prober, *, is_multicast: bool) -> None:
    """Probes that the device does not fit."""
    await prober.know()
    run.step("probe for a type it is not")
    await prober.expect_silence(Probe(types=(FOREIGN_TYPE,)), "for a foreign type", is_multicast=is_multicast)
    run.step("probe for a scope it has not")
    await prober.expect_silence(
        Probe(scopes=(FOREIGN_SCOPE,)), "for a foreign scope", is_multicast=is_multicast
    )


@case("DISCOVERY-1-1-3")
async def by_scopes(run: Run) -> None:
    """Probes to everybody, by type and by each category of scopes."""
    await search_by_scopes(run, Prober(run), is_multicast=True)


@case("DISCOVERY-1-1-4")
async def by_nothing(run: Run) -> None:
    """A probe to everybody that names neither type nor scope."""
    prober = Prober(run)
    await prober.know()
    run.step("probe without type and scope")
    await prober.find(Probe(), "without type and scope", is_multicast=True)


@case("DISCOVERY-1-1-5")
async def by_something_else(run: Run) -> None:
    """Probes to everybody that the device does not fit."""
    await search_for_others(run, Prober(run), is_multicast=True)


@case("DISCOVERY-1-1-6")
async def alone(run: Run) -> None:
    """The same three, sent to the device alone."""
    prober = Prober(run)
    await search_by_scopes(run, prober, is_multicast=False)
    run.step("probe without type and scope")
    await prober.find(Probe(), "without type and scope", is_multicast=False)
    await search_for_others(run, prober, is_multicast=False)


@case("DISCOVERY-1-1-10")
async def unknown_rule(run: Run) -> None:
    """A matching rule that nobody knows: refused where the device was asked alone."""
    run.step("probe the device with an unknown matching rule")
    wanted = Probe(scopes=(FOREIGN_SCOPE,), match_by=UNKNOWN_RULE)
    answers = [each for each in map(fault_in, await Prober(run).faults(wanted)) if each is not None]
    run.expect(answers, "the probe is refused with a SOAP fault")
    fault, action = answers[0]
    last = fault.subcodes[-1] if fault.subcodes else XmlName("", "")
    run.expect(fault.code == "Sender", f"the sender is blamed ({fault.code})")
    run.expect(
        last == (D, "MatchingRuleNotSupported"), f"the subcode is d:MatchingRuleNotSupported ({last.clark})"
    )
    if action != messages.FAULT:
        run.warn(f"the fault's action is {action!r}, not {messages.FAULT!r}")


async def reboot(run: Run) -> None:
    """Have the device reboot."""
    run.step("reboot the device")
    await run.device.system_reboot()


async def hear(run: Run, ear: Ear, prober: Prober, kind: str, within_s: float) -> tuple[bytes, Heard] | None:
    """The device's next Hello or Bye, None if there is none in time."""
    clock = run.target.clock
    end_s = clock.monotonic_s() + within_s
    while (left_s := end_s - clock.monotonic_s()) > 0:
        datagram = await ear.next(left_s)
        if datagram is None:
            return None
        try:
            heard = messages.read(datagram.data)
        except (MalformedMessage, LimitExceeded):
            continue
        if heard.kind == kind and prober.is_ours(heard):
            run.target.evidence.add(
                "discovery",
                datagram.address,
                run.target.evidence.now(),
                "(unasked)",
                received=datagram.data.decode("utf-8", "replace"),
            )
            return datagram.data, heard
    return None


async def expect_hello(run: Run, ear: Ear, prober: Prober, within_s: float) -> Heard:
    """A good Hello in time; raises CaseFailed."""
    run.step("wait for Hello")
    found = await hear(run, ear, prober, "Hello", within_s)
    if found is None:
        run.fail(f"no Hello within {within_s:.0f} s")
    data, hello = found
    for problem in problems(data, "Hello"):
        run.fail(problem)
    target = hello.targets[0]
    run.expect(any(name in TYPES for name in target.types), "Hello tells a type of the standard's")
    run.expect(target.xaddrs, "Hello tells an address")
    run.expect(target.scopes, "Hello tells scopes")
    return hello


async def wait_until_back(run: Run) -> None:
    """Wait until the device answers again; raises CaseInconclusive if it does not in time."""
    run.step("wait until the device answers again")
    clock = run.target.clock
    end_s = clock.monotonic_s() + run.environment.reboot_s
    while clock.monotonic_s() < end_s:
        await run.pause()
        try:
            await run.device.get_system_date_and_time()
        except Unreachable:
            continue
        except Fault:
            return
        return
    raise CaseInconclusive(f"the device did not come back within {run.environment.reboot_s:.0f} s")


@case("DISCOVERY-1-1-2")
async def hello_after_reboot(run: Run) -> None:
    """Hello after a reboot tells the device truly."""
    prober = Prober(run)
    await prober.know()
    async with run.link.listening() as ear:
        await reboot(run)
        await expect_hello(run, ear, prober, run.environment.reboot_s)
    await wait_until_back(run)


@case("DISCOVERY-1-1-8")
async def bye_before_reboot(run: Run) -> None:
    """Bye is said before the device goes."""
    prober = Prober(run)
    await prober.know()
    async with run.link.listening() as ear:
        await reboot(run)
        run.step("wait for Bye")
        found = await hear(run, ear, prober, "Bye", run.environment.reboot_s)
    await wait_until_back(run)
    if found is None:
        run.fail("no Bye before the reboot")
    for problem in problems(found[0], "Bye"):
        run.fail(problem)


@case("DISCOVERY-1-1-9")
async def not_discoverable(run: Run) -> None:
    """Not discoverable means silent: to probes, before and after a reboot."""
    prober = Prober(run)
    await prober.know()
    run.step("expect it to be discoverable")
    mode = (await run.device.get_discovery_mode()).discovery_mode
    run.expect(mode is DiscoveryMode.DISCOVERABLE, f"the mode is Discoverable ({mode})")
    run.step("switch discovery off")
    run.restore(
        "discovery mode", lambda: run.device.set_discovery_mode(discovery_mode=DiscoveryMode.DISCOVERABLE)
    )
    await run.device.set_discovery_mode(discovery_mode=DiscoveryMode.NON_DISCOVERABLE)
    mode = (await run.device.get_discovery_mode()).discovery_mode
    run.expect(mode is DiscoveryMode.NON_DISCOVERABLE, f"the mode is NonDiscoverable ({mode})")
    await run.pause()
    await prober.expect_silence(Probe(), "while not discoverable", is_multicast=True)
    async with run.link.listening() as ear:
        await reboot(run)
        await wait_until_back(run)
        run.step("listen for what must not be said")
        said = [kind for kind in ("Hello", "Bye") if await hear(run, ear, prober, kind, 1.0)]
        run.expect(not said, f"neither Hello nor Bye is said ({', '.join(said) or 'silence'})")
    mode = (await run.device.get_discovery_mode()).discovery_mode
    run.expect(mode is DiscoveryMode.NON_DISCOVERABLE, f"the mode outlives the reboot ({mode})")


@case("DISCOVERY-1-1-11")
async def scopes_change(run: Run) -> None:
    """Scopes are replaced, added and removed; probes and Hello follow."""
    prober = Prober(run)
    await prober.know()
    before = await told_scopes(run)
    own = tuple(each.scope_item for each in before if each.scope_def is ScopeDefinition.CONFIGURABLE)

    async def undo() -> None:
        if own:
            await run.device.set_scopes(scopes=own)
            return
        now = (await run.device.get_scopes()).scopes
        left = tuple(each.scope_item for each in now if each.scope_def is ScopeDefinition.CONFIGURABLE)
        if left:  # SetScopes cannot be asked to leave none
            await run.device.remove_scopes(scope_items=left)

    run.restore("scopes", undo)
    try:
        run.step("replace the configurable scopes")
        await run.device.set_scopes(scopes=NEW_SCOPES)
        await run.pause()
        now = {each.scope_item for each in (await run.device.get_scopes()).scopes}
        run.expect(set(NEW_SCOPES) <= now, "the new scopes are told")
        run.expect(not (set(own) - set(NEW_SCOPES)) & now, "the old configurable scopes are gone")
        await run.pause(2 * run.environment.settle_s)
        async with run.link.listening() as ear:
            run.step("add a scope")
            await run.device.add_scopes(scope_items=(ADDED_SCOPE,))
            await expect_hello(run, ear, prober, run.environment.delay_s)
    except faults.TooManyScopes as fault:
        run.warn(f"no room for scopes: {fault}")
        return
    await prober.find(Probe(scopes=(ADDED_SCOPE,)), "for the added scope", is_multicast=True)
    await run.pause(2 * run.environment.settle_s)
    async with run.link.listening() as ear:
        run.step("remove the scope")
        await run.device.remove_scopes(scope_items=(ADDED_SCOPE,))
        await expect_hello(run, ear, prober, run.environment.delay_s)
    await prober.expect_silence(Probe(scopes=(ADDED_SCOPE,)), "for the removed scope", is_multicast=True)
