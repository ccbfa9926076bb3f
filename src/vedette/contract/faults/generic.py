"""Faults that any operation may answer with."""

from vedette.contract.faults.fault import Fault, ReceiverFault, SenderFault


class VersionMismatch(Fault):
    """The envelope is not a SOAP 1.2 envelope."""

    side = "VersionMismatch"


class MustUnderstand(Fault):
    """A header that must be understood is not."""

    side = "MustUnderstand"


class DataEncodingUnknown(Fault):
    """The message uses an encoding of data that is not understood."""

    side = "DataEncodingUnknown"


class WellFormed(SenderFault):
    """The message is not well-formed XML."""

    subcodes = ("WellFormed",)


class TagMismatch(SenderFault):
    """An element has another name or namespace than expected."""

    subcodes = ("TagMismatch",)


class Tag(SenderFault):
    """An element is missing."""

    subcodes = ("Tag",)


class Namespace(SenderFault):
    """A SOAP namespace is wrong."""

    subcodes = ("Namespace",)


class MissingAttr(SenderFault):
    """A required attribute is missing."""

    subcodes = ("MissingAttr",)


class ProhibAttr(SenderFault):
    """An attribute is there that must not be."""

    subcodes = ("ProhibAttr",)


class InvalidArgs(SenderFault):
    """Arguments are missing, too many, or of the wrong type."""

    subcodes = ("InvalidArgs",)


class InvalidArgVal(SenderFault):
    """An argument's value is not acceptable."""

    subcodes = ("InvalidArgVal",)


class UnknownAction(SenderFault):
    """There is no such operation."""

    subcodes = ("UnknownAction",)


class OperationProhibited(SenderFault):
    """The device does not let this be done."""

    subcodes = ("OperationProhibited",)


class NotAuthorized(SenderFault):
    """The caller may not do this, or has not said who it is."""

    subcodes = ("NotAuthorized",)


class ActionNotSupported(ReceiverFault):
    """The operation is optional and this device does not have it."""

    subcodes = ("ActionNotSupported",)


class Action(ReceiverFault):
    """The operation failed."""

    subcodes = ("Action",)


class OutofMemory(ReceiverFault):
    """There is not enough memory to do it."""

    subcodes = ("OutofMemory",)


class CriticalError(ReceiverFault):
    """The device is in a state that only a reset or power cycle ends."""

    subcodes = ("CriticalError",)


GENERIC: tuple[type[Fault], ...] = (
    VersionMismatch,
    MustUnderstand,
    DataEncodingUnknown,
    WellFormed,
    TagMismatch,
    Tag,
    Namespace,
    MissingAttr,
    ProhibAttr,
    InvalidArgs,
    InvalidArgVal,
    UnknownAction,
    OperationProhibited,
    NotAuthorized,
    ActionNotSupported,
    Action,
    OutofMemory,
    CriticalError,
)
