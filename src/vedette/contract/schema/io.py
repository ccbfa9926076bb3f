"""Relays, digital inputs, video outputs and their layouts."""

from datetime import timedelta
from enum import StrEnum

from vedette.contract.schema.encoding import VideoResolution
from vedette.contract.schema.geometry import Rectangle
from vedette.contract.schema.values import ConfigurationEntity, DeviceEntity
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TT


class RelayMode(StrEnum):
    """Relay mode: the named values."""

    MONOSTABLE = "Monostable"
    BISTABLE = "Bistable"


class RelayIdleState(StrEnum):
    """Relay idle state: the named values."""

    CLOSED = "closed"
    OPEN = "open"


@message(TT)
class RelayOutputSettings:
    """Relay output settings."""

    mode: RelayMode
    delay_time: timedelta
    idle_state: RelayIdleState


@message(TT)
class RelayOutput(DeviceEntity):
    """Relay output."""

    properties: RelayOutputSettings


class RelayLogicalState(StrEnum):
    """Relay logical state: the named values."""

    ACTIVE = "active"
    INACTIVE = "inactive"


@message(TT)
class PaneLayout:
    """Pane layout."""

    pane: str
    area: Rectangle


@message(TT)
class Layout:
    """Layout."""

    pane_layouts: tuple[PaneLayout, ...] = element("PaneLayout")


@message(TT)
class VideoOutput(DeviceEntity):
    """Video output."""

    layout: Layout
    resolution: VideoResolution | None = None
    refresh_rate: float | None = None
    aspect_ratio: float | None = None


@message(TT)
class VideoOutputConfiguration(ConfigurationEntity):
    """Video output configuration."""

    output_token: str


@message(TT)
class VideoOutputConfigurationOptions:
    """Video output configuration options."""


class DigitalIdleState(StrEnum):
    """Digital idle state: the named values."""

    CLOSED = "closed"
    OPEN = "open"


@message(TT)
class DigitalInput(DeviceEntity):
    """Digital input."""

    idle_state: DigitalIdleState | None = attribute("IdleState", default=None)
