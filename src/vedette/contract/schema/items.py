"""Named items, parameterised configurations, their descriptions, and the event message made of them."""

from datetime import datetime
from enum import StrEnum

from vedette.contract.schema.geometry import Transformation
from vedette.wire.message import XmlElement, XmlName, anything, attribute, element, message
from vedette.wire.namespaces import TT


class PropertyOperation(StrEnum):
    """Property operation: the named values."""

    INITIALIZED = "Initialized"
    DELETED = "Deleted"
    CHANGED = "Changed"


@message(TT)
class SimpleItem:
    """Simple item."""

    name: str = attribute("Name")
    value: str = attribute("Value")


@message(TT)
class ElementItem:
    """Element item."""

    name: str = attribute("Name")
    content: tuple[XmlElement, ...] = anything()


@message(TT)
class ItemList:
    """Item list."""

    simple_items: tuple[SimpleItem, ...] = element("SimpleItem", default=())
    element_items: tuple[ElementItem, ...] = element("ElementItem", default=())


@message(TT)
class Message:
    """Message."""

    utc_time: datetime = attribute("UtcTime")
    property_operation: PropertyOperation | None = attribute("PropertyOperation", default=None)
    source: ItemList | None = None
    key: ItemList | None = None
    data: ItemList | None = None


@message(TT)
class Config:
    """Config."""

    name: str = attribute("Name")
    type: XmlName = attribute("Type")
    parameters: ItemList


@message(TT)
class SimpleItemDescription:
    """Simple item description."""

    name: str = attribute("Name")
    type: XmlName = attribute("Type")


@message(TT)
class ElementItemDescription:
    """Element item description."""

    name: str = attribute("Name")
    type: XmlName = attribute("Type")


@message(TT)
class ItemListDescription:
    """Item list description."""

    simple_item_descriptions: tuple[SimpleItemDescription, ...] = element("SimpleItemDescription", default=())
    element_item_descriptions: tuple[ElementItemDescription, ...] = element(
        "ElementItemDescription", default=()
    )


@message(TT)
class MessageDescription:
    """Message description."""

    is_property: bool | None = attribute("IsProperty", default=None)
    source: ItemListDescription | None = None
    key: ItemListDescription | None = None
    data: ItemListDescription | None = None


@message(TT)
class ConfigMessages(MessageDescription):
    """Config messages."""

    parent_topic: str


@message(TT)
class ConfigDescription:
    """Config description."""

    name: XmlName = attribute("Name")
    fixed: bool | None = attribute("fixed", default=None)
    max_instances: int | None = attribute("maxInstances", default=None)
    parameters: ItemListDescription
    messages: tuple[ConfigMessages, ...] = ()


@message(TT)
class SupportedRules:
    """Supported rules."""

    limit: int | None = attribute("Limit", default=None)
    rule_content_schema_locations: tuple[str, ...] = element("RuleContentSchemaLocation", default=())
    rule_descriptions: tuple[ConfigDescription, ...] = element("RuleDescription", default=())


@message(TT)
class SupportedAnalyticsModules:
    """Supported analytics modules."""

    limit: int | None = attribute("Limit", default=None)
    analytics_module_content_schema_locations: tuple[str, ...] = element(
        "AnalyticsModuleContentSchemaLocation", default=()
    )
    analytics_module_descriptions: tuple[ConfigDescription, ...] = element(
        "AnalyticsModuleDescription", default=()
    )


@message(TT)
class CellLayout:
    """Cell layout."""

    columns: int = attribute("Columns")
    rows: int = attribute("Rows")
    transformation: Transformation


@message(TT)
class MotionExpression:
    """Motion expression."""

    type: str | None = attribute("Type", default=None)
    expression: str


class ExtendedDirection(StrEnum):
    """Extended direction: the named values."""

    LEFT = "Left"
    RIGHT = "Right"
    ANY = "Any"
    ENTERING = "Entering"
    EXITING = "Exiting"
    APPROACHING = "Approaching"
    DEPARTING = "Departing"


class ModeOfOperation(StrEnum):
    """Mode of operation: the named values."""

    IDLE = "Idle"
    ACTIVE = "Active"
    UNKNOWN = "Unknown"
