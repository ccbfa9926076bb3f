"""Clock, scopes, logs, backups and factory defaults."""

from enum import StrEnum

from vedette.contract.schema.values import AttachmentData, DateTime
from vedette.wire.message import element, message
from vedette.wire.namespaces import TT


class SetDateTimeType(StrEnum):
    """Where the time comes from."""

    MANUAL = "Manual"
    NTP = "NTP"


@message(TT)
class TimeZone:
    """A time zone in POSIX notation."""

    tz: str = element("TZ")


@message(TT)
class SystemDateTime:
    """The device's clock: source, zone and time."""

    date_time_type: SetDateTimeType
    daylight_savings: bool
    time_zone: TimeZone | None = None
    utc_date_time: DateTime | None = element("UTCDateTime", default=None)
    local_date_time: DateTime | None = None


class FactoryDefaultType(StrEnum):
    """How much a factory default resets."""

    HARD = "Hard"
    SOFT = "Soft"


@message(TT)
class BackupFile:
    """A named file of a backup."""

    name: str
    data: AttachmentData


class SystemLogType(StrEnum):
    """The logs that there are."""

    SYSTEM = "System"
    ACCESS = "Access"


@message(TT)
class SystemLog:
    """A log, as text or as attached file."""

    binary: AttachmentData | None = None
    string: str | None = None


@message(TT)
class SupportInformation:
    """What support needs to know, as text or as attached file."""

    binary: AttachmentData | None = None
    string: str | None = None


class ScopeDefinition(StrEnum):
    """Whether a scope can be changed."""

    FIXED = "Fixed"
    CONFIGURABLE = "Configurable"


@message(TT)
class Scope:
    """A scope, and whether it can be changed."""

    scope_def: ScopeDefinition
    scope_item: str


class DiscoveryMode(StrEnum):
    """Whether the device answers discovery."""

    DISCOVERABLE = "Discoverable"
    NON_DISCOVERABLE = "NonDiscoverable"


@message(TT)
class SystemLogUri:
    """Where one log can be fetched."""

    type: SystemLogType
    uri: str


@message(TT)
class SystemLogUriList:
    """Where the logs can be fetched."""

    system_logs: tuple[SystemLogUri, ...] = element("SystemLog", default=())
