"""The host's own services over D-Bus, through `dbus-fast` (the extra `linux`)."""

import asyncio
from types import ModuleType
from typing import Any, Protocol

from vedette.device.hardware.errors import HardwareFailed

ANSWER_S = 10.0
_POLKIT = ("org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority")
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

    async def runs(self, service: str) -> bool:
        """Whether a service runs now."""
        ...

    async def allows(self, action: str) -> bool:
        """Whether this program may do what polkit calls `action`, without anybody being asked."""
        ...

    def variant(self, signature: str, value: Any) -> Any:
        """A value that carries its type."""
        ...

    def close(self) -> None:
        """Leave the bus."""
        ...


class SystemBus:
    """One connection to a bus; when the bus has ended it, the next call joins again."""

    def __init__(self, library: ModuleType, address: str | None) -> None:
        self._library = library
        self._address = address
        self._connection: Any = None

    @classmethod
    async def joined(cls, address: str | None = None) -> "SystemBus":
        """Join the system bus, or the one at `address`; raises HardwareFailed."""
        try:
            import dbus_fast
            import dbus_fast.aio
        except ImportError as error:
            raise HardwareFailed("the linux host needs the extra: pip install 'vedette[linux]'") from error
        made = cls(dbus_fast, address)
        await made._join()
        return made

    async def _join(self) -> None:
        library = self._library
        if self._connection is not None and self._connection.connected:
            return
        try:
            made = library.aio.MessageBus(bus_address=self._address, bus_type=library.BusType.SYSTEM)
            self._connection = await made.connect()
        except (OSError, EOFError, library.InvalidAddressError, library.AuthError) as error:
            raise HardwareFailed(f"the system bus cannot be joined: {error}") from error

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
            async with asyncio.timeout(ANSWER_S):
                await self._join()
                reply = await self._connection.call(message)
        except TimeoutError:
            raise HardwareFailed(f"{service}: no answer to {method} in {ANSWER_S:.0f} s") from None
        except (OSError, EOFError, self._library.DBusError) as error:
            raise HardwareFailed(f"{service}: {error}") from error
        if reply is None or reply.message_type is not self._library.MessageType.METHOD_RETURN:
            told = "no answer" if reply is None else f"{reply.error_name}: {' '.join(map(str, reply.body))}"
            raise HardwareFailed(f"{service} refuses {method}: {told}")
        return list(reply.body)

    async def has(self, service: str) -> bool:
        """Whether the service runs or can be started."""
        name, path, interface = _DAEMON
        startable = await self.call(name, path, f"{interface}.ListActivatableNames")
        return service in startable[0] or await self.runs(service)

    async def runs(self, service: str) -> bool:
        """Whether the service runs now."""
        name, path, interface = _DAEMON
        return bool((await self.call(name, path, f"{interface}.NameHasOwner", "s", service))[0])

    async def allows(self, action: str) -> bool:
        """What polkit says; where it is not there, services decide by themselves when they are called."""
        service, path = _POLKIT
        if not await self.has(service):
            return True
        subject = ["system-bus-name", {"name": self.variant("s", self._connection.unique_name)}]
        method = f"{service}.Authority.CheckAuthorization"
        try:
            answer = await self.call(service, path, method, "(sa{sv})sa{ss}us", subject, action, {}, 0, "")
        except HardwareFailed:  # an action that this version of its service does not have
            return False
        return bool(answer[0][0])

    def variant(self, signature: str, value: Any) -> Any:
        """A value that carries its type."""
        return self._library.Variant(signature, value)

    def close(self) -> None:
        """Leave the bus."""
        self._connection.disconnect()


async def read_property(bus: Bus, service: str, path: str, interface: str, name: str) -> Any:
    """The value of a property; raises HardwareFailed."""
    found = await bus.call(service, path, "org.freedesktop.DBus.Properties.Get", "ss", interface, name)
    return plain(found[0])


async def read_properties(bus: Bus, service: str, path: str, interface: str) -> dict[str, Any]:
    """The values of all properties; raises HardwareFailed."""
    found = await bus.call(service, path, "org.freedesktop.DBus.Properties.GetAll", "s", interface)
    return {str(name): plain(value) for name, value in found[0].items()}


def plain(value: Any) -> Any:
    """A value without the types that D-Bus carries, at any depth."""
    if hasattr(value, "signature"):
        return plain(value.value)
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value
