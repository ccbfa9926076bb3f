"""`vedette probe`: everything one wants to know of a device before using it."""

import argparse
from typing import TYPE_CHECKING

from vedette.cli.exits import CommandFailed, Exit
from vedette.cli.login import TRUST_ADVICE, add_device_arguments, connection
from vedette.cli.output import table

if TYPE_CHECKING:
    from vedette.client.camera import Camera

DESCRIPTION = """Ask a device what it is, which services it has and which profiles, and play each stream
until its first picture. Ends with status 1 when a stream does not play or the device does not say what
it is."""
EXAMPLES = """  vedette probe 192.0.2.7 --user admin
  vedette probe http://admin:secret@192.0.2.7:8080/onvif/device_service
  vedette probe 192.0.2.7 --no-play"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("url", metavar="URL", help="host, host:port or URL of the device service")
    parser.add_argument("--no-play", action="store_true", help="only ask, do not play the streams")
    parser.add_argument(
        "--timeout", type=float, default=10.0, metavar="S", help="how long to wait for a picture (10)"
    )
    add_device_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask and play."""
    import asyncio

    if not 0 < arguments.timeout <= 600:
        raise CommandFailed("--timeout is 0 to 600 seconds", Exit.USAGE)
    return asyncio.run(_probe(arguments))


async def _probe(arguments: argparse.Namespace) -> int:
    async with connection(arguments.url, arguments) as camera:
        status = await _tell_device(camera)
        await _tell_services(camera)
        return max(status, await _tell_profiles(camera, arguments))


async def _tell_device(camera: "Camera") -> int:
    from vedette.base.errors import PeerError
    from vedette.client.errors import NotOnvif
    from vedette.contract.faults import Fault, NotAuthorized

    status = Exit.OK
    try:
        found = await camera.device.get_device_information()
    except NotAuthorized:
        raise
    except (Fault, PeerError, NotOnvif) as refusal:
        rows = [("device", f"does not say what it is: {refusal}")]
        status = Exit.FAILED
    else:
        rows = [
            ("device", f"{found.manufacturer} {found.model}"),
            ("firmware", found.firmware_version),
            ("serial number", found.serial_number),
        ]
    print(table([*rows, ("address", camera.url), ("clock", _offset(camera.clock_offset_us))]))
    return status


def _offset(offset_us: int) -> str:
    seconds = offset_us / 1_000_000
    if abs(seconds) < 1.5:  # whole seconds are told, and asking takes time
        return "agrees with this machine's"
    return f"{abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} this machine's"


async def _tell_services(camera: "Camera") -> None:
    entries = await camera.ask_services()
    versions = {each.namespace: f"{each.version.major}.{each.version.minor:02d}" for each in entries}
    print("\nservices")
    rows = [(f"  {versions.get(name, '')}", name, url) for name, url in sorted(camera.services.items())]
    print(table(rows))


async def _tell_profiles(camera: "Camera", arguments: argparse.Namespace) -> int:
    from vedette.base.errors import PeerError
    from vedette.client.errors import NotOnvif, ServiceMissing
    from vedette.client.profiles import stream_profiles, stream_uri
    from vedette.contract.faults import Fault, NotAuthorized

    try:
        profiles = await stream_profiles(camera)
    except ServiceMissing:
        profiles = ()
    print(f"\nprofiles{'' if profiles else ': none'}")
    status = Exit.OK
    for profile in profiles:
        size = f"{profile.width}x{profile.height}" if profile.width else ""
        print(f"  {profile.token}  {profile.name}  {profile.encoding} {size}".rstrip())
        try:
            url = await stream_uri(camera, profile.token)
        except NotAuthorized:
            raise
        except (Fault, PeerError, NotOnvif) as refusal:
            print(f"    gives no stream: {refusal}")
            status = Exit.FAILED
            continue
        print(f"    {without_login(url)}")
        if not arguments.no_play and not await _plays(camera, url, arguments):
            status = Exit.FAILED
    return status


async def _plays(camera: "Camera", url: str, arguments: argparse.Namespace) -> bool:
    from vedette.base.clock import SystemClock
    from vedette.client.first_frame import first_frame
    from vedette.client.rtsp.link import CertificateNotTrusted
    from vedette.client.trust import Trust
    from vedette.media.sources.source import SourceLost
    from vedette.media.unit import TrackKind

    try:
        found = await first_frame(
            url,
            user=camera.login.user,
            password=camera.login.password,
            clock=SystemClock(),
            trust=Trust(verify=not arguments.insecure, ca_file=arguments.ca),
            timeout_s=arguments.timeout,
        )
    except SourceLost as loss:
        is_untrusted = isinstance(loss, CertificateNotTrusted)
        advice = f"; {TRUST_ADVICE}" if is_untrusted else ""
        print(f"    does not play: {loss}{advice}")
        return False
    tracks = ", ".join(
        f"{each.kind.value} {each.codec}{_size(each.width, each.height)}" for each in found.tracks
    )
    kinds = {each.kind for each in found.tracks}
    what = "picture" if TrackKind.VIDEO in kinds else "sound" if TrackKind.AUDIO in kinds else "document"
    print(f"    plays: {tracks}; first {what} after {found.after_s * 1000:.0f} ms")
    for reason in found.left_out:
        print(f"    left out: {reason}")
    return True


def _size(width: int, height: int) -> str:
    return f" {width}x{height}" if width else ""


def without_login(url: str) -> str:
    """A URL as it may be shown: passwords are never printed."""
    scheme, separator, rest = url.partition("://")
    place, slash, path = rest.partition("/")
    return f"{scheme}{separator}{place.rpartition('@')[2]}{slash}{path}"
