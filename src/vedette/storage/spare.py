"""Space kept in reserve: on a full disk nothing can be deleted, since the index must be written first."""

import os
from pathlib import Path

SPARE_FILE = "spare"
SPARE_BYTES = 8 << 20


class Spare:
    """A file of SPARE_BYTES in the archive's folder that is given up when the disk is full."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / SPARE_FILE

    def keep(self, free_bytes: int) -> None:
        """Have it, if that leaves as much free again; `free_bytes` is what is free on the disk now."""
        if self._file.exists() or free_bytes < 2 * SPARE_BYTES:
            return
        try:
            descriptor = os.open(self._file, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o640)
            try:
                os.posix_fallocate(descriptor, 0, SPARE_BYTES)
            finally:
                os.close(descriptor)
        except OSError:
            self.give_up()

    def give_up(self) -> None:
        """Free its space; what keeps it from that will keep others from writing, and they tell."""
        try:
            self._file.unlink(missing_ok=True)
        except OSError:
            return
