"""Receivers: where a device pulls a stream from."""

from enum import StrEnum

from vedette.contract.schema.media import StreamSetup
from vedette.wire.message import message
from vedette.wire.namespaces import TT


class ReceiverMode(StrEnum):
    """Receiver mode: the named values."""

    AUTO_CONNECT = "AutoConnect"
    ALWAYS_CONNECT = "AlwaysConnect"
    NEVER_CONNECT = "NeverConnect"
    UNKNOWN = "Unknown"


@message(TT)
class ReceiverConfiguration:
    """Receiver configuration."""

    mode: ReceiverMode
    media_uri: str
    stream_setup: StreamSetup


@message(TT)
class Receiver:
    """Receiver."""

    token: str
    configuration: ReceiverConfiguration


class ReceiverState(StrEnum):
    """Receiver state: the named values."""

    NOT_CONNECTED = "NotConnected"
    CONNECTING = "Connecting"
    CONNECTED = "Connected"
    UNKNOWN = "Unknown"


@message(TT)
class ReceiverStateInformation:
    """Receiver state information."""

    state: ReceiverState
    auto_created: bool
