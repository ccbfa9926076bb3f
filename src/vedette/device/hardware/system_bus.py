"""The host's own services over D-Bus, through `dbus-fast` (the extra `linux`)."""

from types import ModuleType
from typing import Any, Protocol

from vedette.device.hardware.errors import HardwareFailed

ANSWER_S = 10.0
_DAEMON = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")


class Bus(Protocol):
    """Calls methods of services."""

    async def call(
        self, service: str, path: str, member: str, signature: str = "", *arguments: Any
    ) -> list[Any]:
        """Call `member` (interface and method, joined by a dot); raises HardwareFailed."""
        ...

    async def has(self, service: str) -> bool:
        """Whether a service runs or would be started by a call."""
        ...

    def close(self) -> None:
        """Leave the bus."""
        ...


class SystemBus:
    """One connection to a bus."""

    def __init__(self, library: ModuleType, connection: Any) -> None:
        self._library = library
        self._connection = connection

    @classmethod
    async def joined(cls, address: str | None = None) -> "SystemBus":
        """Join the system bus, or the one at `address`; raises HardwareFailed."""
        try:
            import dbus_fast
            import dbus_fast.aio
        except ImportError as error:
            raise HardwareFailed("the linux host needs the extra: pip install 'vedette[linux]'") from error
        try:
            made = dbus_fast.aio.MessageBus(bus_address=address, bus_type=dbus_fast.BusType.SYSTEM)
            connection = await made.connect()
        except (OSError, EOFError, dbus_fast.InvalidAddressError, dbus_fast.AuthError) as error:
            raise HardwareFailed(f"the system bus cannot be joined: {error}") from error
        return cls(dbus_fast, connection)

    async def call(
        self, service: str, path: str, member: str, signature: str = "", *arguments: Any
    ) -> list[Any]:
        """Call a method; raises HardwareFailed with what the service said."""
        interface, _, method = member.rpartition(".")
        message = self._library.Message(
            destination=service,
            path=path,
            interface=interface,
            member=method,
            signature=signature,
            body=list(arguments),
        )
        try:
            reply = await self._connection.call(message)
        except (OSError, EOFError, self._library.DBusError) as error:
            raise HardwareFailed(f"{service}: {error}") from error
        if reply is None or reply.message_type is not self._library.MessageType.METHOD_RETURN:
            told = "no answer" if reply is None else f"{reply.error_name}: {' '.join(map(str, reply.body))}"
            raise HardwareFailed(f"{service} refuses {method}: {told}")
        return list(reply.body)

    async def has(self, service: str) -> bool:
        """Whether the service runs or can be started."""
        name, path, interface = _DAEMON
        running = await self.call(name, path, f"{interface}.ListNames")
        startable = await self.call(name, path, f"{interface}.ListActivatableNames")
        return service in running[0] or service in startable[0]

    def close(self) -> None:
        """Leave the bus."""
        self._connection.disconnect()


async def read_property(bus: Bus, service: str, path: str, interface: str, name: str) -> Any:
    """The value of a property; raises HardwareFailed."""
    found = await bus.call(service, path, "org.freedesktop.DBus.Properties.Get", "ss", interface, name)
    return found[0].value
