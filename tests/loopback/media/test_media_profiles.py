"""Profiles over both media services: one truth, two languages, every answer valid by the schemas."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from vedette.contract.faults import (
    ActionNotSupported,
    ConfigurationConflict,
    DeletionOfFixedProfile,
    NoConfig,
    NoProfile,
    NotAuthorized,
    ProfileExists,
)
from vedette.contract.media import Media
from vedette.contract.media2 import Media2
from vedette.contract.media2.profiles import ConfigurationRef
from vedette.contract.schema.security import UserLevel
from vedette.device.settings import store as store_module
from vedette.device.settings.document import CameraSettings

Play = Callable[[Any], None]


def ref(kind: str, token: str | None = None) -> ConfigurationRef:
    return ConfigurationRef(type=kind, token=token)


def test_both_services_list_the_same_profiles(rig: Any, play: Play) -> None:
    async def scene() -> None:
        one = (await rig.call(Media.get_profiles)).profiles
        two = (await rig.call(Media2.get_profiles, types=("All",))).profiles
        assert [(p.token, p.name, p.fixed) for p in one] == [(p.token, p.name, p.fixed) for p in two]
        for first, second in zip(one, two, strict=True):
            held = second.configurations
            assert first.video_source_configuration == held.video_source
            assert first.audio_source_configuration == held.audio_source
            assert first.metadata_configuration == held.metadata

    play(scene())


def test_an_encoding_that_media_has_no_word_for_is_left_out_there(rig: Any, play: Play) -> None:
    async def scene() -> None:
        profile = (await rig.call(Media.get_profile, profile_token="gate_main")).profile
        assert profile.video_encoder_configuration is None
        assert profile.audio_encoder_configuration.encoding == "AAC"
        (profile,) = (await rig.call(Media2.get_profiles, token="gate_main", types=("All",))).profiles
        assert profile.configurations.video_encoder.encoding == "H265"
        assert profile.configurations.audio_encoder.encoding == "mpeg4-generic"
        listed = (await rig.call(Media.get_video_encoder_configurations)).configurations
        assert "ve_gate_main" not in [each.token for each in listed]
        with pytest.raises(NoConfig):
            await rig.call(Media.get_video_encoder_configuration, configuration_token="ve_gate_main")

    play(scene())


@pytest.mark.parametrize(
    ("types", "shown"),
    [
        ((), None),
        (("VideoSource",), {"video_source"}),
        (("VideoEncoder", "Metadata"), {"video_encoder", "metadata"}),
        (("PTZ",), set()),
    ],
)
def test_media2_shows_the_types_that_are_asked_for(rig: Any, play: Play, types: Any, shown: Any) -> None:
    async def scene() -> None:
        (profile,) = (await rig.call(Media2.get_profiles, token="yard_main", types=types)).profiles
        held = profile.configurations
        if shown is None:
            assert held is None
        else:
            assert {f for f in held.__struct_fields__ if getattr(held, f) is not None} == shown

    play(scene())


def test_a_profile_made_with_media2_is_managed_with_media(rig: Any, play: Play) -> None:
    async def scene() -> None:
        picture = (ref("All"), ref("VideoSource", "vsc_yard"), ref("VideoEncoder", "ve_yard_sub"))
        token = (await rig.call(Media2.create_profile, name="Wall", configurations=picture)).token
        profile = (await rig.call(Media.get_profile, profile_token=token)).profile
        assert (profile.fixed, profile.name) == (False, "Wall")
        assert profile.video_encoder_configuration.token == "ve_yard_sub"
        with pytest.raises(ConfigurationConflict):
            await rig.call(Media.remove_video_source_configuration, profile_token=token)
        await rig.call(Media.remove_video_encoder_configuration, profile_token=token)
        await rig.call(Media.remove_video_source_configuration, profile_token=token)
        await rig.call(Media.remove_video_source_configuration, profile_token=token)
        (profile,) = (await rig.call(Media2.get_profiles, token=token, types=("All",))).profiles
        assert profile.configurations.video_source is None
        await rig.call(Media.delete_profile, profile_token=token)
        with pytest.raises(NoProfile):
            await rig.call(Media2.get_profiles, token=token)

    play(scene())


def test_a_profile_made_with_media_is_empty_and_has_the_wished_token(rig: Any, play: Play) -> None:
    async def scene() -> None:
        made = (await rig.call(Media.create_profile, name="n", token="test.token-1")).profile
        assert (made.token, made.fixed, made.video_source_configuration) == ("test.token-1", False, None)
        with pytest.raises(ProfileExists):
            await rig.call(Media.create_profile, name="n", token="test.token-1")

    play(scene())


ADDED = (
    (Media.add_video_source_configuration, "vsc_yard"),
    (Media.add_video_encoder_configuration, "ve_yard_main"),
    (Media.add_audio_source_configuration, "asc_yard"),
    (Media.add_audio_encoder_configuration, "ae_yard_main"),
    (Media.add_metadata_configuration, "md_yard"),
)
REMOVED = (
    Media.remove_metadata_configuration,
    Media.remove_audio_encoder_configuration,
    Media.remove_audio_source_configuration,
    Media.remove_video_encoder_configuration,
    Media.remove_video_source_configuration,
)


def test_media_adds_and_removes_every_kind(rig: Any, play: Play) -> None:
    async def scene() -> None:
        await rig.call(Media.create_profile, name="n", token="t")
        empty = (await rig.call(Media.get_profile, profile_token="t")).profile
        for operation, token in ADDED:
            await rig.call(operation, profile_token="t", configuration_token=token)
        (full,) = (await rig.call(Media2.get_profiles, token="t", types=("All",))).profiles
        held = full.configurations
        assert {getattr(held, f).token for f in held.__struct_fields__ if getattr(held, f)} == {
            token for _, token in ADDED
        }
        for operation in REMOVED:
            await rig.call(operation, profile_token="t")
        assert (await rig.call(Media.get_profile, profile_token="t")).profile == empty

    play(scene())


def test_media_adds_metadata_to_an_empty_profile_and_media2_wants_a_source(rig: Any, play: Play) -> None:
    async def scene() -> None:
        await rig.call(Media.create_profile, name="n", token="t")
        reference = (ConfigurationRef(type="Metadata", token="md_yard"),)
        with pytest.raises(ConfigurationConflict):
            await rig.call(Media2.add_configuration, profile_token="t", configurations=reference)
        answer = await rig.call(Media.get_compatible_metadata_configurations, profile_token="t")
        assert [each.token for each in answer.configurations] == ["md_yard"]
        await rig.call(Media.add_metadata_configuration, profile_token="t", configuration_token="md_yard")
        await rig.call(
            Media.add_video_source_configuration, profile_token="t", configuration_token="vsc_yard"
        )
        await rig.call(Media.remove_video_source_configuration, profile_token="t")
        profile = (await rig.call(Media.get_profile, profile_token="t")).profile
        assert profile.metadata_configuration.token == "md_yard"
        assert profile.video_source_configuration is None
        await rig.call(Media2.get_stream_uri, protocol="RTSP", profile_token="t")
        await rig.call(Media.remove_metadata_configuration, profile_token="t")

    play(scene())


def test_a_fixed_profile_is_not_deleted(rig: Any, play: Play) -> None:
    async def scene() -> None:
        for operation, field in ((Media.delete_profile, "profile_token"), (Media2.delete_profile, "token")):
            with pytest.raises(DeletionOfFixedProfile):
                await rig.call(operation, **{field: "yard_main"})

    play(scene())


def test_every_change_is_told_as_an_event(rig: Any, play: Play) -> None:
    async def scene() -> None:
        await rig.call(Media.create_profile, name="n", token="t")
        await rig.call(
            Media2.add_configuration, profile_token="t", configurations=(ref("VideoSource", "vsc_yard"),)
        )
        await rig.call(Media2.remove_configuration, profile_token="t", configurations=(ref("VideoSource"),))
        await rig.call(Media2.delete_profile, token="t")
        assert [event.source for event in rig.events] == [(("Token", "t"),)] * 4
        assert {event.topic.path for event in rig.events} == {"tns1:Media/ProfileChanged"}
        rig.events.clear()
        await rig.cameras.add(CameraSettings(name="shed", source="drawn:"))
        await rig.cameras.remove("shed")
        assert [event.source[0][1] for event in rig.events] == ["shed_main", "shed_sub"] * 2

    play(scene())


def test_what_a_camera_turns_out_to_send_is_told_as_events(rig: Any, play: Play) -> None:
    async def scene() -> None:
        await rig.call(Media.create_profile, name="n", token="t")
        sources = (ref("VideoSource", "vsc_gate"), ref("VideoEncoder", "ve_gate_main"))
        await rig.call(Media2.add_configuration, profile_token="t", configurations=sources)
        rig.events.clear()
        stream = rig.hub.require("gate/main")
        video, _ = stream.tracks
        stream.announce((msgspec.structs.replace(video, width=640, height=480),))
        rig.media.facts.look(rig.cameras)
        await asyncio.sleep(0)
        told = [(event.topic.path.rpartition("/")[2], *dict(event.source).values()) for event in rig.events]
        assert told == [
            ("ConfigurationChanged", "vsc_gate", "VideoSource"),
            ("ConfigurationChanged", "ve_gate_main", "VideoEncoder"),
            ("ProfileChanged", "gate_main"),  # has no sound any more
        ]
        rig.events.clear()
        rig.media.facts.look(rig.cameras)
        await asyncio.sleep(0)
        assert not rig.events

    play(scene())


def test_an_encoder_is_set_by_one_write_and_told_once_whatever_is_learnt_meanwhile(
    rig: Any, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, stream = store_module.write_atomically, rig.hub.require("gate/main")
    writes: list[bytes] = []

    def learn(loop: asyncio.AbstractEventLoop, learnt: threading.Event) -> None:
        (video, *others), width = stream.tracks, 640 + 2 * len(writes)
        stream.announce((msgspec.structs.replace(video, width=width), *others))
        rig.media.facts.look(rig.cameras)
        loop.call_soon(learnt.set)

    async def scene() -> None:
        loop = asyncio.get_running_loop()

        def write_slowly(path: Path, content: bytes) -> None:
            writes.append(content)
            learnt = threading.Event()
            loop.call_soon_threadsafe(learn, loop, learnt)
            assert learnt.wait(5)
            write(path, content)

        answer = await rig.call(Media2.get_video_encoder_configurations, configuration_token="ve_yard_main")
        (present,) = answer.configurations
        monkeypatch.setattr(store_module, "write_atomically", write_slowly)
        wanted = msgspec.structs.replace(present, name="gate side", encoding="JPEG", profile=None)
        await rig.call(Media2.set_video_encoder_configuration, configuration=wanted)
        await asyncio.sleep(0)
        told = [dict(event.source).get("Token") for event in rig.events]
        assert told.count("ve_yard_main") == 1
        assert "ve_gate_main" in told
        assert len(writes) == 1

    play(scene())


def test_a_profile_whose_camera_goes_is_told_as_changed(rig: Any, play: Play) -> None:
    async def scene() -> None:
        await rig.cameras.add(CameraSettings(name="shed", source="drawn:"))
        await rig.call(Media.create_profile, name="n", token="t")
        await rig.call(
            Media2.add_configuration, profile_token="t", configurations=(ref("VideoSource", "vsc_shed"),)
        )
        rig.events.clear()
        await rig.cameras.remove("shed")
        assert [event.source[0][1] for event in rig.events] == ["shed_main", "shed_sub", "t"]

    play(scene())


def test_viewers_read_profiles_and_do_not_change_them(rig: Any, play: Play) -> None:
    async def scene() -> None:
        assert (await rig.call(Media2.get_profiles, level=UserLevel.USER)).profiles
        with pytest.raises(NotAuthorized):
            await rig.call(Media2.delete_profile, token="yard_main", level=UserLevel.USER)

    play(scene())


@pytest.mark.parametrize(
    ("operation", "fields"),
    [
        (Media.start_multicast_streaming, {"profile_token": "yard_main"}),
        (Media2.start_multicast_streaming, {"profile_token": "yard_main"}),
        (Media2.get_masks, {}),
        (Media2.get_osds, {}),
        (Media2.get_analytics_configurations, {}),
        (Media.get_audio_outputs, {}),
    ],
)
def test_what_this_device_lacks_is_said_to_be_not_supported(
    rig: Any, play: Play, operation: Any, fields: Any
) -> None:
    async def scene() -> None:
        with pytest.raises(ActionNotSupported):
            await rig.call(operation, **fields)

    play(scene())
