"""What hardware can answer instead of doing what it is told."""

from vedette.base.errors import VedetteError


class HardwareFailed(VedetteError):
    """Something outside this program is missing or did not do what it was told; the message says what."""
