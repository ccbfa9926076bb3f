"""`name=value` arguments, typed by the contract; answers as JSON."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from vedette.cli.exits import CommandFailed
from vedette.cli.json_form import json_text
from vedette.cli.operations import describe, listing, operation_named
from vedette.cli.values import FILE_MOST_BYTES, built
from vedette.contract.advanced_security.certificates import UploadCertificate
from vedette.contract.device.system import RestoreSystem, UpgradeSystemFirmware
from vedette.contract.device.users import CreateUsers, SetAccessPolicy
from vedette.contract.events import (
    CreatePullPointSubscription,
    GetServiceCapabilitiesResponse,
    PullMessages,
    PullPointPolicy,
)
from vedette.contract.media2.profiles import AddConfiguration, CreateProfile
from vedette.contract.media2.streaming import GetStreamUri
from vedette.contract.schema.items import SimpleItemDescription
from vedette.contract.schema.security import User, UserLevel
from vedette.contract.search import FindEvents
from vedette.wire.attachments import part_address, parts_of
from vedette.wire.filters import CONCRETE_SET
from vedette.wire.message import HexBytes, PrefixedText, XmlName, element, message
from vedette.wire.namespaces import TT


@pytest.mark.parametrize("names", [("Protocol", "ProfileToken"), ("protocol", "profile_token")])
def test_names_are_the_standard_s_or_ours(names: tuple[str, str]) -> None:
    made = built(GetStreamUri, [f"{names[0]}=RTSP", f"{names[1]}=main"])
    assert made == GetStreamUri(protocol="RTSP", profile_token="main")


def test_a_value_may_hold_equal_signs() -> None:
    assert built(GetStreamUri, ["Protocol=a=b", "ProfileToken="]).protocol == "a=b"


def test_a_repeated_inner_name_begins_the_next_item() -> None:
    arguments = ["User.Username=a", "User.UserLevel=Operator", "User.Username=b", "User.UserLevel=user"]
    assert built(CreateUsers, arguments).users == (
        User(username="a", user_level=UserLevel.OPERATOR),
        User(username="b", user_level=UserLevel.USER),
    )


def test_items_can_be_numbered() -> None:
    made = built(
        CreateProfile,
        [
            "Name=x",
            "Configuration.0.Type=VideoSource",
            "Configuration.1.Type=Audio",
            "Configuration.0.Token=t",
        ],
    )
    assert [(each.type, each.token) for each in made.configurations] == [
        ("VideoSource", "t"),
        ("Audio", None),
    ]


def test_times_and_durations_are_converted() -> None:
    assert built(PullMessages, ["Timeout=PT10S", "MessageLimit=5"]).timeout == timedelta(seconds=10)
    made = built(
        FindEvents,
        [
            "StartPoint=2026-05-01T12:00:00Z",
            "Scope=",
            "SearchFilter=",
            "IncludeStartState=true",
            "KeepAliveTime=PT5S",
        ],
    )
    assert made.start_point == datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert made.include_start_state is True


def test_filters_are_written_in_the_dialect_of_the_standard() -> None:
    made = built(CreatePullPointSubscription, ["filter.topic=tns1:RuleEngine//."])
    (topic,) = made.filter.content
    assert topic.get("Dialect") == CONCRETE_SET
    assert topic.text == "tns1:RuleEngine//."


def test_filters_of_searches_are_written_alike() -> None:
    arguments = ["StartPoint=now", "Scope=", "SearchFilter.Topic=tns1:Device", "IncludeStartState=0"]
    made = built(FindEvents, [*arguments, "KeepAliveTime=PT5S"])
    assert [each.text for each in made.search_filter.content] == ["tns1:Device"]


@pytest.mark.parametrize(
    ("cls", "arguments", "told"),
    [
        (GetStreamUri, ["Protocol"], "name=value"),
        (GetStreamUri, ["Protocol=RTSP"], "GetStreamUri needs ProfileToken"),
        (GetStreamUri, ["Protocl=RTSP"], "it has Protocol, ProfileToken"),
        (GetStreamUri, ["Protocol=a", "Protocol=b"], "given twice"),
        (GetStreamUri, ["Protocol.x=a"], "nothing inside"),
        (CreateUsers, ["User=a"], "values inside: User.Username"),
        (CreateUsers, ["User.Username=a", "User.UserLevel=King"], "not one of Administrator"),
        (CreateUsers, ["User.Username=a"], "needs User.0.UserLevel"),
        (CreateProfile, ["Name=x", "Configuration.5.Type=y"], "numbers begin at 0"),
        (CreateProfile, ["Name=x", "Configuration.².Type=y"], "has no '²'"),
        (CreateProfile, ["Name=x", f"Configuration.{'9' * 5000}.Type=y"], "has no '999"),
        (SimpleItemDescription, ["Name=x", "Type=other:string"], "unknown prefix 'other'"),
        (PullMessages, ["Timeout=soon", "MessageLimit=5"], "a duration such as PT10S"),
        (PullMessages, ["Timeout=PT1S", "MessageLimit=many"], "not int"),
        (AddConfiguration, ["ProfileToken=@/no/such/file"], "No such file"),
        (UpgradeSystemFirmware, ["Firmware=@/no/such/file"], "Firmware.Include: /no/such/file: No such file"),
        (UpgradeSystemFirmware, ["Firmware=release.tar"], "write Firmware=@FILE"),
        (UpgradeSystemFirmware, ["Firmware.Include=x"], "write Firmware.Include=@FILE"),
        (UpgradeSystemFirmware, ["Firmware.Include.href=cid:x"], "write Firmware.Include=@FILE"),
        (UpgradeSystemFirmware, ["Firmware.contentType=a/b"], "needs Firmware.Include"),
        (UpgradeSystemFirmware, ["Firmware=@a", "Firmware=@b"], "given twice"),
        (UpgradeSystemFirmware, [], "needs Firmware"),
    ],
)
def test_mistakes_are_told(cls: Any, arguments: list[str], told: str) -> None:
    with pytest.raises(CommandFailed, match=told):
        built(cls, arguments)


def test_a_value_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "name").write_text("Räume")
    assert built(CreateProfile, [f"Name=@{tmp_path}/name"]).name == "Räume"


def test_a_file_that_is_too_large_for_a_message_is_not_sent(tmp_path: Path) -> None:
    with (tmp_path / "disk").open("wb") as file:
        file.truncate(FILE_MOST_BYTES + 1)
    with pytest.raises(CommandFailed, match="larger than 16777216 bytes"):
        built(UploadCertificate, [f"Certificate=@{tmp_path}/disk"])


def test_a_qualified_name_has_the_standard_s_prefix() -> None:
    assert built(SimpleItemDescription, ["Name=x", "Type=tt:Object"]).type == XmlName(TT, "Object")


@pytest.mark.parametrize("name", ["Firmware", "Firmware.Include", "firmware.include"])
def test_a_file_beside_the_message_is_given_by_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / "image").write_bytes(b"\x00release")
    made = built(UpgradeSystemFirmware, [f"{name}=@{tmp_path}/image", "Firmware.contentType=a/b"])
    assert made.firmware.content_type == "a/b"
    (part,) = parts_of(made)
    assert (part.content, part.content_type) == (b"\x00release", "a/b")
    assert made.firmware.include.href == part_address(part.content_id)


def test_several_files_travel_beside_one_message_and_equal_ones_once(tmp_path: Path) -> None:
    for name, content in (("a", b"1"), ("b", b"2"), ("c", b"1")):
        (tmp_path / name).write_bytes(content)
    given = [
        each
        for name in "abc"
        for each in (f"BackupFiles.Name={name}", f"BackupFiles.Data=@{tmp_path}/{name}")
    ]
    made = built(RestoreSystem, given)
    assert [(each.name, each.data.include.content) for each in made.backup_files] == [
        ("a", b"1"),
        ("b", b"2"),
        ("c", b"1"),
    ]
    assert [part.content for part in parts_of(made)] == [b"1", b"2"]


def test_a_file_within_the_message_is_given_alike(tmp_path: Path) -> None:
    (tmp_path / "policy").write_bytes(b"{}")
    for name in ("PolicyFile", "PolicyFile.Data"):
        assert built(SetAccessPolicy, [f"{name}=@{tmp_path}/policy"]).policy_file.data == b"{}"
    assert built(UploadCertificate, [f"Certificate=@{tmp_path}/policy"]).certificate == b"{}"


@given(st.lists(st.text(max_size=30), max_size=4))
@settings(max_examples=60, deadline=None)
def test_any_arguments_are_taken_or_refused(arguments: list[str]) -> None:
    safe = [each for each in arguments if "=@" not in each]
    for cls in (CreateUsers, CreatePullPointSubscription, RestoreSystem):
        try:
            built(cls, safe)
        except CommandFailed:
            continue


@message(TT)
class Everything:
    """One field of each kind."""

    moment: datetime
    length: timedelta
    raw: bytes
    colour: HexBytes
    name: XmlName
    topic: PrefixedText
    level: UserLevel
    flags: tuple[bool, ...] = element("Flag", default=())
    nothing: str | None = None


def test_json_says_what_the_xml_says() -> None:
    value = Everything(
        moment=datetime(2026, 5, 1, 12, tzinfo=UTC),
        length=timedelta(seconds=90),
        raw=b"ab",
        colour=HexBytes(b"\xff\x00"),
        name=XmlName(TT, "Object"),
        topic=PrefixedText("tns1:A", (("tns1", "x"),)),
        level=UserLevel.OPERATOR,
        flags=(True, False),
    )
    assert json.loads(json_text(value)) == {
        "Moment": "2026-05-01T12:00:00Z",
        "Length": "PT90S",
        "Raw": "YWI=",
        "Colour": "ff00",
        "Name": "tt:Object",
        "Topic": "tns1:A",
        "Level": "Operator",
        "Flag": [True, False],
    }


def test_open_content_joins_its_parent_by_local_names() -> None:
    elements = etree.fromstring('<a xmlns="x"><b c="1">t</b><d>1</d><d>2</d><e><f/></e></a>')
    told = json.loads(json_text(PullPointPolicy(content=tuple(elements)), is_compact=True))
    assert told == {"b": {"c": "1", "text": "t"}, "d": ["1", "2"], "e": {"f": ""}}


@pytest.mark.parametrize("name", ["Media2.GetStreamUri", "media2.get_stream_uri", "MEDIA2.getstreamuri"])
def test_operations_are_found_in_any_spelling(name: str) -> None:
    assert operation_named(name).request is GetStreamUri


def test_a_misspelt_operation_is_nearly_found() -> None:
    with pytest.raises(CommandFailed, match="did you mean GetStreamUri"):
        operation_named("Media2.GetStreamURL")


def test_a_description_names_arguments_answer_and_faults() -> None:
    told = "\n".join(describe(operation_named("Media2.GetStreamUri")))
    for part in ("READ_MEDIA", "ProfileToken: text", "Uri: text", "NoProfile:", "26.06"):
        assert part in told


def test_a_description_tells_how_files_are_given() -> None:
    told = "\n".join(describe(operation_named("Device.RestoreSystem")))
    assert "Data: AttachmentData, a file: Data=@FILE" in told
    assert "href" not in told
    told = "\n".join(describe(operation_named("Device.GetSystemBackup")))
    assert "@FILE" not in told
    assert "content: base64" in told


def test_every_operation_is_listed_and_can_be_described() -> None:
    lines = list(listing(""))
    assert len(lines) > 400
    for line in lines:
        assert list(describe(operation_named(line.split()[0])))


def test_optional_content_is_left_out_of_json() -> None:
    from vedette.contract.events import Capabilities

    answer = GetServiceCapabilitiesResponse(capabilities=Capabilities(max_pull_points=3))
    assert json.loads(json_text(answer)) == {"Capabilities": {"MaxPullPoints": 3}}
