"""Auxiliary commands of the device service."""

from vedette.conformance.case import case
from vedette.conformance.run import Run

KNOWN = frozenset(
    (
        *("tt:Wiper|On", "tt:Wiper|Off", "tt:Washer|On", "tt:Washer|Off"),
        *("tt:WashingProcedure|On", "tt:WashingProcedure|Off"),
        *("tt:IRLamp|On", "tt:IRLamp|Off", "tt:IRLamp|Auto"),
    )
)


@case("DEVICE-8-1-1")
async def commands(run: Run) -> None:
    """Every known command that is announced is taken."""
    run.step("ask for the commands")
    misc = (await run.device.get_service_capabilities()).capabilities.misc
    announced = () if misc is None else misc.auxiliary_commands
    run.expect(announced, "commands are announced")
    for command in (each for each in announced if each in KNOWN):
        run.step(f"send {command}")
        await run.device.send_auxiliary_command(auxiliary_command=command)
