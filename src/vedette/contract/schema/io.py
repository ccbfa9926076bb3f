"""Relays, digital inputs, video outputs and their layouts."""

from datetime import timedelta
from enum import StrEnum

from vedette.contract.schema.encoding import VideoResolution
from vedette.contract.schema.geometry import Rectangle
from vedette.contract.schema.values import ConfigurationEntity, DeviceEntity
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TT


class RelayMode(StrEnum):
    """Whether a relay falls back by itself."""

    MONOSTABLE = "Monostable"
    BISTABLE = "Bistable"


class RelayIdleState(StrEnum):
    """The state of a relay at rest."""

    CLOSED = "closed"
    OPEN = "open"


@message(TT)
class RelayOutputSettings:
    """How a relay behaves: latching or pulsing, and its idle state."""

    mode: RelayMode
    delay_time: timedelta
    idle_state: RelayIdleState


@message(TT)
class RelayOutput(DeviceEntity):
    """A relay and its settings."""

    properties: RelayOutputSettings


class RelayLogicalState(StrEnum):
    """Whether a relay is active."""

    ACTIVE = "active"
    INACTIVE = "inactive"


@message(TT)
class PaneLayout:
    """Where a pane lies on the output."""

    pane: str
    area: Rectangle


@message(TT)
class Layout:
    """Which panes a video output shows."""

    pane_layouts: tuple[PaneLayout, ...] = element("PaneLayout")


@message(TT)
class VideoOutput(DeviceEntity):
    """A video output and its layout."""

    layout: Layout
    resolution: VideoResolution | None = None
    refresh_rate: float | None = None
    aspect_ratio: float | None = None


@message(TT)
class VideoOutputConfiguration(ConfigurationEntity):
    """A video output as a configuration."""

    output_token: str


@message(TT)
class VideoOutputConfigurationOptions:
    """What a video output can be set to."""


class DigitalIdleState(StrEnum):
    """The state of a digital input at rest."""

    CLOSED = "closed"
    OPEN = "open"


@message(TT)
class DigitalInput(DeviceEntity):
    """A digital input and its idle state."""

    idle_state: DigitalIdleState | None = attribute("IdleState", default=None)
