"""Looks at the settings a test may touch, before and after, so that nothing changed goes unnoticed."""

from typing import Any

import msgspec

from vedette.base.errors import VedetteError
from vedette.conformance.target import Target
from vedette.contract.device import Device
from vedette.contract.deviceio import DeviceIO
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
    DeviceIO.get_digital_inputs,
)

Snapshot = dict[str, object]


async def snapshot(target: Target) -> Snapshot:
    """The settings as the device tells them now, by the operation that tells them."""
    found: Snapshot = {}
    for operation in _LOOKED_AT:
        name, url = operation.name, target.services.get(operation.service.namespace)
        if url is None:
            continue
        try:
            found[name] = await target.call(url, operation, operation.request())
        except VedetteError:
            continue
    return found


def differences(before: Snapshot, after: Snapshot) -> list[str]:
    """What differs, in words."""
    return [
        f"{name} {change}"
        for name in dict.fromkeys((*before, *after))
        for change in _changes("", before.get(name), after.get(name))
    ]


def _changes(path: str, before: object, after: object) -> list[str]:
    """What differs below a path: fields one by one, of lists what came and went."""
    if before == after:
        return []
    first, second = (msgspec.to_builtins(each, enc_hook=str) for each in (before, after))
    if isinstance(first, dict) and isinstance(second, dict):
        return [
            change
            for key in dict.fromkeys((*first, *second))
            for change in _changes(f"{path}.{key}" if path else key, first.get(key), second.get(key))
        ]
    if isinstance(first, list) and isinstance(second, list):
        gone = [each for each in first if each not in second]
        new = [each for each in second if each not in first]
        return [f"{path}: {_short(gone)} became {_short(new)}"]
    return [f"{path}: {_short(first)} became {_short(second)}"]


def _short(value: object) -> str:
    return "nothing" if value in (None, []) else msgspec.json.encode(value).decode()[:300]
