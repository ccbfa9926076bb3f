"""Addresses of media: they stay, and they lead to what the profile holds."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from vedette.contract.faults import IncompleteConfiguration
from vedette.device.context import RequestContext
from vedette.device.media.configurations import Kind
from vedette.media.unit import TrackKind

CONTEXT = RequestContext(host="cam.example:8080")
EVERYTHING = frozenset(TrackKind)


def test_a_fixed_profile_has_its_cameras_own_path(rig: Any) -> None:
    uris, profile = rig.media.uris, rig.media.profiles.require("yard_sub")
    assert uris.rtsp(CONTEXT, profile) == "rtsp://cam.example:8554/live/yard/sub"
    assert uris.tunnel(CONTEXT, profile) == "http://cam.example:8080/live/yard/sub"
    assert uris.snapshot(CONTEXT, profile) == "http://cam.example:8080/snapshot/yard?stream=sub"


def test_the_address_stays_and_leads_to_what_the_profile_holds_now(rig: Any) -> None:
    async def scene() -> None:
        profiles, uris = rig.media.profiles, rig.media.uris
        picture = [("VideoSource", "vsc_yard"), ("VideoEncoder", "ve_yard_sub")]
        made = await profiles.create("x", token="wall", configurations=picture)
        path = uris.rtsp(CONTEXT, made).removeprefix("rtsp://cam.example:8554")
        chosen = uris.selection(path)
        assert (chosen.stream.name, chosen.kinds) == ("yard/sub", {TrackKind.VIDEO})
        await profiles.add("wall", [("VideoEncoder", "ve_yard_main"), ("Metadata", "md_yard")])
        assert uris.rtsp(CONTEXT, profiles.require("wall")).endswith(path)
        chosen = uris.selection(path)
        assert (chosen.stream.name, chosen.kinds) == ("yard/main", {TrackKind.VIDEO, TrackKind.METADATA})

    asyncio.run(scene())


def test_a_profile_without_media_has_no_address_and_nothing_at_its_path(rig: Any) -> None:
    async def scene() -> None:
        made = await rig.media.profiles.create(
            "x", token="wall", configurations=[("VideoSource", "vsc_yard")]
        )
        for address in (rig.media.uris.rtsp, rig.media.uris.tunnel, rig.media.uris.snapshot):
            with pytest.raises(IncompleteConfiguration):
                address(CONTEXT, made)
        assert rig.media.uris.selection("/live/wall") is None

    asyncio.run(scene())


def test_the_path_of_an_emptied_fixed_profile_gives_the_whole_stream(rig: Any) -> None:
    async def scene() -> None:
        await rig.media.profiles.remove("yard_main", ["All"])
        chosen = rig.media.uris.selection("/live/yard/main")
        assert (chosen.stream.name, chosen.kinds) == ("yard/main", EVERYTHING)

    asyncio.run(scene())


def test_a_path_to_sound_alone_has_the_time_out_of_its_sound(rig: Any) -> None:
    async def scene() -> None:
        configurations = rig.media.configurations
        found = configurations.require(Kind.AUDIO_ENCODER, "ae_yard_main")
        await configurations.change(found, replace(found.settings, session_timeout_s=20))
        held = [("AudioSource", "asc_yard"), ("AudioEncoder", "ae_yard_main")]
        await rig.media.profiles.create("x", token="ear", configurations=held)
        assert rig.media.uris.selection("/live/ear").session_timeout_s == 20
        assert rig.media.uris.selection("/live/yard/main").session_timeout_s == 60

    asyncio.run(scene())


@pytest.mark.parametrize("path", ["/live/", "/live/attic/main", "/live/yard_main", "/replay/yard", "/"])
def test_other_paths_are_no_profiles(rig: Any, path: str) -> None:
    assert rig.media.uris.selection(path) is None


def test_no_address_is_longer_than_the_standard_allows(rig: Any) -> None:
    """Media2, GetStreamUri (26.06 §5.4.1): at most 128 octets."""

    async def scene() -> None:
        picture = [("VideoSource", "vsc_yard"), ("VideoEncoder", "ve_yard_sub")]
        made = await rig.media.profiles.create("x", token="t" * 24, configurations=picture)
        context = RequestContext(host=f"{'h' * 63}.example:8080", scheme="https")
        assert max(len(uri(context, made)) for uri in (rig.media.uris.rtsp, rig.media.uris.tunnel)) <= 128

    asyncio.run(scene())
