"""Which network protocols a device speaks, on which ports."""

from vedette.conformance.case import case
from vedette.conformance.run import Run
from vedette.conformance.verdicts import CaseSkipped
from vedette.contract import faults
from vedette.contract.schema.network import NetworkProtocol, NetworkProtocolType

OTHER_PORT = 10554


async def _protocols(run: Run) -> tuple[NetworkProtocol, ...]:
    return (await run.device.get_network_protocols()).network_protocols


def _of(protocols: tuple[NetworkProtocol, ...], name: NetworkProtocolType) -> NetworkProtocol | None:
    return next((each for each in protocols if each.name is name), None)


@case("DEVICE-2-1-33")
async def protocols(run: Run) -> None:
    """HTTP is there, and RTSP where there is something to stream."""
    run.step("ask for the protocols")
    told = await _protocols(run)
    run.expect(_of(told, NetworkProtocolType.HTTP), "HTTP is told")
    if any(map(run.is_supported, ("Media/RTSP", "Media2/RTSP", "Replay"))):
        run.expect(_of(told, NetworkProtocolType.RTSP), "RTSP is told")
    for each in told:
        run.expect(all(0 < port < 65536 for port in each.ports), f"the ports of {each.name} are ports")


@case("DEVICE-2-1-34")
async def move_rtsp(run: Run) -> None:
    """RTSP is moved to another port and switched off."""
    run.step("ask for the present protocols")
    before = await _protocols(run)
    rtsp = _of(before, NetworkProtocolType.RTSP)
    if rtsp is None:
        raise CaseSkipped("the device does not speak RTSP")
    run.restore("network protocols", lambda: run.device.set_network_protocols(network_protocols=before))
    for is_enabled in (True, False):
        run.step(f"switch RTSP {'on' if is_enabled else 'off'} at port {OTHER_PORT}")
        wanted = NetworkProtocol(name=rtsp.name, enabled=is_enabled, ports=(OTHER_PORT,))
        await run.device.set_network_protocols(network_protocols=(wanted,))
        await run.pause()
        now = _of(await _protocols(run), NetworkProtocolType.RTSP)
        run.expect(now is not None and now.enabled is is_enabled, "it is told as switched")
        if is_enabled and now is not None:
            run.expect(now.ports == (OTHER_PORT,), f"the port is told as set ({now.ports})")


@case("DEVICE-2-1-35")
async def lacking_protocol(run: Run) -> None:
    """A protocol the device lacks cannot be switched on."""
    run.step("ask for the present protocols")
    before = await _protocols(run)
    lacking = [
        each for each in (NetworkProtocolType.HTTPS, NetworkProtocolType.RTSP) if _of(before, each) is None
    ]
    if not lacking:
        raise CaseSkipped("the device speaks every protocol")
    run.restore("network protocols", lambda: run.device.set_network_protocols(network_protocols=before))
    run.step(f"switch {lacking[0]} on")
    wanted = NetworkProtocol(name=lacking[0], enabled=True, ports=(OTHER_PORT,))
    await run.refused(
        run.device.set_network_protocols(network_protocols=(wanted,)), faults.ServiceNotSupported
    )
    run.step("ask again")
    run.expect(await _protocols(run) == before, "the protocols are as before")
