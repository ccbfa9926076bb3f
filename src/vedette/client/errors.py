"""What can go wrong with a device before it answers; what it answers itself are the contract's faults."""

from vedette.base.errors import VedetteError

NOT_NOW = frozenset((502, 503, 504))  # what starts or has too much to do, or a proxy that does not reach it
TRY_LATER = "it is starting or busy, or a proxy does not reach it; try again in a while"


class ClientError(VedetteError):
    """A device could not be asked. Refusals by the device itself are faults (`vedette.contract.faults`)."""


class Unreachable(ClientError):
    """Nothing answers at the address, or not in time, or not over a connection that can be trusted."""


class Untrusted(Unreachable):
    """What answers shows a certificate that is not trusted."""


class LedAstray(Unreachable):
    """Nothing answers where the device says that its service is, though the device itself was reached."""


class ConnectionClosed(ClientError):
    """The connection to the device was closed by its owner and must not be used any more."""


class NotOnvif(ClientError):
    """Something answers, but it does not speak the standard: most often the wrong port or path."""


class ServiceMissing(ClientError):
    """The device does not offer the service."""


class BadAddress(ClientError):
    """The address of a device cannot be understood."""
