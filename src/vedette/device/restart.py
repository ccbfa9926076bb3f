"""The wish to begin anew: spoken here, fulfilled by whoever started the process."""

import asyncio
import logging
from collections.abc import Callable

_log = logging.getLogger(__name__)

ANSWER_FIRST_S = 0.5  # the client that asked shall have its answer before connections end


class Restart:
    """Asks, once, that the process end cleanly and start again."""

    def __init__(self) -> None:
        self._wanted = asyncio.Event()
        self._later: asyncio.TimerHandle | None = None
        self._watchers: list[Callable[[], object]] = []

    @property
    def is_asked(self) -> bool:
        """Whether it will happen."""
        return self._later is not None

    def watch(self, watcher: Callable[[], object]) -> None:
        """Call `watcher` as soon as a restart is certain; it must not raise."""
        self._watchers.append(watcher)

    def ask(self, why: str) -> None:
        """Restart once the answer to the present request is on its way; asking twice changes nothing."""
        if self._later is None:
            _log.warning("restarting: %s", why)
            for watcher in self._watchers:
                watcher()
            self._later = asyncio.get_running_loop().call_later(ANSWER_FIRST_S, self._wanted.set)

    async def wait(self) -> None:
        """Return when the time has come."""
        await self._wanted.wait()
