"""Receivers: where a device pulls a stream from."""

from enum import StrEnum

from vedette.contract.schema.media import StreamSetup
from vedette.wire.message import message
from vedette.wire.namespaces import TT


class ReceiverMode(StrEnum):
    """Whether a receiver is connected."""

    AUTO_CONNECT = "AutoConnect"
    ALWAYS_CONNECT = "AlwaysConnect"
    NEVER_CONNECT = "NeverConnect"
    UNKNOWN = "Unknown"


@message(TT)
class ReceiverConfiguration:
    """Where a receiver pulls its stream from, and how."""

    mode: ReceiverMode
    media_uri: str
    stream_setup: StreamSetup


@message(TT)
class Receiver:
    """A receiver and its configuration."""

    token: str
    configuration: ReceiverConfiguration


class ReceiverState(StrEnum):
    """The states of a receiver."""

    NOT_CONNECTED = "NotConnected"
    CONNECTING = "Connecting"
    CONNECTED = "Connected"
    UNKNOWN = "Unknown"


@message(TT)
class ReceiverStateInformation:
    """The state of a receiver, and whether that is its own doing."""

    state: ReceiverState
    auto_created: bool
