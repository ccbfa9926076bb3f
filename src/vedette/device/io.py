"""The inputs and outputs of this device, made as planned and run together."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

from vedette.base.clock import Clock
from vedette.client.auth import Login, Request
from vedette.client.errors import Unreachable
from vedette.client.transport import HttpTransport
from vedette.device.events import EventBroker
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.gpio import GpioInput, GpioRelay
from vedette.device.hardware.inputs import InputDriver, VirtualInput
from vedette.device.hardware.relays import RelayDriver, VirtualRelay
from vedette.device.hardware.serial import SerialLine
from vedette.device.hardware.webhook import WebhookRelay
from vedette.device.io_inputs import Inputs
from vedette.device.io_plan import PSEUDO, InputPlan, IOPlan, RelayPlan, SerialPlan, Webhook
from vedette.device.io_relays import Relays
from vedette.device.io_serial import SerialPort, SerialPorts
from vedette.device.settings.store import SettingsStore

_log = logging.getLogger(__name__)

_Plan = TypeVar("_Plan", RelayPlan, InputPlan)
_Driver = TypeVar("_Driver")


class DeviceIO:
    """Relays, digital inputs and serial ports. What a driver cannot find at the start does not exist."""

    def __init__(self, relays: Relays, inputs: Inputs, serial: SerialPorts) -> None:
        self.relays = relays
        self.inputs = inputs
        self.serial = serial

    @classmethod
    def planned(cls, plan: IOPlan, store: SettingsStore, broker: EventBroker, clock: Clock) -> Self:
        """What the plan says; a relay or input whose hardware is missing is logged and left out."""
        return cls(
            Relays(_found(plan.relays, _relay_driver), store, broker, clock),
            Inputs(_found(plan.inputs, _input_driver), store, broker),
            SerialPorts(
                tuple(
                    SerialPort(each.token, each.type.value, partial(_open_line, each), store)
                    for each in plan.serial
                )
            ),
        )

    async def run(self) -> None:
        """Watch inputs, end pulses and keep lines open until cancelled; then give back the hardware."""
        try:
            async with asyncio.TaskGroup() as group:
                for circuit in self.inputs:
                    circuit.start()
                for relay in self.relays:
                    group.create_task(relay.run(), name=f"relay {relay.token}")
                for port in self.serial:
                    group.create_task(port.run(), name=f"serial port {port.token}")
                await asyncio.Event().wait()
        finally:
            await self._close()

    async def _close(self) -> None:
        for circuit in self.inputs:
            circuit.close()
        for port in self.serial:
            port.close()
        for relay in self.relays:
            await relay.close()


def _found(plans: Iterable[_Plan], make: Callable[[_Plan], _Driver]) -> dict[str, _Driver]:
    drivers = {}
    for plan in plans:
        try:
            drivers[plan.token] = make(plan)
        except HardwareFailed as error:
            _log.error("%s is left out: %s", plan.token, error)
    return drivers


def _relay_driver(plan: RelayPlan) -> RelayDriver:
    if plan.gpio is not None:
        return GpioRelay(plan.gpio)
    if plan.webhook is not None:
        return webhook_relay(plan.webhook)
    return VirtualRelay()


def _input_driver(plan: InputPlan) -> InputDriver:
    return VirtualInput() if plan.gpio is None else GpioInput(plan.gpio)


def webhook_relay(webhook: Webhook) -> WebhookRelay:
    """The relay behind an HTTP interface; raises HardwareFailed where its authorities cannot be read."""

    def request(url: str, body: str) -> Request:
        headers = [("Connection", "close")]  # a relay is moved seldom, and its maker kept things simple
        if body:
            headers.append(("Content-Type", webhook.content_type))
        return Request(method=webhook.method, url=url, headers=tuple(headers), body=body.encode())

    is_private = all(url.startswith("https:") for url in (webhook.closed_url, webhook.open_url))
    try:
        authorities = Path(webhook.ca_file) if webhook.ca_file else None
        transport = HttpTransport(verify_tls=webhook.verify_tls, ca_file=authorities)
    except Unreachable as error:
        raise HardwareFailed(str(error)) from error
    return WebhookRelay(
        request(webhook.closed_url, webhook.closed_body),
        request(webhook.open_url, webhook.open_body),
        Login(webhook.user, webhook.password, is_basic_allowed=is_private),
        transport,
    )


def _open_line(plan: SerialPlan) -> SerialLine:
    return SerialLine.pseudo() if plan.device == PSEUDO else SerialLine.device(plan.device)
