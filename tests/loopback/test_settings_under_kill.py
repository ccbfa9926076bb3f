"""Settings survive SIGKILL: what was answered is there, whole. The long storm is a check of `interop`."""

import asyncio
import random
from pathlib import Path

from tests.loopback.settings_storm import Storm


def test_no_change_that_was_answered_is_lost_to_a_kill(tmp_path: Path) -> None:
    storm = Storm(tmp_path, random.Random(11), changes_per_s=200)

    asyncio.run(storm.blow(kills=1, changes=(40, 80)))

    assert storm.problems == []
    assert storm.taken >= 40
