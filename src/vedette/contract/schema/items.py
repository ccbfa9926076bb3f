"""Named items, parameterised configurations, their descriptions, and the event message made of them."""

from datetime import datetime
from enum import StrEnum

from vedette.contract.schema.geometry import Transformation
from vedette.wire.message import XmlElement, XmlName, anything, attribute, element, message
from vedette.wire.namespaces import TT


class PropertyOperation(StrEnum):
    """What happened to a property."""

    INITIALIZED = "Initialized"
    DELETED = "Deleted"
    CHANGED = "Changed"


@message(TT)
class SimpleItem:
    """A named value that is a text."""

    name: str = attribute("Name")
    value: str = attribute("Value")


@message(TT)
class ElementItem:
    """A named value that is an element."""

    name: str = attribute("Name")
    content: tuple[XmlElement, ...] = anything()


@message(TT)
class ItemList:
    """Named values, simple and structured."""

    simple_items: tuple[SimpleItem, ...] = element("SimpleItem", default=())
    element_items: tuple[ElementItem, ...] = element("ElementItem", default=())


@message(TT)
class Message:
    """What happened: when, to what, and the values."""

    utc_time: datetime = attribute("UtcTime")
    property_operation: PropertyOperation | None = attribute("PropertyOperation", default=None)
    source: ItemList | None = None
    key: ItemList | None = None
    data: ItemList | None = None


@message(TT)
class Config:
    """A named and typed set of parameters, of a rule or a module."""

    name: str = attribute("Name")
    type: XmlName = attribute("Type")
    parameters: ItemList


@message(TT)
class SimpleItemDescription:
    """Name and type of a simple item."""

    name: str = attribute("Name")
    type: XmlName = attribute("Type")


@message(TT)
class ElementItemDescription:
    """Name and type of a structured item."""

    name: str = attribute("Name")
    type: XmlName = attribute("Type")


@message(TT)
class ItemListDescription:
    """Names and types of the items of a list."""

    simple_item_descriptions: tuple[SimpleItemDescription, ...] = element("SimpleItemDescription", default=())
    element_item_descriptions: tuple[ElementItemDescription, ...] = element(
        "ElementItemDescription", default=()
    )


@message(TT)
class MessageDescription:
    """The items of an event, and whether it is a property."""

    is_property: bool | None = attribute("IsProperty", default=None)
    source: ItemListDescription | None = None
    key: ItemListDescription | None = None
    data: ItemListDescription | None = None


@message(TT)
class ConfigMessages(MessageDescription):
    """An event that a rule or module makes, and its topic."""

    parent_topic: str


@message(TT)
class ConfigDescription:
    """What parameters a rule or module takes, and which events it makes."""

    name: XmlName = attribute("Name")
    fixed: bool | None = attribute("fixed", default=None)
    max_instances: int | None = attribute("maxInstances", default=None)
    parameters: ItemListDescription
    messages: tuple[ConfigMessages, ...] = ()


@message(TT)
class SupportedRules:
    """The types of rules that there are."""

    limit: int | None = attribute("Limit", default=None)
    rule_content_schema_locations: tuple[str, ...] = element("RuleContentSchemaLocation", default=())
    rule_descriptions: tuple[ConfigDescription, ...] = element("RuleDescription", default=())


@message(TT)
class SupportedAnalyticsModules:
    """The types of analytics modules that there are."""

    limit: int | None = attribute("Limit", default=None)
    analytics_module_content_schema_locations: tuple[str, ...] = element(
        "AnalyticsModuleContentSchemaLocation", default=()
    )
    analytics_module_descriptions: tuple[ConfigDescription, ...] = element(
        "AnalyticsModuleDescription", default=()
    )


@message(TT)
class CellLayout:
    """A grid of cells over the picture."""

    columns: int = attribute("Columns")
    rows: int = attribute("Rows")
    transformation: Transformation


@message(TT)
class MotionExpression:
    """An expression over motion."""

    type: str | None = attribute("Type", default=None)
    expression: str


class ExtendedDirection(StrEnum):
    """Directions in which something may cross or move."""

    LEFT = "Left"
    RIGHT = "Right"
    ANY = "Any"
    ENTERING = "Entering"
    EXITING = "Exiting"
    APPROACHING = "Approaching"
    DEPARTING = "Departing"


class ModeOfOperation(StrEnum):
    """Whether something works."""

    IDLE = "Idle"
    ACTIVE = "Active"
    UNKNOWN = "Unknown"
