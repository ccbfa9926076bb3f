"""`vedette discover`: devices in the local network."""

import argparse
from ipaddress import ip_address

from vedette.cli.exits import CommandFailed, Exit

DESCRIPTION = """Find devices in the local network by WS-Discovery and print each once, as it answers.

Only devices on the same link are heard; others are reached by their address: vedette probe URL."""
EXAMPLES = """  vedette discover
  vedette discover --timeout 10 --json
  vedette discover --interface 192.0.2.5 --scope onvif://www.onvif.org/location/hall"""
TIMEOUT_MOST_S = 300.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--timeout", type=float, default=4.0, metavar="S", help="how long to listen (4)")
    parser.add_argument(
        "--interface", action="append", default=[], metavar="ADDRESS", help="ask from this own address only"
    )
    parser.add_argument(
        "--scope", action="append", default=[], metavar="URI", help="only devices with this scope"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")


def run(arguments: argparse.Namespace) -> int:
    """Listen and print; status 1 when nobody answered."""
    import asyncio

    if not 0 < arguments.timeout <= TIMEOUT_MOST_S:
        raise CommandFailed(f"--timeout is 0 to {TIMEOUT_MOST_S:g} seconds", Exit.USAGE)
    return asyncio.run(_discover(arguments))


async def _discover(arguments: argparse.Namespace) -> int:
    from vedette.cli.json_form import json_text
    from vedette.client.discovery import discover

    addresses = _own(arguments.interface)
    heard = 0
    async for device in discover(
        timeout_s=arguments.timeout, scopes=tuple(arguments.scope), addresses=addresses
    ):
        heard += 1
        told = {
            "address": device.address,
            "endpoint": device.endpoint,
            "xaddrs": list(device.xaddrs),
            "name": ", ".join(device.scope_values("name")),
            "hardware": ", ".join(device.scope_values("hardware")),
            "location": ", ".join(device.scope_values("location")),
        }
        if arguments.json:
            print(json_text({**told, "scopes": list(device.scopes)}, is_compact=True), flush=True)
        else:
            named = "  ".join(str(told[key]) for key in ("name", "hardware", "location") if told[key])
            print(f"{device.address}  {named}\n  {' '.join(device.xaddrs)}", flush=True)
    if not heard and not arguments.json:
        raise CommandFailed(f"no device answered; {_silence()}")
    return Exit.OK if heard else Exit.FAILED


def _own(named: list[str]) -> tuple[str, ...]:
    """The addresses to ask from as the system writes them; fails where they are none of this machine's."""
    from vedette.client.interfaces import interface_addresses

    here = [each.address for each in interface_addresses()]
    chosen = []
    for each in named:
        try:
            address = str(ip_address(each.partition("%")[0]))
        except ValueError:
            address = ""
        if address not in here:
            told = f"{each!r} is no address of this machine; there are: {', '.join(here) or 'none'}"
            raise CommandFailed(told, Exit.USAGE)
        chosen.append(address)
    return tuple(chosen)


def _silence() -> str:
    """Why nobody may have answered."""
    from vedette.client.interfaces import interface_addresses

    if all(each.is_loopback for each in interface_addresses()):
        return "this machine has no address in any network"
    return "is multicast to 239.255.255.250, port 3702, let through?"
