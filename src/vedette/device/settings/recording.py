"""The recording section: which jobs were switched on or off, and how replay sessions live."""

from typing import Annotated

import msgspec
from msgspec import Meta

REPLAY_TIMEOUT_S = 60
REPLAY_TIMEOUT_LEAST_S = 10
REPLAY_TIMEOUT_MOST_S = 3600


class JobMode(msgspec.Struct, frozen=True):
    """Whether a camera is to be recorded, where a client has said so; else its own setting counts."""

    camera: str
    is_active: bool


class RecordingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`replay_timeout_s`: how long an RTSP replay session lives without a sign of life."""

    job_modes: tuple[JobMode, ...] = ()
    replay_timeout_s: Annotated[int, Meta(ge=REPLAY_TIMEOUT_LEAST_S, le=REPLAY_TIMEOUT_MOST_S)] = (
        REPLAY_TIMEOUT_S
    )

    def mode_of(self, camera: str) -> bool | None:
        """What was said of a camera's job; None when nothing was."""
        return next((each.is_active for each in self.job_modes if each.camera == camera), None)
