"""`vedette release`: signed archives that a device installs on request of its clients."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from vedette.cli.exits import CommandFailed, Exit

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

DESCRIPTION = """Make release archives, which StartFirmwareUpgrade and UpgradeSystemFirmware install.

`key` makes a private key (PEM, readable by its owner only) and prints the line of the operator's file that
trusts it; for a key that is there it prints the line again. `pack` signs wheels: that of this program, and
those it needs beyond what the devices have. `show` verifies an archive and tells what is in it."""
EXAMPLES = """  vedette release key release.pem
  vedette release pack --key release.pem --output vedette-1.4.0.release dist/vedette-1.4.0-py3-none-any.whl
  vedette release show vedette-1.4.0.release --public 3Zk…="""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="key | pack | show")
    key = actions.add_parser("key", help="make a key, or tell its public part", description="Make a key.")
    key.add_argument("file", type=Path, metavar="FILE", help="the private key")
    pack = actions.add_parser("pack", help="sign wheels", description="Sign wheels as a release.")
    pack.add_argument("--key", type=Path, metavar="FILE", required=True, help="the private key")
    pack.add_argument("--output", type=Path, metavar="FILE", required=True, help="the archive to write")
    pack.add_argument(
        "--minimum-version",
        default="0.0",
        metavar="VERSION",
        help="oldest version that may be upgraded to this one (any)",
    )
    pack.add_argument("--force", action="store_true", help="replace the archive if it exists")
    pack.add_argument("wheels", type=Path, metavar="WHEEL", nargs="+", help="what the release is made of")
    show = actions.add_parser("show", help="verify an archive", description="Verify an archive.")
    show.add_argument("archive", type=Path, metavar="FILE", help="the archive")
    show.add_argument("--public", metavar="KEY", required=True, help="the public key, as `key` prints it")


def run(arguments: argparse.Namespace) -> int:
    """Make a key, pack or show."""
    actions = {"key": _key, "pack": _pack, "show": _show}
    try:
        actions[arguments.action](arguments)
    except OSError as error:
        raise CommandFailed(f"{error.filename or arguments.action}: {error.strerror}") from error
    return Exit.OK


def _key(arguments: argparse.Namespace) -> None:
    from vedette.device.firmware_archive import public_text

    path: Path = arguments.file
    key = _read_key(path) if path.exists() else _made_key(path)
    print(f'[firmware]\nkeys = ["{public_text(key.public_key())}"]')


def _pack(arguments: argparse.Namespace) -> None:
    from vedette.device.firmware_archive import write_archive

    output: Path = arguments.output
    key = _read_key(arguments.key)
    if output.exists():
        if any(output.samefile(each) for each in (arguments.key, *arguments.wheels) if each.exists()):
            raise CommandFailed(f"{output} is what the release is to be made with; choose another name")
        if not arguments.force:
            raise CommandFailed(f"{output} exists; choose another name, or give --force")
    draft = output.with_name(f"{output.name}.new")
    try:
        with draft.open("wb") as file:
            manifest = write_archive(file, arguments.wheels, key, arguments.minimum_version)
        draft.replace(output)
    finally:
        draft.unlink(missing_ok=True)
    print(f"{output}: version {manifest.version}, {output.stat().st_size} bytes")


def _show(arguments: argparse.Namespace) -> None:
    from tempfile import TemporaryDirectory

    from vedette.device.firmware_archive import copy_files, public_key, read_manifest

    with arguments.archive.open("rb") as source, TemporaryDirectory() as folder:
        manifest = read_manifest(source, (public_key(arguments.public),))
        copy_files(source, manifest, Path(folder))
    print(f"{manifest.product} {manifest.version}, for {manifest.minimum_version} and later; all in order")
    for each in manifest.files:
        print(f"  {each.name}  {each.size_bytes} bytes  {each.sha256}")


def _made_key(path: Path) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    except BaseException:
        path.unlink()  # half a key is none, and would stand in the way of the next
        raise
    return key


def _read_key(path: Path) -> "Ed25519PrivateKey":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CommandFailed(f"{path}: no private key that can be used: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise CommandFailed(f"{path}: not an Ed25519 key; make one with vedette release key")
    return key
