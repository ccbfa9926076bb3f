"""Configurations over both media services: what is set with one reads back the same with both."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec
import pytest
from lxml import etree

from vedette.base.clock import ManualClock
from vedette.contract.faults import (
    ConfigModify,
    IncompatibleConfiguration,
    InvalidArgVal,
    NoConfig,
    NoProfile,
)
from vedette.contract.media import Media
from vedette.contract.media2 import Media2
from vedette.contract.media2.profiles import ConfigurationRef
from vedette.contract.schema.encoding import (
    H264Configuration,
    H264Profile,
    VideoEncoding,
    VideoRateControl,
    VideoRateControl2,
    VideoResolution,
    VideoResolution2,
)
from vedette.contract.schema.geometry import IntRectangle
from vedette.contract.schema.media import EventSubscription, PTZFilter
from vedette.contract.schema.multicast import MulticastConfiguration
from vedette.contract.schema.network import IPAddress, IPType
from vedette.contract.schema.notification import Filter
from vedette.device.settings.document import CameraSettings
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.server.live.resource import LiveGroups
from vedette.server.live.selection import ProfileStreams
from vedette.wire.filters import CONCRETE_SET, ITEM_FILTER
from vedette.wire.namespaces import TNS1, WSNT

Play = Callable[[Any], None]


class Calls(NamedTuple):
    """The operations about one kind of configuration."""

    list_media: Any
    get_media: Any
    compatible_media: Any
    options_media: Any
    set_media: Any
    get_media2: Any
    options_media2: Any
    set_media2: Any


CALLS = {
    "video_source": Calls(
        list_media=Media.get_video_source_configurations,
        get_media=Media.get_video_source_configuration,
        compatible_media=Media.get_compatible_video_source_configurations,
        options_media=Media.get_video_source_configuration_options,
        set_media=Media.set_video_source_configuration,
        get_media2=Media2.get_video_source_configurations,
        options_media2=Media2.get_video_source_configuration_options,
        set_media2=Media2.set_video_source_configuration,
    ),
    "video_encoder": Calls(
        list_media=Media.get_video_encoder_configurations,
        get_media=Media.get_video_encoder_configuration,
        compatible_media=Media.get_compatible_video_encoder_configurations,
        options_media=Media.get_video_encoder_configuration_options,
        set_media=Media.set_video_encoder_configuration,
        get_media2=Media2.get_video_encoder_configurations,
        options_media2=Media2.get_video_encoder_configuration_options,
        set_media2=Media2.set_video_encoder_configuration,
    ),
    "audio_source": Calls(
        list_media=Media.get_audio_source_configurations,
        get_media=Media.get_audio_source_configuration,
        compatible_media=Media.get_compatible_audio_source_configurations,
        options_media=Media.get_audio_source_configuration_options,
        set_media=Media.set_audio_source_configuration,
        get_media2=Media2.get_audio_source_configurations,
        options_media2=Media2.get_audio_source_configuration_options,
        set_media2=Media2.set_audio_source_configuration,
    ),
    "audio_encoder": Calls(
        list_media=Media.get_audio_encoder_configurations,
        get_media=Media.get_audio_encoder_configuration,
        compatible_media=Media.get_compatible_audio_encoder_configurations,
        options_media=Media.get_audio_encoder_configuration_options,
        set_media=Media.set_audio_encoder_configuration,
        get_media2=Media2.get_audio_encoder_configurations,
        options_media2=Media2.get_audio_encoder_configuration_options,
        set_media2=Media2.set_audio_encoder_configuration,
    ),
    "metadata": Calls(
        list_media=Media.get_metadata_configurations,
        get_media=Media.get_metadata_configuration,
        compatible_media=Media.get_compatible_metadata_configurations,
        options_media=Media.get_metadata_configuration_options,
        set_media=Media.set_metadata_configuration,
        get_media2=Media2.get_metadata_configurations,
        options_media2=Media2.get_metadata_configuration_options,
        set_media2=Media2.set_metadata_configuration,
    ),
}
KINDS = tuple(CALLS)
replace = msgspec.structs.replace
MULTICAST = MulticastConfiguration(
    address=IPAddress(type=IPType.IPV4, ipv4_address="239.1.2.3"), port=5000, ttl=3, auto_start=False
)


async def listed(rig: Any, kind: str, **narrowed: str) -> tuple[Any, ...]:
    answer = await rig.call(CALLS[kind].get_media2, **narrowed)
    return tuple(answer.configurations)


async def media2(rig: Any, kind: str, token: str) -> Any:
    (one,) = await listed(rig, kind, configuration_token=token)
    return one


async def media(rig: Any, kind: str, token: str) -> Any:
    return (await rig.call(CALLS[kind].get_media, configuration_token=token)).configuration


async def set_media(rig: Any, kind: str, configuration: Any) -> None:
    await rig.call(CALLS[kind].set_media, configuration=configuration, force_persistence=True)


async def set_media2(rig: Any, kind: str, configuration: Any) -> None:
    await rig.call(CALLS[kind].set_media2, configuration=configuration)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_listed_is_found_by_token_and_has_options_of_its_own(rig: Any, play: Play, kind: str) -> None:
    async def scene() -> None:
        found = await listed(rig, kind)
        assert found
        for each in found:
            assert await media2(rig, kind, each.token) == each
            for operation in (CALLS[kind].options_media, CALLS[kind].options_media2):
                assert (await rig.call(operation, configuration_token=each.token)).options
        for operation in (CALLS[kind].options_media, CALLS[kind].options_media2):
            assert (await rig.call(operation)).options
            assert (await rig.call(operation, profile_token="yard_main")).options
            with pytest.raises(NoConfig):
                await rig.call(operation, configuration_token="attic")
            with pytest.raises(NoProfile):
                await rig.call(operation, profile_token="attic")
        for wrong in ({"configuration_token": "attic"}, {"configuration_token": ""}):
            with pytest.raises(NoConfig):
                await listed(rig, kind, **wrong)
        with pytest.raises(NoProfile):
            await listed(rig, kind, profile_token="attic")

    play(scene())


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_profile_holds_is_compatible_with_it(rig: Any, play: Play, kind: str) -> None:
    async def scene() -> None:
        for profile in (await rig.call(Media2.get_profiles, types=("All",))).profiles:
            held = getattr(profile.configurations, kind)
            suiting = await listed(rig, kind, profile_token=profile.token)
            if held is not None:
                assert held in suiting
            answer = await rig.call(CALLS[kind].compatible_media, profile_token=profile.token)
            tokens = {each.token for each in suiting} - {"ve_gate_main"}
            assert {each.token for each in answer.configurations} == tokens

    play(scene())


@pytest.mark.parametrize("kind", KINDS)
def test_setting_what_was_read_changes_nothing(rig: Any, play: Play, kind: str) -> None:
    async def scene() -> None:
        before = await listed(rig, kind)
        for each in before:
            await set_media2(rig, kind, each)
        for each in (await rig.call(CALLS[kind].list_media)).configurations:
            await set_media(rig, kind, each)
        assert await listed(rig, kind) == before

    play(scene())


def test_a_rate_of_half_a_picture_is_told_where_it_can_be_and_rounded_where_not(rig: Any, play: Play) -> None:
    async def scene() -> None:
        stream = rig.hub.require("door/main")
        stream.announce((Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000),))
        rig.media.facts.of(stream)
        for number in range(100):
            pts = number * 7200
            stream.publish([AccessUnit(track=0, utc_us=0, pts=pts, data=b"x", is_key=number % 25 == 0)])
        exact = await media2(rig, "video_encoder", "ve_door_main")
        whole = await media(rig, "video_encoder", "ve_door_main")
        assert (exact.rate_control.frame_rate_limit, whole.rate_control.frame_rate_limit) == (12.5, 13)
        (options,) = (
            await rig.call(Media2.get_video_encoder_configuration_options, configuration_token="ve_door_main")
        ).options
        assert options.frame_rates_supported == (12.5,)
        narrow = {"configuration_token": "ve_door_main"}
        rates = (await rig.call(Media.get_video_encoder_configuration_options, **narrow)).options.h264
        assert (rates.frame_rate_range.min, rates.frame_rate_range.max) == (13, 13)
        sources = (await rig.call(Media.get_video_sources)).video_sources
        assert [each.framerate for each in sources if each.token == "vs_door"] == [12.5]
        await set_media2(rig, "video_encoder", exact)
        await set_media(rig, "video_encoder", whole)
        assert await media2(rig, "video_encoder", "ve_door_main") == exact
        for fps in (12.0, 25.0, float("nan")):
            control = replace(exact.rate_control, frame_rate_limit=fps)
            with pytest.raises(ConfigModify):
                await set_media2(rig, "video_encoder", replace(exact, rate_control=control))

    play(scene())


@pytest.mark.parametrize(
    ("kind", "token"),
    [
        ("video_source", "vsc_door"),
        ("video_encoder", "ve_door_main"),
        ("audio_source", "asc_gate"),
        ("audio_encoder", "ae_gate_main"),
        ("metadata", "md_yard"),
    ],
)
def test_names_and_multicast_read_back_with_both_services(
    rig: Any, play: Play, kind: str, token: str
) -> None:
    async def scene() -> None:
        wanted = replace(await media2(rig, kind, token), name="Nordtür")
        if "multicast" in wanted.__struct_fields__:
            wanted = replace(wanted, multicast=MULTICAST)
        await set_media2(rig, kind, wanted)
        for found in (await media2(rig, kind, token), await media(rig, kind, token)):
            assert found.name == "Nordtür"
            assert getattr(found, "multicast", MULTICAST) == MULTICAST
        assert [event.source for event in rig.events][-1][0] == ("Token", token)
        await set_media2(rig, kind, wanted)  # whoever sets something else sends the name along
        assert (await media2(rig, kind, token)).name == "Nordtür"
        await set_media(rig, kind, replace(await media(rig, kind, token), name="East"))
        assert (await media2(rig, kind, token)).name == "East"
        with pytest.raises(InvalidArgVal):
            await set_media2(rig, kind, replace(wanted, name="x" * 65))

    play(scene())


def test_every_advertised_encoding_and_size_can_be_set_and_reads_back(rig: Any, play: Play) -> None:
    async def scene() -> None:
        token = "ve_yard_sub"
        present = await media2(rig, "video_encoder", token)
        asked = await rig.call(
            Media2.get_video_encoder_configuration_options,
            configuration_token=token,
            profile_token="yard_sub",
        )
        assert {each.encoding for each in asked.options} == {"H264", "H265", "JPEG"}
        for options in asked.options:
            for size in options.resolutions_available:
                wanted = replace(
                    present,
                    encoding=options.encoding,
                    resolution=VideoResolution2(width=size.width, height=size.height),
                    gov_length=options.gov_length_range[1] if options.gov_length_range else None,
                    profile=options.profiles_supported[-1] if options.profiles_supported else None,
                    rate_control=VideoRateControl2(
                        frame_rate_limit=options.frame_rates_supported[-1],
                        bitrate_limit=options.bitrate_range.min,
                    ),
                    quality=options.quality_range.max,
                )
                await set_media2(rig, "video_encoder", wanted)
                assert await media2(rig, "video_encoder", token) == wanted

    play(scene())


def test_an_encoder_set_with_media_reads_back_with_media2(rig: Any, play: Play) -> None:
    async def scene() -> None:
        token = "ve_yard_main"
        wanted = replace(
            await media(rig, "video_encoder", token),
            resolution=VideoResolution(width=1280, height=720),
            quality=40.0,
            rate_control=VideoRateControl(frame_rate_limit=12, encoding_interval=1, bitrate_limit=700),
            h264=H264Configuration(gov_length=36, h264_profile=H264Profile.HIGH),
            session_timeout=timedelta(seconds=30),
        )
        await set_media(rig, "video_encoder", wanted)
        assert await media(rig, "video_encoder", token) == wanted
        (options, *_) = (
            await rig.call(Media2.get_video_encoder_configuration_options, configuration_token=token)
        ).options
        assert options.frame_rates_supported == (25.0, 20.0, 15.0, 12.0, 10.0, 5.0, 1.0)
        found = await media2(rig, "video_encoder", token)
        assert (found.encoding, found.gov_length, found.profile, found.quality) == ("H264", 36, "High", 40.0)
        assert (found.resolution.width, found.rate_control.frame_rate_limit) == (1280, 12.0)
        await set_media(
            rig, "video_encoder", replace(wanted, encoding=VideoEncoding.JPEG, h264=None, rate_control=None)
        )
        found = await media2(rig, "video_encoder", token)
        assert (found.encoding, found.gov_length, found.rate_control.bitrate_limit) == ("JPEG", None, 700)

    play(scene())


@pytest.mark.parametrize(("wanted_s", "given_s"), [(30, 30), (0, 60), (5, 10), (7 * 86_400, 3600)])
def test_the_session_timeout_that_an_encoder_was_given_is_that_of_live_sessions(
    rig: Any, play: Play, wanted_s: int, given_s: int
) -> None:
    async def scene() -> None:
        before = await media(rig, "video_encoder", "ve_yard_main")
        wanted = replace(before, session_timeout=timedelta(seconds=wanted_s))
        await set_media(rig, "video_encoder", wanted)
        found = await media(rig, "video_encoder", "ve_yard_main")
        assert found == replace(before, session_timeout=timedelta(seconds=given_s))
        sessions = ProfileStreams(rig.media.uris, LiveGroups(rig.hub, ManualClock()))
        timeouts = {each: sessions.find(f"/live/yard/{each}").session_timeout_s for each in ("main", "sub")}
        assert timeouts == {"main": given_s, "sub": 60}

    play(scene())


def test_the_bit_rate_is_adapted_and_other_values_are_refused(rig: Any, play: Play) -> None:
    async def scene() -> None:
        token = "ve_yard_main"
        before = await media2(rig, "video_encoder", token)
        for change in (
            {"encoding": "MPV4-ES"},
            {"resolution": VideoResolution2(width=1000, height=1000)},
            {"gov_length": 100_000},
            {"quality": float("nan")},
            {"profile": "Extended"},
            {"signed": True},
            {"rate_control": VideoRateControl2(frame_rate_limit=float("inf"), bitrate_limit=64)},
            {"multicast": replace(MULTICAST, auto_start=True)},
            {"multicast": replace(MULTICAST, address=IPAddress(type=IPType.IPV4, ipv4_address="x"))},
        ):
            with pytest.raises(ConfigModify):
                await set_media2(rig, "video_encoder", replace(before, **change))
        assert await media2(rig, "video_encoder", token) == before
        rate = VideoRateControl2(frame_rate_limit=25.0, bitrate_limit=10**7)
        await set_media2(rig, "video_encoder", replace(before, rate_control=rate))
        assert (await media2(rig, "video_encoder", token)).rate_control.bitrate_limit == 16384

    play(scene())


def test_a_camera_that_is_not_ours_offers_exactly_what_it_sends(rig: Any, play: Play) -> None:
    async def scene() -> None:
        (options,) = (
            await rig.call(Media2.get_video_encoder_configuration_options, configuration_token="ve_gate_main")
        ).options
        present = await media2(rig, "video_encoder", "ve_gate_main")
        assert (options.encoding, present.encoding) == ("H265", "H265")
        assert options.resolutions_available == (present.resolution,)
        assert options.frame_rates_supported == (present.rate_control.frame_rate_limit,)
        with pytest.raises(ConfigModify):
            await set_media2(
                rig, "video_encoder", replace(present, resolution=VideoResolution2(width=640, height=360))
            )

    play(scene())


def test_sound_stays_as_it_is_and_says_so(rig: Any, play: Play) -> None:
    async def scene() -> None:
        for token in ("ae_yard_main", "ae_gate_main"):
            for read, write in ((media, set_media), (media2, set_media2)):
                sound = await read(rig, "audio_encoder", token)
                for change in ({"encoding": "G726"}, {"bitrate": sound.bitrate + 64}, {"sample_rate": 96}):
                    with pytest.raises(ConfigModify):
                        await write(rig, "audio_encoder", replace(sound, name="not kept", **change))
                assert await read(rig, "audio_encoder", token) == sound

    play(scene())


def test_media_options_hold_what_media_shows(rig: Any, play: Play) -> None:
    async def scene() -> None:
        for present in (await rig.call(Media.get_video_encoder_configurations)).configurations:
            answer = await rig.call(
                Media.get_video_encoder_configuration_options, configuration_token=present.token
            )
            h264 = answer.options.h264
            assert present.resolution in h264.resolutions_available
            assert present.h264.h264_profile in h264.h264_profiles_supported
            assert h264.gov_length_range.min <= present.h264.gov_length <= h264.gov_length_range.max
            rates = answer.options.extension.h264.bitrate_range
            assert rates.min <= present.rate_control.bitrate_limit <= rates.max

    play(scene())


def test_bounds_and_sources_stay(rig: Any, play: Play) -> None:
    async def scene() -> None:
        present = await media2(rig, "video_source", "vsc_yard")
        for change in (
            {"bounds": IntRectangle(x=0, y=0, width=640, height=480)},
            {"source_token": "vs_door"},
        ):
            with pytest.raises(ConfigModify):
                await set_media2(rig, "video_source", replace(present, **change))

    play(scene())


def test_what_a_metadata_stream_shall_carry_is_kept(rig: Any, play: Play) -> None:
    async def scene() -> None:
        topic = etree.Element(f"{{{WSNT}}}TopicExpression", {"Dialect": CONCRETE_SET}, nsmap={"tns1": TNS1})
        topic.text = "tns1:Device//."
        present = await media2(rig, "metadata", "md_yard")
        wanted = replace(
            present,
            analytics=False,
            ptz_status=PTZFilter(status=False, position=False),
            events=EventSubscription(filter=Filter(content=(topic,))),
        )
        await set_media(rig, "metadata", wanted)
        found = await media2(rig, "metadata", "md_yard")
        assert (found.analytics, found.ptz_status) == (False, wanted.ptz_status)
        (kept,) = found.events.filter.content
        assert (kept.text, kept.nsmap["tns1"]) == ("tns1:Device//.", TNS1)
        await set_media2(rig, "metadata", replace(wanted, events=EventSubscription()))
        assert (await media2(rig, "metadata", "md_yard")).events == EventSubscription()
        silent = replace(present, analytics=None, name="nothing")
        await set_media2(rig, "metadata", silent)
        assert await media2(rig, "metadata", "md_yard") == silent
        for text in ("x" * 20_000, "x" * 5000, "tns1:Device//x", ""):
            topic.text = text
            with pytest.raises(ConfigModify):
                await set_media2(rig, "metadata", wanted)
        inside = etree.Element(f"{{{WSNT}}}MessageContent", {"Dialect": ITEM_FILTER})
        for text in ('boolean(//tt:SimpleItem[@Name="InputToken"])', "boolean(//tt:Data)"):
            inside.text = text
            events = EventSubscription(filter=Filter(content=(inside,)))
            with pytest.raises(ConfigModify, match="by topic only"):
                await set_media2(rig, "metadata", replace(present, events=events))
        with pytest.raises(ConfigModify):
            await set_media2(rig, "metadata", replace(present, compression_type="EXI"))
        options = (await rig.call(Media2.get_metadata_configuration_options)).options
        assert not options.ptz_status_filter_options.pan_tilt_status_supported
        for ptz in (PTZFilter(status=True, position=False), PTZFilter(status=False, position=True)):
            for write in (set_media, set_media2):
                with pytest.raises(ConfigModify, match="no PTZ"):
                    await write(rig, "metadata", replace(present, ptz_status=ptz))

    play(scene())


def test_options_for_a_configuration_that_does_not_suit_the_profile_are_refused(rig: Any, play: Play) -> None:
    async def scene() -> None:
        with pytest.raises(IncompatibleConfiguration):
            await rig.call(
                Media2.get_video_encoder_configuration_options,
                configuration_token="ve_yard_main",
                profile_token="gate_main",
            )

    play(scene())


def test_sources_are_the_cameras(rig: Any, play: Play) -> None:
    async def scene() -> None:
        sources = (await rig.call(Media.get_video_sources)).video_sources
        assert [each.token for each in sources] == ["vs_yard", "vs_door", "vs_gate"]
        assert sources[2].resolution == VideoResolution(width=2560, height=1440)
        sounds = (await rig.call(Media.get_audio_sources)).audio_sources
        assert [(each.token, each.channels) for each in sounds] == [("as_yard", 1), ("as_gate", 2)]

    play(scene())


def test_as_many_encoders_run_as_are_announced(rig: Any, play: Play) -> None:
    async def scene() -> None:
        info = (await rig.call(Media2.get_video_encoder_instances, configuration_token="vsc_yard")).info
        assert info.total == 2
        assert {each.encoding: each.number for each in info.codecs} == {"H264": 2, "H265": 2, "JPEG": 2}
        answer = await rig.call(
            Media.get_guaranteed_number_of_video_encoder_instances, configuration_token="vsc_gate"
        )
        assert (answer.total_number, answer.h264) == (0, None)  # H.265, for which Media has no word
        encoder = await media2(rig, "video_encoder", "ve_yard_sub")
        await set_media2(rig, "video_encoder", replace(encoder, encoding="H265", profile=None))
        for source, most in (("vsc_yard", 1), ("vsc_door", 1), ("vsc_gate", 0)):
            answer = await rig.call(
                Media.get_guaranteed_number_of_video_encoder_instances, configuration_token=source
            )
            await rig.call(Media.create_profile, name="n", token=f"for_{source}")
            await rig.call(
                Media.add_video_source_configuration,
                profile_token=f"for_{source}",
                configuration_token=source,
            )
            offered = await rig.call(
                Media.get_compatible_video_encoder_configurations, profile_token=f"for_{source}"
            )
            assert answer.total_number == len(offered.configurations) == most
        with pytest.raises(NoConfig):
            await rig.call(Media2.get_video_encoder_instances, configuration_token="ve_yard_main")

    play(scene())


def test_a_camera_that_is_added_again_has_nothing_of_the_one_before(rig: Any, play: Play) -> None:
    async def scene() -> None:
        fresh: list[Any] = []
        for seed in (1, 2):
            for neighbour in ("shed_main", "shed"):
                await rig.cameras.add(CameraSettings(name=neighbour, source=f"drawn:?seed={seed}"))
            fresh.append((await rig.call(Media2.get_profiles, token="shed_sub", types=("All",))).profiles)
            encoder = await media2(rig, "video_encoder", "ve_shed_sub")
            await set_media2(
                rig, "video_encoder", replace(encoder, name="old", encoding="H265", profile=None)
            )
            metadata = await media2(rig, "metadata", "md_shed")
            await set_media2(rig, "metadata", replace(metadata, analytics=False))
            await rig.call(
                Media2.remove_configuration,
                profile_token="shed_sub",
                configurations=(ConfigurationRef(type="AudioEncoder"),),
            )
            other = await media2(rig, "video_encoder", "ve_shed_main_sub")
            await set_media2(rig, "video_encoder", replace(other, name="stays"))
            await rig.cameras.remove("shed")
            assert (await media2(rig, "video_encoder", "ve_shed_main_sub")).name == "stays"
            await rig.cameras.remove("shed_main")
        assert fresh[0] == fresh[1]
        left = rig.store.current.media
        assert [*left.profiles, *left.configurations, *left.metadata, *left.encoders] == []

    play(scene())
