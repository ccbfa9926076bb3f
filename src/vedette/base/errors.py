"""The families of errors; everything Vedette raises on purpose derives from `VedetteError`."""


class VedetteError(Exception):
    """Anything that Vedette refuses or reports on purpose."""


class ProtocolError(VedetteError):
    """The rules of a protocol were broken."""


class PeerError(ProtocolError):
    """The other side broke the rules; the message names what it sent."""


class CallerError(ProtocolError):
    """Our own code used a protocol core out of turn: a defect of ours."""


class LimitExceeded(PeerError):
    """The other side sent more than a documented limit allows."""
