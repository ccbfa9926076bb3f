"""The port that relay outputs are driven through, and its simulated twin."""

from typing import Protocol


class RelayDriver(Protocol):
    """One contact that can be closed and opened."""

    async def put(self, *, is_closed: bool) -> None:
        """Close or open the contact; raises HardwareFailed, and then its state is as uncertain as before."""
        ...

    async def close(self) -> None:
        """Give back what the driver holds; the contact stays as it is, or falls open, as hardware does."""
        ...


class VirtualRelay:
    """A contact that exists in this program alone; `is_closed` is its state."""

    def __init__(self) -> None:
        self.is_closed = False

    async def put(self, *, is_closed: bool) -> None:
        """Close or open the contact."""
        self.is_closed = is_closed

    async def close(self) -> None:
        """Nothing to give back."""
