"""Release archives: a signed manifest and the wheels it lists, in one file (docs/design/firmware.md)."""

import hashlib
import platform
import re
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from vedette.base.errors import VedetteError

MAGIC = b"vedette release 1\n"
PRODUCT = "vedette"
ARCHIVE_MOST_BYTES = 256 << 20
MANIFEST_MOST_BYTES = 64 << 10
FILES_MOST = 100
PIECE_BYTES = 1 << 20

_VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){1,3}")
_WHEEL = re.compile(r"([\w.]+)-([\w.]+)(?:-[0-9]\w*)?-([\w.]+)-([\w.]+)-([\w.]+)\.whl", re.ASCII)
_SIGNATURE_BYTES = 64
_SIGNATURE_LINE_BYTES = 90  # 88 of base64, the line break, and one that must not be there


class FirmwareInvalid(VedetteError):
    """The file is no release that may be installed here; nothing was changed."""


class ReleaseFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wheel of a release."""

    name: str
    size_bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is signed. `minimum_version` is the oldest version from which one may come to this one."""

    product: str
    version: str
    minimum_version: str
    files: tuple[ReleaseFile, ...]


def version_numbers(text: str) -> tuple[int, ...]:
    """A version for comparison, two to four numbers; raises FirmwareInvalid for any other text."""
    if not _VERSION.fullmatch(text):
        raise FirmwareInvalid(f"{text[:40]!r} is no version number")
    numbers = [int(each) for each in text.split(".")]
    while len(numbers) > 2 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def public_key(text: str) -> Ed25519PublicKey:
    """A key as the operator's file has it, base64 of 32 bytes; raises FirmwareInvalid."""
    try:
        raw = b64decode(text, validate=True)
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError:
        raise FirmwareInvalid(f"{text[:50]!r} is no Ed25519 public key in base64") from None


def public_text(key: Ed25519PublicKey) -> str:
    """The same key as the operator's file wants it."""
    return b64encode(key.public_bytes_raw()).decode("ascii")


def write_archive(
    target: BinaryIO, wheels: Sequence[Path], key: Ed25519PrivateKey, minimum_version: str
) -> Manifest:
    """Write an archive of wheels, the version being that of the wheel of this program.

    Raises FirmwareInvalid for wheels that make no release, and OSError.
    """
    listed = tuple(_listed(each) for each in wheels)
    version = next((found[2] for each in listed if (found := _own_wheel(each.name))), "")
    manifest = Manifest(product=PRODUCT, version=version, minimum_version=minimum_version, files=listed)
    _check(manifest)
    raw = msgspec.json.encode(manifest)
    target.write(MAGIC + b64encode(key.sign(MAGIC + raw)) + b"\n" + b"%d\n" % len(raw) + raw)
    for wheel in wheels:
        with wheel.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                target.write(piece)
    return manifest


def read_manifest(source: BinaryIO, keys: Iterable[Ed25519PublicKey]) -> Manifest:
    """The manifest of an archive, `source` then standing at its first file.

    Nothing of the manifest is looked at before one of `keys` has proven good. Raises FirmwareInvalid.
    """
    if source.read(len(MAGIC)) != MAGIC:
        raise FirmwareInvalid("not a release archive")
    signature = _signature(source.readline(_SIGNATURE_LINE_BYTES))
    length = source.readline(8).strip()
    if not length.isdigit() or not 0 < int(length) <= MANIFEST_MOST_BYTES:
        raise FirmwareInvalid("not a release archive: the manifest has no length")
    raw = source.read(int(length))
    if len(raw) != int(length):
        raise FirmwareInvalid("the archive ends within its manifest")
    if not any(_is_signed(raw, signature, key) for key in keys):
        raise FirmwareInvalid("the archive is signed by none of the keys that are trusted here")
    try:
        manifest = msgspec.json.decode(raw, type=Manifest)
    except msgspec.MsgspecError as error:
        raise FirmwareInvalid(f"the manifest: {error}") from error
    _check(manifest)
    return manifest


def copy_files(source: BinaryIO, manifest: Manifest, folder: Path) -> list[Path]:
    """Put an archive's wheels into a folder, each checked against the manifest.

    Raises FirmwareInvalid for one that differs, an end too early or too late, and OSError.
    """
    found = []
    for listed in manifest.files:
        path = folder / listed.name
        digest, left = hashlib.sha256(), listed.size_bytes
        with path.open("xb") as file:
            while left and (piece := source.read(min(left, PIECE_BYTES))):
                digest.update(piece)
                file.write(piece)
                left -= len(piece)
        if left:
            raise FirmwareInvalid(f"the archive ends within {listed.name}")
        if digest.hexdigest() != listed.sha256:
            raise FirmwareInvalid(f"{listed.name} is damaged: its checksum is wrong")
        found.append(path)
    if source.read(1):
        raise FirmwareInvalid("the archive goes on behind its last file")
    return found


def require_suitable(manifest: Manifest, running: str) -> None:
    """Whether a release may follow on the `running` version, on this machine; raises FirmwareInvalid."""
    if version_numbers(manifest.version) <= version_numbers(running):
        raise FirmwareInvalid(f"version {manifest.version} is not newer than {running}, which runs")
    if version_numbers(running) < version_numbers(manifest.minimum_version):
        raise FirmwareInvalid(
            f"version {manifest.version} follows on {manifest.minimum_version} or later, not on {running}"
        )
    for each in manifest.files:
        found = _WHEEL.fullmatch(each.name)
        if found is None or not _fits(found[3], found[4], found[5]):
            raise FirmwareInvalid(
                f"{each.name} is not for Python {platform.python_version()} on this machine"
            )


def _fits(pythons: str, abi: str, platforms: str) -> bool:
    """Whether one of each sort of a wheel's tags is ours. Source: PyPA, platform compatibility tags."""
    minor = sys.version_info.minor
    ours = {"py3", f"py3{minor}", f"cp3{minor}"}
    if abi == "abi3":
        ours |= {f"cp3{each}" for each in range(2, minor)}
    machine = f"_{platform.machine().lower()}"
    is_for_machine = any(
        each == "any" or (sys.platform == "linux" and "linux" in each and each.endswith(machine))
        for each in platforms.split(".")
    )
    return is_for_machine and not ours.isdisjoint(pythons.split("."))


def _check(manifest: Manifest) -> None:
    """Raise FirmwareInvalid where a manifest contradicts itself."""
    if manifest.product != PRODUCT:
        raise FirmwareInvalid(f"a release of {manifest.product[:40]!r}, not of {PRODUCT}")
    own = [found[2] for each in manifest.files if (found := _own_wheel(each.name))]
    if own != [manifest.version]:
        raise FirmwareInvalid(
            f"a release of version {manifest.version!r} has exactly that wheel of {PRODUCT}"
        )
    version_numbers(manifest.version)
    version_numbers(manifest.minimum_version)
    names = [each.name for each in manifest.files]
    if len(names) > FILES_MOST or len(set(names)) != len(names):
        raise FirmwareInvalid(f"more than {FILES_MOST} files, or two of one name")
    for each in manifest.files:
        if not _WHEEL.fullmatch(each.name):
            raise FirmwareInvalid(f"{each.name[:80]!r} is not the name of a wheel")
        if each.size_bytes < 1:
            raise FirmwareInvalid(f"{each.name} is empty")
    if sum(each.size_bytes for each in manifest.files) > ARCHIVE_MOST_BYTES:
        raise FirmwareInvalid(f"more than {ARCHIVE_MOST_BYTES} bytes")


def _own_wheel(name: str) -> "re.Match[str] | None":
    found = _WHEEL.fullmatch(name)
    return found if found is not None and found[1].lower() == PRODUCT else None


def _listed(wheel: Path) -> ReleaseFile:
    with wheel.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return ReleaseFile(name=wheel.name, size_bytes=wheel.stat().st_size, sha256=digest.hexdigest())


def _signature(line: bytes) -> bytes:
    try:
        raw = b64decode(line.removesuffix(b"\n"), validate=True)
    except ValueError:
        raw = b""
    if len(raw) != _SIGNATURE_BYTES or not line.endswith(b"\n"):
        raise FirmwareInvalid("not a release archive: no signature")
    return raw


def _is_signed(manifest: bytes, signature: bytes, key: Ed25519PublicKey) -> bool:
    try:
        key.verify(signature, MAGIC + manifest)
    except InvalidSignature:
        return False
    return True
