"""The filter of addresses that may reach the device."""

from ipaddress import IPv4Address, ip_network

from vedette.conformance.case import case
from vedette.conformance.run import Run
from vedette.conformance.suites.base.network import is_ipv4, is_ipv6
from vedette.contract.schema.network import IPAddressFilter, IPAddressFilterType
from vedette.contract.schema.network_interfaces import PrefixedIPv4Address

# An address of the documentation range (RFC 5737), which the tester surely has not.
ELSEWHERE = PrefixedIPv4Address(address="203.0.113.77", prefix_length=32)


async def _told(run: Run) -> IPAddressFilter:
    return (await run.device.get_ip_address_filter()).ip_address_filter


async def _keep(run: Run) -> IPAddressFilter:
    run.step("ask for the present filter")
    before = await _told(run)
    run.restore("address filter", lambda: run.device.set_ip_address_filter(ip_address_filter=before))
    return before


def _deny(*addresses: PrefixedIPv4Address) -> IPAddressFilter:
    return IPAddressFilter(type=IPAddressFilterType.DENY, ipv4_addresses=addresses)


@case("DEVICE-7-1-1")
async def told(run: Run) -> None:
    """A filter of addresses and prefixes that are some."""
    run.step("ask for the filter")
    for four in (filter_ := await _told(run)).ipv4_addresses:
        run.expect(
            is_ipv4(four.address)
            and 0 <= four.prefix_length <= 32
            and _is_range(four.address, four.prefix_length),
            f"{four.address}/{four.prefix_length} is an IPv4 range",
        )
    for six in filter_.ipv6_addresses:
        run.expect(
            is_ipv6(six.address)
            and 0 <= six.prefix_length <= 128
            and _is_range(six.address, six.prefix_length),
            f"{six.address}/{six.prefix_length} is an IPv6 range",
        )


def _is_range(address: str, prefix_bits: int) -> bool:
    try:
        ip_network(f"{address}/{prefix_bits}", strict=False)
    except ValueError:
        return False
    return True


@case("DEVICE-7-1-2")
async def set_filter(run: Run) -> None:
    """A filter that denies others, then one that allows us."""
    await _keep(run)
    run.step("deny an address elsewhere")
    await _set(run, _deny(ELSEWHERE))
    if not is_ipv4(run.target.host):
        run.warn("allowing was not tried: the device was not reached by an IPv4 address")
        return
    run.step("allow everybody, so ourselves too")
    everybody = PrefixedIPv4Address(address=str(IPv4Address(0)), prefix_length=0)
    await _set(run, IPAddressFilter(type=IPAddressFilterType.ALLOW, ipv4_addresses=(everybody,)))


async def _set(run: Run, wanted: IPAddressFilter) -> None:
    await run.device.set_ip_address_filter(ip_address_filter=wanted)
    await run.pause()
    now = await _told(run)
    run.expect(now.type is wanted.type, f"the type is told as set ({now.type})")
    run.expect(now.ipv4_addresses == wanted.ipv4_addresses, "the addresses are told as set")


@case("DEVICE-7-1-3")
async def add(run: Run) -> None:
    """An address is added to an empty filter."""
    await _keep(run)
    run.step("set an empty filter")
    await _set(run, _deny())
    run.step("add an address")
    await run.device.add_ip_address_filter(ip_address_filter=_deny(ELSEWHERE))
    now = await _told(run)
    run.expect(now.type is IPAddressFilterType.DENY, "the type is still Deny")
    run.expect(now.ipv4_addresses == (ELSEWHERE,), "the address is told")


@case("DEVICE-7-1-4")
async def remove(run: Run) -> None:
    """An address is removed from the filter."""
    await _keep(run)
    run.step("set a filter of one address")
    await _set(run, _deny(ELSEWHERE))
    run.step("remove the address")
    await run.device.remove_ip_address_filter(ip_address_filter=_deny(ELSEWHERE))
    now = await _told(run)
    run.expect(now.type is IPAddressFilterType.DENY, "the type is still Deny")
    run.expect(not now.ipv4_addresses, "the filter is empty")
