"""Profiles: which there are, what may stand in one, and what a refusal leaves behind."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from tests.device.media.conftest import Rig

from vedette.contract.faults import (
    ConfigurationConflict,
    DeletionOfFixedProfile,
    Fault,
    InvalidArgVal,
    MaxNVTProfiles,
    NoConfig,
    NoProfile,
    ProfileExists,
)
from vedette.device.media.configurations import Kind
from vedette.device.media.profiles import MADE_LEAST, Profiles
from vedette.device.settings.document import CameraSettings

PICTURE = ("VideoSource", "vsc_yard")
SUB_VIDEO = ("VideoEncoder", "ve_yard_sub")


def run(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scene)


def tokens(profiles: Profiles) -> list[str]:
    return [each.token for each in profiles.all()]


def held(profiles: Profiles, token: str) -> list[str]:
    return sorted(each.token for each in profiles.require(token).configurations.values())


def test_every_stream_of_every_camera_has_a_fixed_profile(rig: Any) -> None:
    profiles = rig.media.profiles
    assert tokens(profiles) == ["yard_main", "yard_sub", "door_main"]
    assert all(each.is_fixed for each in profiles.all())
    assert held(profiles, "yard_sub") == ["ae_yard_sub", "asc_yard", "md_yard", "ve_yard_sub", "vsc_yard"]
    assert held(profiles, "door_main") == ["ve_door_main", "vsc_door"]


def test_a_made_profile_survives_a_restart(rig: Any, again: Callable[[], Any]) -> None:
    async def scene() -> None:
        made = await rig.media.profiles.create("Wall", configurations=[PICTURE, SUB_VIDEO])
        assert not made.is_fixed
        later = again().media.profiles.require(made.token)
        assert (later.name, set(later.configurations)) == ("Wall", {Kind.VIDEO_SOURCE, Kind.VIDEO_ENCODER})

    run(scene())


def test_a_changed_fixed_profile_stays_fixed_and_changed(rig: Any, again: Callable[[], Any]) -> None:
    async def scene() -> None:
        await rig.media.profiles.remove("yard_main", ["Metadata", "AudioEncoder", "AudioSource"])
        later = again().media.profiles
        assert held(later, "yard_main") == ["ve_yard_main", "vsc_yard"]
        assert later.require("yard_main").is_fixed

    run(scene())


def test_the_same_call_may_add_and_remove_what_depends_on_each_other(rig: Any) -> None:
    async def scene() -> None:
        profiles = rig.media.profiles
        token = (await profiles.create("a")).token
        await profiles.add(token, [SUB_VIDEO, PICTURE], name="b")
        assert profiles.require(token).name == "b"
        await profiles.remove(token, ["VideoSource", "VideoEncoder"])
        assert held(profiles, token) == []

    run(scene())


def test_all_empties_a_profile_and_what_is_missing_is_ignored(rig: Any) -> None:
    async def scene() -> None:
        profiles = rig.media.profiles
        await profiles.remove("yard_main", ["All"])
        await profiles.remove("yard_main", ["PTZ", "VideoEncoder"])
        assert held(profiles, "yard_main") == []

    run(scene())


Call = Callable[[Profiles], Awaitable[Any]]

REFUSALS: list[tuple[str, Call, type[Fault]]] = [
    ("fixed", lambda p: p.delete("yard_main"), DeletionOfFixedProfile),
    ("unknown", lambda p: p.delete("attic"), NoProfile),
    ("taken", lambda p: p.create("x", token="yard_main"), ProfileExists),
    ("too long a token", lambda p: p.create("x", token="t" * 25), InvalidArgVal),
    ("too long a name", lambda p: p.create("x" * 65), InvalidArgVal),
    ("no such configuration", lambda p: p.add("yard_main", [("VideoEncoder", "ve_attic")]), NoConfig),
    ("another kind", lambda p: p.add("yard_main", [("VideoEncoder", "vsc_yard")]), NoConfig),
    ("a kind we lack", lambda p: p.add("yard_main", [("PTZ", "vsc_yard")]), NoConfig),
    ("no token", lambda p: p.add("yard_main", [("VideoEncoder", "")]), NoConfig),
    ("no source", lambda p: p.create("x", configurations=[SUB_VIDEO]), ConfigurationConflict),
    ("needed source", lambda p: p.remove("yard_main", ["VideoSource"]), ConfigurationConflict),
    ("another camera", lambda p: p.add("yard_main", [("VideoSource", "vsc_door")]), ConfigurationConflict),
    ("another stream", lambda p: p.add("yard_main", [SUB_VIDEO]), ConfigurationConflict),
]


@pytest.mark.parametrize(("call", "fault"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
def test_a_refusal_changes_nothing_and_tells_nobody(rig: Any, call: Call, fault: type[Fault]) -> None:
    async def scene() -> None:
        told: list[str] = []
        rig.media.profiles.watch(told.append)
        before = rig.store.current, rig.media.profiles.all()
        with pytest.raises(fault):
            await call(rig.media.profiles)
        assert (rig.store.current, rig.media.profiles.all()) == before
        assert told == []

    run(scene())


def test_profiles_can_be_made_up_to_the_announced_number(rig: Any) -> None:
    async def scene() -> None:
        profiles = rig.media.profiles
        await asyncio.gather(*(profiles.create(f"p{number}") for number in range(MADE_LEAST)))
        assert len(set(tokens(profiles))) == profiles.most
        with pytest.raises(MaxNVTProfiles):
            await profiles.create("one more")
        await profiles.delete("profile_7")
        assert (await profiles.create("again")).token == "profile_7"

    run(scene())


def test_every_encoder_can_have_a_profile_of_its_own_beside_the_fixed_ones(tmp_path: Path) -> None:
    rig = Rig(tmp_path, ())
    profiles, configurations = rig.media.profiles, rig.media.configurations

    async def scene() -> None:
        for number in range(MADE_LEAST):  # many cameras, two streams each
            await rig.cameras.add(CameraSettings(name=f"c{number}", source="drawn:?seed=1"))
        encoders = configurations.of_kind(Kind.VIDEO_ENCODER)
        assert sum(rig.media.encoders.instances(camera)[0] for camera in rig.cameras) == len(encoders)
        assert profiles.most - len(profiles.all()) >= len(encoders)
        for number in range(MADE_LEAST + 1):
            await profiles.create(f"p{number}")
        for number in range(MADE_LEAST):
            await rig.cameras.remove(f"c{number}")
        assert len(profiles.all()) == MADE_LEAST + 1 <= profiles.most
        with pytest.raises(MaxNVTProfiles):
            await profiles.create("one more")

    run(scene())


def test_metadata_may_stand_alone_where_the_service_says_so(rig: Any) -> None:
    async def scene() -> None:
        profiles = rig.media.profiles
        token = (await profiles.create("events")).token
        metadata = ("Metadata", "md_yard")
        assert profiles.compatible(profiles.require(token), Kind.METADATA) == ()
        with pytest.raises(ConfigurationConflict):
            await profiles.add(token, [metadata])
        (found,) = profiles.compatible(profiles.require(token), Kind.METADATA, may_lack_source=True)
        await profiles.add(token, [("Metadata", found.token)], may_lack_source=True)
        assert held(profiles, token) == ["md_yard"]

        # What stands there already is no reason to refuse the rest.
        assert profiles.compatible(profiles.require(token), Kind.METADATA) == (found,)
        await profiles.add(token, [], name="renamed")
        await profiles.remove(token, ["AudioEncoder"])
        with pytest.raises(ConfigurationConflict):
            await profiles.add(token, [("VideoSource", "vsc_door")])
        await profiles.add(token, [PICTURE])
        with pytest.raises(ConfigurationConflict):
            await profiles.remove(token, ["VideoSource"])
        await profiles.remove(token, ["VideoSource"], may_lack_source=True)
        assert held(profiles, token) == ["md_yard"]

    run(scene())


def test_whatever_is_compatible_can_be_added(rig: Any) -> None:
    async def scene() -> None:
        profiles = rig.media.profiles
        empty = (await profiles.create("empty")).token
        assert profiles.compatible(profiles.require(empty), Kind.VIDEO_ENCODER) == ()
        for start in ("vsc_yard", "vsc_door"):
            await profiles.remove(empty, ["All"])
            await profiles.add(empty, [("VideoSource", start)])
            for kind in Kind:
                for each in profiles.compatible(profiles.require(empty), kind):
                    await profiles.add(empty, [(kind, each.token)])
                    assert each.token in held(profiles, empty)
                    if kind is not Kind.VIDEO_SOURCE:
                        await profiles.remove(empty, [kind, *needing(kind)])

    run(scene())


def needing(kind: Kind) -> list[Kind]:
    return [Kind.AUDIO_ENCODER] if kind is Kind.AUDIO_SOURCE else []


def test_every_change_is_told_once(rig: Any) -> None:
    async def scene() -> None:
        told: list[str] = []
        profiles = rig.media.profiles
        profiles.watch(told.append)
        await profiles.create("x", token="mine")
        await profiles.add("mine", [PICTURE])
        await profiles.remove("mine", ["All"])
        await profiles.delete("mine")
        assert told == ["mine"] * 4

    run(scene())


def test_uses_are_counted_over_all_profiles(rig: Any) -> None:
    async def scene() -> None:
        profiles = rig.media.profiles
        assert profiles.use_counts()["vsc_yard"] == 2
        await profiles.create("x", configurations=[PICTURE])
        assert profiles.use_counts()["vsc_yard"] == 3

    run(scene())


def test_a_camera_that_goes_takes_its_configurations_out_of_profiles(rig: Any) -> None:
    async def scene() -> None:
        profiles = rig.media.profiles
        await rig.cameras.add(CameraSettings(name="shed", source="drawn:"))
        assert "shed_main" in tokens(profiles)
        made = await profiles.create("x", configurations=[("VideoSource", "vsc_shed")])
        await rig.cameras.remove("shed")
        assert held(profiles, made.token) == []
        assert "shed_main" not in tokens(profiles)

    run(scene())
