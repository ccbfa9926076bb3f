"""What can go wrong with recordings on disk."""

from vedette.base.errors import VedetteError


class StorageError(VedetteError):
    """The recordings' disk or index refused."""


class StorageFull(StorageError):
    """No space is left for footage."""


class StorageStalled(StorageError):
    """The disk takes footage more slowly than it comes; groups of pictures were dropped."""


class IndexDamaged(StorageError):
    """The index cannot be read; it can be rebuilt from the files."""


class NoSuchRecording(StorageError):
    """No recording has that token."""


class RecordingInUse(StorageError):
    """The recording is being exported or recorded into and cannot be deleted now."""


class NoFootage(StorageError):
    """Nothing is recorded in that range of time."""
