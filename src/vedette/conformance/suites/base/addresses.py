"""How a device comes by its addresses."""

from vedette.conformance.case import case
from vedette.conformance.run import Run


@case("IPCONFIG-1-1-5")
async def link_local(run: Run) -> None:
    """Zero configuration on and off, told as set."""
    run.step("ask for the present settings")
    before = (await run.device.get_zero_configuration()).zero_configuration
    token = before.interface_token
    interfaces = (await run.device.get_network_interfaces()).network_interfaces
    run.expect(token in {each.token for each in interfaces}, f"the interface {token!r} exists")
    run.restore(
        "zero configuration",
        lambda: run.device.set_zero_configuration(interface_token=token, enabled=before.enabled),
    )
    for wanted in (True, False):
        run.step(f"switch zero configuration {'on' if wanted else 'off'}")
        await run.device.set_zero_configuration(interface_token=token, enabled=wanted)
        await run.pause()
        now = (await run.device.get_zero_configuration()).zero_configuration
        run.expect(now.enabled is wanted, f"it is told {'on' if wanted else 'off'}")
        if wanted:
            is_local = any(each.startswith("169.254.") for each in now.addresses)
            run.expect(is_local, f"a link-local address is told ({', '.join(now.addresses) or 'none'})")
