"""Serial ports listened to and spoken to."""

from datetime import timedelta

from vedette.client.errors import Unreachable
from vedette.conformance.case import case
from vedette.conformance.run import Run
from vedette.conformance.suites.deviceio.relays import device_io
from vedette.conformance.suites.deviceio.serial import port_tokens
from vedette.contract.deviceio import DeviceIO
from vedette.contract.deviceio.serial import SendReceiveSerialCommand, SerialData
from vedette.contract.faults import Fault

LONG = timedelta(seconds=61)
AT_ONCE = timedelta(0)
UNTIL_DONE = timedelta(seconds=-1)
BINARY = bytes((0x01, 0x02, 0x7E, 0x80, 0xFF))
TEXT = "vedette"


async def _command(
    run: Run, token: str, *, limit_s: float, time_out: timedelta | None, data: SerialData | None = None
) -> None:
    """Send a command, which must be answered within `limit_s` seconds; raises CaseFailed."""
    device_io(run)  # ends the case where there is no such service
    url = run.target.services[DeviceIO.namespace]
    request = SendReceiveSerialCommand(token=token, serial_data=data, time_out=time_out)
    operation = DeviceIO.send_receive_serial_command
    started_s = run.target.clock.monotonic_s()
    try:
        await run.target.call(url, operation, request, answer_timeout_s=limit_s)
    except Unreachable as error:
        run.fail(f"no answer within {limit_s:.0f} s: {error}")
    except Fault as fault:
        run.fail(f"refused: {fault}")
    took_s = run.target.clock.monotonic_s() - started_s
    run.expect(took_s <= limit_s, f"it is answered within {limit_s:.0f} s ({took_s:.1f} s)")


@case("DEVICEIO-6-1-4")
async def listened(run: Run) -> None:
    """Nothing is sent; the answer comes after as long as is asked for, or as the device likes."""
    environment = run.environment
    for token in await port_tokens(run):
        run.step(f"listen to {token}, for as long as the device likes")
        await _command(run, token, limit_s=environment.delay_s, time_out=None)
        run.step(f"listen to {token} for {LONG.total_seconds():.0f} s")
        limit_s = LONG.total_seconds() + environment.message_s
        await _command(run, token, limit_s=limit_s, time_out=LONG)
        run.step(f"take from {token} what is there")
        await _command(run, token, limit_s=environment.delay_s, time_out=AT_ONCE)
        run.step(f"listen to {token} until an answer is complete, for as long as the device likes")
        await _command(run, token, limit_s=environment.delay_s, time_out=UNTIL_DONE)


@case("DEVICEIO-6-1-5")
async def spoken_to(run: Run) -> None:
    """Bytes and text are sent without waiting for an answer."""
    limit_s = run.environment.delay_s
    for token in await port_tokens(run):
        run.step(f"send bytes to {token}")
        await _command(run, token, limit_s=limit_s, time_out=AT_ONCE, data=SerialData(binary=BINARY))
        run.step(f"send text to {token}")
        await _command(run, token, limit_s=limit_s, time_out=AT_ONCE, data=SerialData(string=TEXT))
