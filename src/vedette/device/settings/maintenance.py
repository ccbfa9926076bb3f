"""The section of upkeep: when it was last done."""

import msgspec


class MaintenanceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`last_reset_utc_us`, `last_backup_utc_us`: microseconds since 1970, 0 for never."""

    last_reset_utc_us: int = 0
    last_backup_utc_us: int = 0
