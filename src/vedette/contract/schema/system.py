"""Clock, scopes, logs, backups and factory defaults."""

from enum import StrEnum

from vedette.contract.schema.values import AttachmentData, DateTime
from vedette.wire.message import element, message
from vedette.wire.namespaces import TT


class SetDateTimeType(StrEnum):
    """Set date time: the named values."""

    MANUAL = "Manual"
    NTP = "NTP"


@message(TT)
class TimeZone:
    """Time zone."""

    tz: str = element("TZ")


@message(TT)
class SystemDateTime:
    """System date time."""

    date_time_type: SetDateTimeType
    daylight_savings: bool
    time_zone: TimeZone | None = None
    utc_date_time: DateTime | None = element("UTCDateTime", default=None)
    local_date_time: DateTime | None = None


class FactoryDefaultType(StrEnum):
    """Factory default: the named values."""

    HARD = "Hard"
    SOFT = "Soft"


@message(TT)
class BackupFile:
    """Backup file."""

    name: str
    data: AttachmentData


class SystemLogType(StrEnum):
    """System log: the named values."""

    SYSTEM = "System"
    ACCESS = "Access"


@message(TT)
class SystemLog:
    """System log."""

    binary: AttachmentData | None = None
    string: str | None = None


@message(TT)
class SupportInformation:
    """Support information."""

    binary: AttachmentData | None = None
    string: str | None = None


class ScopeDefinition(StrEnum):
    """Scope definition: the named values."""

    FIXED = "Fixed"
    CONFIGURABLE = "Configurable"


@message(TT)
class Scope:
    """Scope."""

    scope_def: ScopeDefinition
    scope_item: str


class DiscoveryMode(StrEnum):
    """Discovery mode: the named values."""

    DISCOVERABLE = "Discoverable"
    NON_DISCOVERABLE = "NonDiscoverable"


@message(TT)
class SystemLogUri:
    """System log address."""

    type: SystemLogType
    uri: str


@message(TT)
class SystemLogUriList:
    """System log address list."""

    system_logs: tuple[SystemLogUri, ...] = element("SystemLog", default=())
