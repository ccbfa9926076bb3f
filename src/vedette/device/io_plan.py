"""Which inputs and outputs there are: the operator's `[io]`, or the simulated ones."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import msgspec

from vedette.contract.deviceio.serial import SerialPortType
from vedette.device.hardware.gpio import BIASES, GpioLine

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
METHODS = ("GET", "POST", "PUT")
PSEUDO = "pseudo-terminal"
MOST_OF_A_KIND = 64


class Webhook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a relay is moved over HTTP: a request to `closed_url` closes the contact, to `open_url` opens it.

    `user` and `password` answer digest challenges, and basic ones over TLS. `ca_file` holds the
    authorities (PEM) that vouch for the other end instead of the system's.
    """

    closed_url: str
    open_url: str
    method: str = "GET"
    closed_body: str = ""
    open_body: str = ""
    content_type: str = "application/json"
    user: str = ""
    password: str = ""
    verify_tls: bool = True
    ca_file: str = ""


class RelayPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[io.relay]]`: simulated, unless `gpio` or `webhook` says what moves it."""

    token: str
    gpio: GpioLine | None = None
    webhook: Webhook | None = None


class InputPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[io.input]]`: simulated, unless `gpio` says where it is."""

    token: str
    gpio: GpioLine | None = None


class SerialPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[io.serial]]`: `device` is a terminal of the host or `pseudo-terminal`, `type` its electric kind."""

    token: str
    device: str = PSEUDO
    type: SerialPortType = SerialPortType.GENERIC


class IOPlan(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"relays": "relay", "inputs": "input"},
):
    """`[io]`: exactly these inputs and outputs exist."""

    relays: tuple[RelayPlan, ...] = ()
    inputs: tuple[InputPlan, ...] = ()
    serial: tuple[SerialPlan, ...] = ()


SIMULATED = IOPlan(
    relays=(RelayPlan(token="relay1"), RelayPlan(token="relay2")),
    inputs=(InputPlan(token="input1"), InputPlan(token="input2")),
    serial=(SerialPlan(token="serial1"),),
)


def problems(plan: IOPlan) -> Iterator[str]:
    """What is wrong with a plan; each names the entry."""
    yield from _token_problems("relay", [each.token for each in plan.relays])
    yield from _token_problems("input", [each.token for each in plan.inputs])
    yield from _token_problems("serial", [each.token for each in plan.serial])
    for relay in plan.relays:
        if relay.gpio is not None and relay.webhook is not None:
            yield f"io.relay {relay.token!r} has both gpio and webhook"
        if relay.webhook is not None:
            yield from (f"io.relay {relay.token!r}: {each}" for each in _webhook_problems(relay.webhook))
    lines = [(each.token, each.gpio) for each in plan.relays] + [
        (each.token, each.gpio) for each in plan.inputs
    ]
    for token, line in lines:
        if line is not None:
            yield from (f"io {token!r}: {each}" for each in _line_problems(line))


def _token_problems(kind: str, tokens: list[str]) -> Iterator[str]:
    if len(tokens) > MOST_OF_A_KIND:
        yield f"io.{kind}: {len(tokens)} of them, {MOST_OF_A_KIND} are possible"
    for number, token in enumerate(tokens):
        if not _TOKEN.fullmatch(token):
            yield f"io.{kind} {token!r} is no token: letters, digits, - and _, 32 at most"
        if token in tokens[:number]:
            yield f"io.{kind} {token!r} is there twice"


def _webhook_problems(webhook: Webhook) -> Iterator[str]:
    if webhook.method not in METHODS:
        yield f"method {webhook.method!r} is not one of {', '.join(METHODS)}"
    for url in (webhook.closed_url, webhook.open_url):
        try:
            parts = urlsplit(url)
            is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
        except ValueError:
            is_good = False
        if not is_good:
            yield f"{url!r} is no http:// or https:// address without a login in it"


def _line_problems(line: GpioLine) -> Iterator[str]:
    if line.bias not in BIASES:
        yield f"bias {line.bias!r} is not one of {', '.join(BIASES)}"
    if not 0 <= line.debounce_ms <= 60_000:
        yield f"debounce_ms is {line.debounce_ms}, not 0 to 60000"
