"""Ranges, dates, named entities and attached files: the small shared types."""

from datetime import datetime, timedelta

from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TT, XMIME, XOP


@message(TT)
class OnvifVersion:
    """Onvif version."""

    major: int
    minor: int


@message(TT)
class Time:
    """Time."""

    hour: int
    minute: int
    second: int


@message(TT)
class Date:
    """Date."""

    year: int
    month: int
    day: int


@message(TT)
class DateTime:
    """Date time."""

    time: Time
    date_value: Date = element("Date")


@message(XOP)
class Include:
    """Include."""

    href: str = attribute("href")


@message(TT)
class AttachmentData:
    """Attachment data."""

    content_type: str | None = attribute("contentType", namespace=XMIME, default=None)
    include: Include = element(namespace=XOP)


@message(TT)
class IntRange:
    """Int range."""

    min: int
    max: int


@message(TT)
class DeviceEntity:
    """Device entity."""

    token: str = attribute("token")


@message(TT)
class BinaryData:
    """Binary data."""

    content_type: str | None = attribute("contentType", namespace=XMIME, default=None)
    data: bytes


@message(TT)
class DateTimeRange:
    """Date time range."""

    from_: datetime
    until: datetime


@message(TT)
class ConfigurationEntity:
    """Configuration entity."""

    token: str = attribute("token")
    name: str
    use_count: int


@message(TT)
class IntItems:
    """Int items."""

    items: tuple[int, ...] = ()


@message(TT)
class FloatItems:
    """Float items."""

    items: tuple[float, ...] = ()


@message(TT)
class FloatRange:
    """Float range."""

    min: float
    max: float


@message(TT)
class DurationRange:
    """Duration range."""

    min: timedelta
    max: timedelta
