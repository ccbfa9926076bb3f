"""Serial ports: what there is, what it is set to, what it can be set to, and that it takes it."""

import msgspec

from vedette.conformance.case import case
from vedette.conformance.run import Run
from vedette.conformance.suites.deviceio.relays import device_io
from vedette.contract import faults
from vedette.contract.deviceio.serial import (
    ParityBit,
    SerialPortConfiguration,
    SerialPortConfigurationOptions,
)

UNKNOWN_TOKEN = "no-such-port"


async def port_tokens(run: Run) -> list[str]:
    """The tokens of the serial ports, one at least."""
    run.step("ask for the serial ports")
    found = [each.token for each in (await device_io(run).get_serial_ports()).serial_ports]
    run.expect(found, "there is a serial port")
    return found


async def _configuration(run: Run, token: str) -> SerialPortConfiguration:
    answer = await device_io(run).get_serial_port_configuration(serial_port_token=token)
    found = answer.serial_port_configuration
    run.expect(found.token == token, f"the configuration is that of {token} ({found.token})")
    return found


async def _options(run: Run, token: str) -> SerialPortConfigurationOptions:
    answer = await device_io(run).get_serial_port_configuration_options(serial_port_token=token)
    found = answer.serial_port_options
    run.expect(found.token == token, f"the options are those of {token} ({found.token})")
    return found


def _choices(options: SerialPortConfigurationOptions) -> dict[str, tuple[object, ...]]:
    """What is offered, by the names of the configuration's fields."""
    return {
        "baud_rate": options.baud_rate_list.items,
        "parity_bit": options.parity_bit_list.items,
        "character_length": options.character_length_list.items,
        "stop_bit": options.stop_bit_list.items,
    }


async def _set(run: Run, wanted: SerialPortConfiguration, *, is_lasting: bool) -> None:
    await device_io(run).set_serial_port_configuration(
        serial_port_configuration=wanted, force_persistance=is_lasting
    )
    now = await _configuration(run, wanted.token)
    run.expect(now == wanted, f"the port is told as set ({now})")


@case("DEVICEIO-6-1-1")
async def told(run: Run) -> None:
    """Serial ports with tokens of their own, as many as the capabilities say."""
    run.step("ask for the capabilities")
    said = (await device_io(run).get_service_capabilities()).capabilities.serial_ports or 0
    tokens = await port_tokens(run)
    run.expect(len(tokens) == said, f"both say {len(tokens)} ({said})")
    run.expect(len(set(tokens)) == len(tokens), "every token is given once")


@case("DEVICEIO-6-1-2")
async def consistent(run: Run) -> None:
    """Every port is set to something that its options offer."""
    for token in await port_tokens(run):
        run.step(f"compare what {token} is set to with what it can be set to")
        present = await _configuration(run, token)
        for name, offered in _choices(await _options(run, token)).items():
            value = getattr(present, name)
            run.expect(offered, f"something is offered for {name}")
            run.expect(value in offered, f"the {name} is among what is offered ({value})")


@case("DEVICEIO-6-1-3")
async def settings(run: Run) -> None:
    """Every port takes other settings, the first that are offered and then the last."""
    for token in await port_tokens(run):
        run.step(f"ask about {token}")
        present = await _configuration(run, token)
        choices = _choices(await _options(run, token))
        run.expect(all(choices.values()), "something is offered for every part")
        _keep(run, present)
        run.step(f"set {token} to the first that differs")
        first = {
            name: next((each for each in offered if each != getattr(present, name)), offered[0])
            for name, offered in choices.items()
        }
        await _set(run, _changed(present, first), is_lasting=False)
        run.step(f"set {token} to the last")
        last = {name: offered[-1] for name, offered in choices.items()}
        await _set(run, _changed(present, last), is_lasting=True)


@case("DEVICEIO-6-1-6")
async def unknown_configuration(run: Run) -> None:
    """The configuration of a port that does not exist is refused."""
    run.step("ask what an unknown port is set to")
    await run.refused(
        device_io(run).get_serial_port_configuration(serial_port_token=UNKNOWN_TOKEN),
        faults.InvalidSerialPort,
    )


@case("DEVICEIO-6-1-7")
async def unknown_options(run: Run) -> None:
    """The options of a port that does not exist are refused."""
    run.step("ask what an unknown port can be set to")
    await run.refused(
        device_io(run).get_serial_port_configuration_options(serial_port_token=UNKNOWN_TOKEN),
        faults.InvalidSerialPort,
    )


@case("DEVICEIO-6-1-8")
async def refused(run: Run) -> None:
    """Settings that are not offered are refused, and nothing changes."""
    for token in await port_tokens(run):
        run.step(f"ask about {token}")
        present = await _configuration(run, token)
        choices = _choices(await _options(run, token))
        _keep(run, present)
        run.step(f"set {token} to what it does not offer")
        parities = [each for each in ParityBit if each not in choices["parity_bit"]]
        wrong = {
            "baud_rate": _other(choices["baud_rate"]),
            "parity_bit": parities[0] if parities else present.parity_bit,
            "character_length": _other(choices["character_length"]),
            "stop_bit": float(_other(choices["stop_bit"])),
        }
        await run.refused(
            device_io(run).set_serial_port_configuration(
                serial_port_configuration=_changed(present, wrong), force_persistance=False
            ),
            faults.ConfigModify,
        )
        run.step(f"look at {token} again")
        now = await _configuration(run, token)
        run.expect(now == present, f"nothing changed ({now})")


def _other(offered: tuple[object, ...]) -> int:
    """A number that is not offered."""
    return next(number for number in range(3, 3 + len(offered) + 1) if number not in offered)


def _changed(present: SerialPortConfiguration, fields: dict[str, object]) -> SerialPortConfiguration:
    return msgspec.structs.replace(present, **fields)  # type: ignore[type-var]


def _keep(run: Run, present: SerialPortConfiguration) -> None:
    """Put a port back as it is now when the case ends."""
    run.restore(
        f"serial port {present.token}",
        lambda: device_io(run).set_serial_port_configuration(
            serial_port_configuration=present, force_persistance=True
        ),
    )
