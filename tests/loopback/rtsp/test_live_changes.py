"""Live sessions and tracks that are not to be had, or not any more."""

from typing import Any

import msgspec
import pytest

from vedette.device.media.stream_uris import Selection
from vedette.media.unit import TrackKind
from vedette.server.live.selection import ProfileResource

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


def test_a_track_that_the_profile_does_not_hold_cannot_be_set_up(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 2)
            held = Selection(stream=stream, kinds=frozenset({TrackKind.VIDEO}))
            site.groups.find = lambda _: ProfileResource(site.groups, held, lambda: held)
            viewer = await site.viewer()
            await viewer.setup(PATH, 0)
            tcp = {"Transport": "RTP/AVP/TCP;unicast"}
            assert (await viewer.ask("SETUP", f"{PATH}/trackID=1", **tcp)).status == 404
            other = await site.viewer()
            assert (await other.ask("SETUP", f"{PATH}/trackID=1", **tcp)).status == 404

    play(run())
