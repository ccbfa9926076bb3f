"""Talks to other devices. `from vedette.client import Camera` is where to begin."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vedette.client.addresses import XAddrPolicy
    from vedette.client.camera import Camera
    from vedette.client.errors import (
        BadAddress,
        ClientError,
        ConnectionClosed,
        LedAstray,
        NotOnvif,
        ServiceMissing,
        Unreachable,
        Untrusted,
    )
    from vedette.client.events import Event, PullOptions
    from vedette.client.transport import HttpTransport, LoopbackTransport

__all__ = [
    "BadAddress",
    "Camera",
    "ClientError",
    "ConnectionClosed",
    "Event",
    "HttpTransport",
    "LedAstray",
    "LoopbackTransport",
    "NotOnvif",
    "PullOptions",
    "ServiceMissing",
    "Unreachable",
    "Untrusted",
    "XAddrPolicy",
]

_FILES = {
    "Camera": "camera",
    "Event": "events",
    "HttpTransport": "transport",
    "LoopbackTransport": "transport",
    "PullOptions": "events",
    "XAddrPolicy": "addresses",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for, and no more: a recorder needs the RTSP part alone."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_FILES.get(name, 'errors')}"), name)


def __dir__() -> list[str]:
    """The names that are imported when asked for, too."""
    return sorted({*globals(), *__all__})
