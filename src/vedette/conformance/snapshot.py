"""Looks at the settings a test may touch, before and after, so that nothing changed goes unnoticed."""

from typing import Any

import msgspec

from vedette.base.errors import VedetteError
from vedette.conformance.target import Target
from vedette.contract.device import Device
from vedette.contract.operation import Operation

# Read-only operations without arguments whose answers are settings; what a device refuses is left out.
_LOOKED_AT: tuple[Operation[..., Any, Any], ...] = (
    Device.get_hostname,
    Device.get_dns,
    Device.get_ntp,
    Device.get_dynamic_dns,
    Device.get_network_protocols,
    Device.get_network_default_gateway,
    Device.get_network_interfaces,
    Device.get_zero_configuration,
    Device.get_ip_address_filter,
    Device.get_scopes,
    Device.get_discovery_mode,
    Device.get_users,
    Device.get_remote_user,
    Device.get_relay_outputs,
)

Snapshot = dict[str, object]


async def snapshot(target: Target) -> Snapshot:
    """The settings as the device tells them now, by the operation that tells them."""
    found: Snapshot = {}
    for operation in _LOOKED_AT:
        name = operation.name
        try:
            found[name] = await target.call(target.url, operation, operation.request())
        except VedetteError:
            continue
    return found


def differences(before: Snapshot, after: Snapshot) -> list[str]:
    """What differs, in words."""
    return [
        f"{name}: {_short(before.get(name))} became {_short(after.get(name))}"
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    ]


def _short(value: object) -> str:
    return "nothing" if value is None else msgspec.json.encode(value, enc_hook=str).decode()[:300]
