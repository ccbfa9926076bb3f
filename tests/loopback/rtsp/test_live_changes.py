"""Live sessions whose stream changes or ends while they pause."""

from typing import Any

import msgspec
import pytest

PATH = "/live/hall/main"


async def paused(site: Any, *tracks: int) -> Any:
    viewer = await site.viewer()
    await viewer.setup(PATH, *tracks)
    assert (await viewer.ask("PLAY", PATH)).status == 200
    assert (await viewer.ask("PAUSE", PATH)).status == 200
    return viewer


@pytest.mark.parametrize("what", ["a track is gone", "another codec", "another and back", "removed"])
def test_a_session_whose_tracks_are_gone_is_told_when_it_goes_on(
    play: Any, serve: Any, scene: Any, what: str
) -> None:
    other = msgspec.structs.replace(scene.AUDIO, codec="AAC", clock_hz=16_000, setup=(b"\x14\x08",))

    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 2)
            viewer = await paused(site, 0, 1)
            if what == "removed":
                site.hub.close(stream.name)
                scene.publish(scene.open_stream(site), 0, 2)
            elif what == "a track is gone":
                stream.announce((scene.VIDEO,))
            else:
                stream.announce((scene.VIDEO, other))
                if what == "another and back":
                    stream.announce(scene.BOTH)
            assert (await viewer.ask("PLAY", PATH)).status == 410
            assert (await viewer.ask("OPTIONS", PATH)).status == 200

    play(run())


def test_a_session_that_gives_up_the_track_that_is_gone_goes_on(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 2)
            viewer = await paused(site, 0, 1)
            stream.announce((scene.VIDEO,))
            assert (await viewer.ask("TEARDOWN", f"{PATH}/trackID=1")).status == 200
            assert (await viewer.ask("PLAY", PATH)).status == 200
            stream.publish([scene.picture(25)])
            await viewer.until(lambda: scene.last_frame(viewer) == 25)

    play(run())
