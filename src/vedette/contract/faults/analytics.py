"""Faults of analytics."""

from vedette.contract.faults.fault import Fault, ReceiverFault, SenderFault


class InvalidRule(SenderFault):
    """The rule is not acceptable."""

    subcodes = ("InvalidArgVal", "InvalidRule")


class RuleAlreadyExistent(SenderFault):
    """A rule of that name exists already."""

    subcodes = ("InvalidArgVal", "RuleAlreadyExistent")


class FixedRules(SenderFault):
    """A rule is fixed and cannot be made or taken away."""

    subcodes = ("Action", "FixedRules")


class TooManyRules(ReceiverFault):
    """No more rules fit."""

    subcodes = ("Action", "TooManyRules")


class RuleNotExistent(SenderFault):
    """There is no rule of that name."""

    subcodes = ("InvalidArgVal", "RuleNotExistent")


class TypeChangeProhibited(ReceiverFault):
    """The type cannot be changed without a conflict."""

    subcodes = ("Action", "TypeChangeProhibited")


class InvalidModule(SenderFault):
    """The analytics module is not acceptable."""

    subcodes = ("InvalidArgVal", "InvalidModule")


class NameAlreadyExistent(SenderFault):
    """An analytics module of that name exists already."""

    subcodes = ("InvalidArgVal", "NameAlreadyExistent")


class FixedModules(SenderFault):
    """A module is fixed and cannot be made or taken away."""

    subcodes = ("Action", "FixedModules")


class TooManyModules(ReceiverFault):
    """No more analytics modules fit."""

    subcodes = ("Action", "TooManyModules")


class NameNotExistent(SenderFault):
    """There is no analytics module of that name."""

    subcodes = ("InvalidArgVal", "NameNotExistent")


class TypeNotExistent(SenderFault):
    """There is no module of that type."""

    subcodes = ("InvalidArgVal", "TypeNotExistent")


ANALYTICS: tuple[type[Fault], ...] = (
    InvalidRule,
    RuleAlreadyExistent,
    FixedRules,
    TooManyRules,
    RuleNotExistent,
    TypeChangeProhibited,
    InvalidModule,
    NameAlreadyExistent,
    FixedModules,
    TooManyModules,
    NameNotExistent,
    TypeNotExistent,
)
