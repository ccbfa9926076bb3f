"""Ranges, dates, named entities and attached files: the small shared types."""

from datetime import datetime, timedelta

from vedette.wire.message import attribute, beside, element, message
from vedette.wire.namespaces import TT, XMIME, XOP


@message(TT)
class OnvifVersion:
    """A version of the standard."""

    major: int
    minor: int


@message(TT)
class Time:
    """Hour, minute and second."""

    hour: int
    minute: int
    second: int


@message(TT)
class Date:
    """Year, month and day."""

    year: int
    month: int
    day: int


@message(TT)
class DateTime:
    """Date and time without a zone."""

    time: Time
    date: Date


@message(XOP)
class Include:
    """The reference to a part of a multipart message; `content` is that part (see `wire.attachments`)."""

    href: str = attribute("href")
    content: bytes | None = beside()


@message(TT)
class AttachmentData:
    """A file that travels beside the message."""

    content_type: str | None = attribute("contentType", namespace=XMIME, default=None)
    include: Include = element(namespace=XOP)


@message(TT)
class IntRange:
    """The least and the greatest integer."""

    min: int
    max: int


@message(TT)
class DeviceEntity:
    """Anything of the device that has a token."""

    token: str = attribute("token")


@message(TT)
class BinaryData:
    """A file within the message."""

    content_type: str | None = attribute("contentType", namespace=XMIME, default=None)
    data: bytes


@message(TT)
class DateTimeRange:
    """From when until when."""

    from_: datetime
    until: datetime


@message(TT)
class ConfigurationEntity:
    """A configuration: its token, its name, and how many use it."""

    token: str = attribute("token")
    name: str
    use_count: int


@message(TT)
class IntItems:
    """Integers to choose from."""

    items: tuple[int, ...] = ()


@message(TT)
class FloatItems:
    """Numbers to choose from."""

    items: tuple[float, ...] = ()


@message(TT)
class FloatRange:
    """The least and the greatest number."""

    min: float
    max: float


@message(TT)
class DurationRange:
    """The shortest and the longest duration."""

    min: timedelta
    max: timedelta
