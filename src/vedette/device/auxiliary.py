"""Auxiliary commands: what can be switched at the cameras of this device besides their pictures."""

from collections.abc import Callable

from vedette.contract.faults import AuxiliaryDataNotSupported
from vedette.device.cameras import Cameras
from vedette.device.media.drawn import DrawnEncoders

_DRAWN = "drawn:"


class Auxiliaries:
    """The infrared lamp of drawn cameras: with it the scene is seen without colours, as at night.

    One lamp for all of them; it is off when the program starts. Source: Core, SendAuxiliaryCommand
    (26.06 §8.7).
    """

    def __init__(self, cameras: Cameras, drawn: DrawnEncoders) -> None:
        self._cameras = cameras
        self._actions: dict[str, Callable[[], None]] = {
            "tt:IRLamp|On": lambda: drawn.light(is_infrared=True),
            "tt:IRLamp|Off": lambda: drawn.light(is_infrared=False),
        }

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands that would do something now."""
        has_lamp = any(each.settings.source.startswith(_DRAWN) for each in self._cameras)
        return tuple(self._actions) if has_lamp else ()

    def send(self, command: str) -> None:
        """Carry out a command; raises AuxiliaryDataNotSupported."""
        if command not in self.commands:
            known = ", ".join(self.commands) or "none"
            raise AuxiliaryDataNotSupported(f"{command[:80]!r} is not among the commands: {known}")
        self._actions[command]()
