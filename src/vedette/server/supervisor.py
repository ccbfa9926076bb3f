"""What goes on beside recording and viewing, and must not end them when it fails by a defect of ours."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from vedette.base.clock import Clock

_log = logging.getLogger(__name__)

LEAST_WAIT_S = 1.0  # after a calm run; whatever fails sooner waits twice as long as before
LONGEST_WAIT_S = 60.0
CALM_S = 300.0  # without a failure, then it counts as mended


class Supervisor:
    """Runs what is to go on until cancelled, and runs it again where it failed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failed_s: dict[str, float] = {}  # when each failed last

    @property
    def problems(self) -> list[str]:
        """What has failed lately, in words."""
        now_s = self._clock.monotonic_s()
        return [
            f"{what}: ended by a defect of this program and begun again; its log has the trace"
            for what, failed_s in self._failed_s.items()
            if now_s - failed_s < CALM_S
        ]

    async def keep(self, what: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run something, and after a failure again, at longer and longer intervals; returns when it does."""
        wait_s = LEAST_WAIT_S
        while True:
            began_s = self._clock.monotonic_s()
            try:
                await run()
            except Exception:  # noqa: BLE001 (the task supervisor: recording goes on whatever fails beside it)
                _log.exception("%s: ended by a defect of this program", what)
            else:
                return
            now_s = self._failed_s[what] = self._clock.monotonic_s()
            wait_s = LEAST_WAIT_S if now_s - began_s > CALM_S else min(2 * wait_s, LONGEST_WAIT_S)
            await asyncio.sleep(wait_s)
