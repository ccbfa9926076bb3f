"""A file that appears under its name when it is whole, and else not at all."""

import contextlib
import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def drafted(target: Path) -> Iterator[BinaryIO]:
    """What to write the content of `target` into, beside it and under its name with `.part`.

    At the end it takes the place of `target`, durable and with its permissions if there was one; an error
    removes it. Raises OSError, also when somebody else is writing that very file.
    """
    part = target.with_name(target.name + ".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o666), "wb") as file:
        _reserve(file, part)
        try:
            file.truncate(0)  # one that was killed left something
            with contextlib.suppress(OSError):
                shutil.copymode(target, part)
            yield file
            file.flush()
            os.fsync(file.fileno())
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _reserve(file: BinaryIO, part: Path) -> None:
    busy = OSError(errno.EBUSY, "somebody else is writing it")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise busy from None
    except OSError:
        return  # a file system without locks
    try:
        is_ours = os.path.samestat(os.fstat(file.fileno()), part.stat())
    except FileNotFoundError:
        is_ours = False
    if not is_ours:  # somebody else has just ended with it
        raise busy
