"""How a command ends: its exit status, and the error that carries one."""

from enum import IntEnum

from vedette.base.errors import VedetteError


class Exit(IntEnum):
    """Exit statuses, the same for every command; see docs/client.md."""

    OK = 0
    FAILED = 1
    USAGE = 2
    UNREACHABLE = 3
    NOT_AUTHORIZED = 4


class CommandFailed(VedetteError):
    """A command cannot go on; the message says why and what to do."""

    def __init__(self, message: str, status: Exit = Exit.FAILED) -> None:
        super().__init__(message)
        self.status = status
