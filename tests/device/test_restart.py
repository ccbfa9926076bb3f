"""The wish to begin anew: asked once, told at once, fulfilled after the answer."""

import asyncio

import pytest

from vedette.device import restart
from vedette.device.restart import Restart


def test_a_restart_is_told_once_and_comes_after_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restart, "ANSWER_FIRST_S", 0.0)

    async def scene() -> None:
        wish = Restart()
        told: list[str] = []
        wish.watch(lambda: told.append("now"))
        assert not wish.is_asked
        wish.ask("a test wants it")
        wish.ask("and once more")
        assert told == ["now"]
        assert wish.is_asked
        await asyncio.wait_for(wish.wait(), 5)

    asyncio.run(scene())
