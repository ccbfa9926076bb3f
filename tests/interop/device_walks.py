"""Libraries that read and set what device management and DeviceIO have, each on a Vedette of its own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from interop.check import Check, expect
from interop.program import run_json
from interop.site import PROGRAMS, Site
from interop.vedette import HOST, PASSWORD, USER, Vedette

# What the answer to a step must hold; a name in the standard's words for what must be refused.
READ = {
    "GetHostname": "walked",
    "GetDNS": "192.0.2.53",
    "GetNTP": "ntp.walk.example",
    "GetNetworkInterfaces": "token",
    "GetNetworkProtocols": "RTSP",
    "GetScopes": "onvif://www.onvif.org/location/walk",
    "GetUsers": "walker",
    "GetRelayOutputs": "Monostable",
    "GetSystemDateAndTime": "CET-1CEST,M3.5.0,M10.5.0/3",
    "GetDiscoveryMode": "NonDiscoverable",
    "GetRelayOutputOptions": "Bistable",
    "GetDigitalInputs": "closed",
    "GetSerialPorts": "serial1",
}
INPUTS = frozenset(("GetDigitalInputs",))  # onvif-zeep-async cannot set them
DEVICE_IO = frozenset(
    ("GetRelayOutputOptions", "GetDigitalInputs", "GetSerialPorts")
)  # npm onvif does not speak it
REFUSED = {
    "CreateUsers again": "UsernameClash",
    "DeleteUsers again": "UsernameMissing",
    "SetRelayOutputState again": "RelayToken",
}
Words = Callable[[Site, Vedette], list[str | Path]]


def _walk(name: str, words: Words, site: Site, without: frozenset[str]) -> str:
    """Let a library walk, and compare what it was told with what it set."""
    device = Vedette(site.folder / f"walked-{name}", [])
    environment = {
        "HOME": str(site.folder),
        "NODE_PATH": str(site.cache / "interop-node" / "node_modules"),
    }
    try:
        device.start()
        seen: dict[str, Any] = run_json(words(site, device), limit_s=60, environment=environment)
    finally:
        device.kill()
    for label, text in (READ | REFUSED).items():
        is_told = label in without or text in json.dumps(seen.get(label))
        expect(is_told, f"{label} is told {str(seen.get(label))[:200]}")
    wrong = [
        label for label, answer in seen.items() if str(answer).startswith("refused") != (label in REFUSED)
    ]
    expect(not wrong, f"{wrong[0] if wrong else ''}: {seen.get(wrong[0] if wrong else '')}")
    return f"{len(seen)} steps, {len(REFUSED)} of them rightly refused"


def _python(client: str, program: str) -> Words:
    def words(site: Site, device: Vedette) -> list[str | Path]:
        ports = [str(device.http_port), USER, PASSWORD, str(device.rtsp_port)]
        return [site.python(client), PROGRAMS / program, HOST, *ports]

    return words


def _node(site: Site, device: Vedette) -> list[str | Path]:
    ports = [str(device.http_port), USER, PASSWORD, str(device.rtsp_port)]
    return ["node", PROGRAMS / "device_walk_node.js", HOST, *ports]


def _check(client: str, name: str, words: Words, without: frozenset[str] = frozenset()) -> Check:
    shows = "device management and I/O, read and set"
    return Check(client, shows, lambda site: _walk(name, words, site, without), limit_s=90, is_alone=True)


CHECKS = (
    _check("onvif-zeep-async", "zeep", _python("zeep-async", "device_walk_zeep_async.py"), INPUTS),
    _check("onvif-python", "python", _python("onvif-python", "device_walk_onvif_python.py")),
    _check("npm onvif", "node", _node, DEVICE_IO | set(REFUSED)),  # nor tells the codes of faults
)
