"""Changes an interface of the device and follows the device to where it then says it is."""

from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from vedette.client.errors import Unreachable
from vedette.conformance.link import Ear
from vedette.conformance.probing import Prober
from vedette.conformance.run import Run
from vedette.conformance.suites.base.discovery import expect_hello, reboot
from vedette.conformance.verdicts import CaseEnded, CaseInconclusive
from vedette.contract.faults import Fault
from vedette.contract.schema.network_interfaces import (
    IPv4NetworkInterfaceSetConfiguration,
    IPv6NetworkInterfaceSetConfiguration,
    NetworkInterface,
    NetworkInterfaceSetConfiguration,
)
from vedette.protocols.discovery.messages import Heard


async def interfaces(run: Run) -> tuple[NetworkInterface, ...]:
    """The interfaces as the device tells them now."""
    run.step("ask for the interfaces")
    return (await run.device.get_network_interfaces()).network_interfaces


async def interface_in_use(run: Run) -> NetworkInterface:
    """The interface that has the address by which the device is reached, else the first with IPv4."""
    told = [each for each in await interfaces(run) if each.ipv4 is not None]
    run.expect(told, "an interface has IPv4")
    ours = [each for each in told if run.target.host in ipv4_addresses(each)]
    return (ours or told)[0]


async def interface_with_ipv6(run: Run) -> NetworkInterface:
    """The interface in use if it has IPv6, else the first that has."""
    told = [each for each in await interfaces(run) if each.ipv6 is not None]
    run.expect(told, "an interface has IPv6")
    ours = [each for each in told if run.target.host in ipv4_addresses(each)]
    return (ours or told)[0]


def ipv4_addresses(interface: NetworkInterface) -> dict[str, int]:
    """The IPv4 addresses of an interface and the lengths of their prefixes."""
    if interface.ipv4 is None:
        return {}
    held = interface.ipv4.config
    every = (*held.manual, held.from_dhcp, held.link_local)
    return {each.address: each.prefix_length for each in every if each is not None}


class InterfaceChange:
    """One interface under change; what it was is put back when the case ends.

    `before` is the interface as it was told.
    """

    def __init__(self, run: Run, before: NetworkInterface) -> None:
        self._run = run
        self._before = before
        self._home = run.target.url
        self._prober = Prober(run)

    async def apply(
        self, wanted: NetworkInterfaceSetConfiguration, what: str, *, at: str = ""
    ) -> NetworkInterface:
        """Set the interface, wait for the device's Hello, and return the interface as it is told then.

        `at` is the address where the device must be then. Raises CaseFailed where it says no Hello, or is
        not where it says it is.
        """
        run = self._run
        await self._prober.know()
        run.restore(f"interface {self._before.token}", self._put_back)
        if run.is_supported("Discovery"):
            async with run.link.listening() as ear:
                await self._set(wanted, what)
                await self._follow(ear, at)
        else:
            await self._set(wanted, what)
            await run.pause(run.environment.reboot_s)
            self._go_to_manual(wanted)
        if not await self._is_there(run.environment.delay_s):
            run.fail(f"the device does not answer at {run.target.url}")
        return self._same(await interfaces(run))

    async def wait_for(
        self, is_so: Callable[[NetworkInterface], bool], now: NetworkInterface
    ) -> NetworkInterface:
        """The interface once something is so of it, or as it is when the time for changes is over."""

        async def ask() -> NetworkInterface:
            return self._same((await self._run.device.get_network_interfaces()).network_interfaces)

        return now if is_so(now) else await self._run.until(ask, is_so)

    async def _set(self, wanted: NetworkInterfaceSetConfiguration, what: str) -> None:
        run = self._run
        run.step(what)
        answer = await run.device.set_network_interfaces(
            interface_token=self._before.token, network_interface=wanted
        )
        if answer.reboot_needed:
            await reboot(run)

    async def _follow(self, ear: Ear, at: str) -> None:
        run = self._run
        hello: Heard = await expect_hello(run, ear, self._prober, run.environment.reboot_s)
        places = [urlsplit(each) for each in hello.targets[0].xaddrs]
        hosts = [each.hostname or "" for each in places]
        if at:
            run.expect(at in hosts, f"Hello tells the address set, {at} ({', '.join(hosts)})")
        elif run.target.host in hosts:
            return
        usable = [each for each in places if each.hostname and not _is_link_local(each.hostname)]
        usable = [each for each in usable if each.hostname == at] or usable
        run.expect(usable, "Hello tells an address that is not link-local")
        now = urlsplit(run.target.url)
        best = next((each for each in usable if each.scheme == now.scheme), usable[0])
        run.target.move(best.geturl())

    def _go_to_manual(self, wanted: NetworkInterfaceSetConfiguration) -> None:
        manual = () if wanted.ipv4 is None else wanted.ipv4.manual
        if manual:
            place = urlsplit(self._run.target.url)
            port = "" if place.port is None else f":{place.port}"
            self._run.target.move(place._replace(netloc=f"{manual[0].address}{port}").geturl())

    async def _is_there(self, within_s: float) -> bool:
        """Whether the device answers at the present address in time."""
        clock = self._run.target.clock
        end_s = clock.monotonic_s() + within_s
        while clock.monotonic_s() < end_s:
            try:
                await self._run.device.get_system_date_and_time()
            except Unreachable:
                await self._run.pause()
            except (Fault, CaseEnded):
                return True
            else:
                return True
        return False

    def _same(self, told: tuple[NetworkInterface, ...]) -> NetworkInterface:
        same = [each for each in told if each.token == self._before.token]
        self._run.expect(same, f"the interface {self._before.token} is still told")
        return same[0]

    async def _put_back(self) -> None:
        """Set what was; raises CaseInconclusive if the device is not back where it was."""
        run = self._run
        if not await self._is_there(run.environment.delay_s):
            run.target.move(self._home)
        answer = await run.device.set_network_interfaces(
            interface_token=self._before.token, network_interface=_as_before(self._before)
        )
        if answer.reboot_needed:
            await run.device.system_reboot()
        run.target.move(self._home)
        await run.pause()
        if not await self._is_there(run.environment.reboot_s):
            raise CaseInconclusive(f"the device is not back at {self._home}")


def _is_link_local(host: str) -> bool:
    try:
        return ip_address(host).is_link_local
    except ValueError:
        return False


def _as_before(before: NetworkInterface) -> NetworkInterfaceSetConfiguration:
    """What sets an interface as it was told; link and MTU are left alone, as no case changes them."""
    four = six = None
    if before.ipv4 is not None:
        held = before.ipv4.config
        four = IPv4NetworkInterfaceSetConfiguration(
            enabled=before.ipv4.enabled, manual=() if held.dhcp else held.manual, dhcp=held.dhcp
        )
    if before.ipv6 is not None:
        config = before.ipv6.config
        six = IPv6NetworkInterfaceSetConfiguration(
            enabled=before.ipv6.enabled,
            accept_router_advert=None if config is None else config.accept_router_advert,
            manual=() if config is None else config.manual,
            dhcp=None if config is None else config.dhcp,
        )
    return NetworkInterfaceSetConfiguration(enabled=before.enabled, ipv4=four, ipv6=six)
