"""Release archives: what a trusted key has signed comes out whole, anything else is refused by name."""

import hashlib
import io
import platform
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.device.firmware_samples import KEY, OTHER_KEY, archive, program, wheel

from vedette.device.firmware_archive import (
    MAGIC,
    FirmwareInvalid,
    Manifest,
    ReleaseFile,
    copy_files,
    public_key,
    public_text,
    read_manifest,
    require_suitable,
    version_numbers,
)

PUBLIC = KEY.public_key()


def taken(content: bytes, folder: Path) -> tuple[Manifest, list[Path]]:
    """The archive as a device takes it."""
    source = io.BytesIO(content)
    manifest = read_manifest(source, (OTHER_KEY.public_key(), PUBLIC))
    folder.mkdir()
    return manifest, copy_files(source, manifest, folder)


def signed(manifest: object) -> bytes:
    raw = msgspec.json.encode(manifest)
    return MAGIC + b64encode(KEY.sign(MAGIC + raw)) + b"\n" + b"%d\n" % len(raw) + raw


FILE = {
    "name": "vedette-2.0.0-py3-none-any.whl",
    "size_bytes": 1,
    "sha256": hashlib.sha256(b"x").hexdigest(),
}


def described(**changes: Any) -> dict[str, Any]:
    """The manifest of release 2.0.0, with something in it changed."""
    told = {"product": "vedette", "version": "2.0.0", "minimum_version": "0.0", "files": [FILE]}
    return told | changes


def test_what_was_packed_comes_out_whole(tmp_path: Path) -> None:
    wheels = (program(tmp_path, "2.1.0"), wheel(tmp_path, "other-1-py3-none-any.whl", {"other.py": "x = 1"}))
    manifest, found = taken(archive(*wheels, minimum_version="1.5"), tmp_path / "out")
    assert (manifest.version, manifest.minimum_version) == ("2.1.0", "1.5")
    assert [each.name for each in found] == [each.name for each in wheels]
    assert [each.read_bytes() for each in found] == [each.read_bytes() for each in wheels]


def test_an_archive_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = archive(program(tmp_path, "2.1.0"))
    for number, length in enumerate((*range(0, 420, 7), len(whole) // 2, len(whole) - 1)):
        with pytest.raises(FirmwareInvalid):
            taken(whole[:length], tmp_path / f"out{number}")
    with pytest.raises(FirmwareInvalid, match="goes on"):
        taken(whole + b"\n", tmp_path / "long")


def test_a_changed_byte_is_noticed_wherever_it_is(tmp_path: Path) -> None:
    whole = archive(program(tmp_path, "2.1.0"))
    for number, place in enumerate((0, len(MAGIC) + 3, len(MAGIC) + 95, 200, 300, len(whole) - 5)):
        changed = bytearray(whole)
        changed[place] ^= 1
        with pytest.raises(FirmwareInvalid):
            taken(bytes(changed), tmp_path / f"out{number}")


def test_a_key_that_is_not_trusted_counts_for_nothing(tmp_path: Path) -> None:
    source = io.BytesIO(archive(program(tmp_path, "2.1.0"), key=OTHER_KEY))
    with pytest.raises(FirmwareInvalid, match="none of the keys"):
        read_manifest(source, (PUBLIC,))


@settings(max_examples=40)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused(content: bytes) -> None:
    for each in (content, MAGIC + content, signed(content.hex())):
        with pytest.raises(FirmwareInvalid):
            read_manifest(io.BytesIO(each), (PUBLIC,))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"product": "another"}, "another"),
        ({"version": "2.0.1"}, "exactly that wheel"),
        ({"version": "2.0.0rc1", "files": []}, "exactly that wheel"),
        ({"minimum_version": "new"}, "no version number"),
        ({"files": [FILE, FILE]}, "exactly that wheel"),
        ({"extra": 1}, "extra"),
        ({"files": [FILE, FILE | {"name": "../x.whl"}]}, "name of a"),
        ({"files": [FILE | {"size_bytes": 0}]}, "empty"),
        ({"files": [FILE | {"size_bytes": 1 << 40}]}, "more than"),
    ],
)
def test_a_signed_manifest_that_makes_no_release_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(FirmwareInvalid, match=why):
        read_manifest(io.BytesIO(signed(described(**changes))), (PUBLIC,))


def test_a_release_must_be_newer_and_may_ask_for_a_version_to_come_from() -> None:
    release = msgspec.convert(described(minimum_version="1.5"), Manifest)
    require_suitable(release, "1.5.0")
    for running in ("2.0.0", "2.0", "2.0.1", "10.0"):
        with pytest.raises(FirmwareInvalid, match="not newer"):
            require_suitable(release, running)
    with pytest.raises(FirmwareInvalid, match=r"follows on 1\.5"):
        require_suitable(release, "1.4.9")


MINOR = sys.version_info.minor
MACHINE = platform.machine()


@pytest.mark.parametrize(
    ("tags", "fits"),
    [
        ("py3-none-any", True),
        ("py2.py3-none-any", True),
        (
            f"cp3{MINOR}-cp3{MINOR}-manylinux_2_17_{MACHINE}.manylinux2014_{MACHINE}",
            True,
        ),
        (f"cp38-abi3-manylinux_2_28_{MACHINE}", True),
        (f"cp38-cp38-manylinux_2_28_{MACHINE}", False),
        (f"cp3{MINOR + 1}-abi3-manylinux_2_28_{MACHINE}", False),
        (f"cp3{MINOR}-cp3{MINOR}-win_amd64", False),
        (f"cp3{MINOR}-cp3{MINOR}-manylinux_2_17_riscv128", False),
        ("py2-none-any", False),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="the tags are those of Linux")
def test_wheels_for_another_machine_are_refused(tags: str, fits: bool) -> None:
    other = ReleaseFile(name=f"other-1.0-{tags}.whl", size_bytes=1, sha256="")
    plain = msgspec.convert(described(), Manifest)
    release = msgspec.structs.replace(plain, files=(*plain.files, other))
    if fits:
        require_suitable(release, "1.0")
    else:
        with pytest.raises(FirmwareInvalid, match="on this machine"):
            require_suitable(release, "1.0")


def test_versions_compare_by_their_numbers() -> None:
    assert version_numbers("1.10") > version_numbers("1.9.9")
    assert version_numbers("1.0") == version_numbers("1.0.0.0")
    for wrong in ("", "1", "1.", "1.x", "1.2.3.4.5", "v1.0", "1.0 "):
        with pytest.raises(FirmwareInvalid):
            version_numbers(wrong)


def test_a_public_key_reads_as_it_was_written() -> None:
    assert public_key(public_text(PUBLIC)).public_bytes_raw() == PUBLIC.public_bytes_raw()
    for wrong in ("", "abc", "é", public_text(PUBLIC)[:-4], public_text(PUBLIC) + "AAAA"):
        with pytest.raises(FirmwareInvalid, match="no Ed25519"):
            public_key(wrong)
