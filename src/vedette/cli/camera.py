"""`vedette camera`: the cameras of a recorder, running or not."""

import argparse
import os
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from vedette.cli.exits import CommandFailed, Exit
from vedette.cli.login import add_device_arguments, typed_password

if TYPE_CHECKING:
    from vedette.device.settings.document import CameraSettings, Settings
    from vedette.server.data_folder import Running

DESCRIPTION = """Add, list or remove the cameras of a recorder.

A running recorder is told over HTTP (--server, by default http://127.0.0.1:8080), and wants the login of an
administrator. With --data the settings in that folder are changed, or the server that works on it is told.
A source is rtsp://…, rtsps://…, file:PATH or drawn:?seed=N (with &audio=aac for AAC instead of G.711 sound).
Name and password of the camera itself are given by --camera-user and --camera-password, or in its URL;
--user and --password are for the recorder. Others on this machine see the command line: a password is better
in VEDETTE_CAMERA_PASSWORD, or typed, as --camera-user without a password asks for it.
--insecure and --ca are for the recorder too. A certificate of the camera that the system does not trust is
named by --camera-fingerprint or --camera-ca; without them, `list` tells which fingerprint it has.
Cameras of the operator's file are removed there. Recordings of a removed camera stay."""
EXAMPLES = """  vedette camera add door rtsp://192.0.2.7/main --camera-user me --title "Front" --user admin
  vedette camera add yard rtsp://192.0.2.8/main --sub rtsp://192.0.2.8/sub --transport udp
  vedette camera add gate rtsps://192.0.2.9:322/main --camera-fingerprint 3F:A1:… --user admin
  vedette camera list --server http://192.0.2.10:8080 --user admin
  vedette camera remove door --data /srv/video"""
SERVER = "http://127.0.0.1:8080"
WAIT_S = 10.0  # for another command to end with the folder, or a server to begin


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    where = argparse.ArgumentParser(add_help=False)
    place = where.add_mutually_exclusive_group()
    place.add_argument("--server", metavar="URL", default=SERVER, help=f"the running recorder ({SERVER})")
    place.add_argument(
        "--data", type=Path, metavar="DIR", help="data folder of a recorder that is not running"
    )
    add_device_arguments(where)
    actions = parser.add_subparsers(dest="action", required=True, metavar="add | list | remove")
    add = actions.add_parser("add", parents=[where], help="add a camera", description="Add a camera.")
    add.add_argument("name", metavar="NAME", help="its token: letters, digits, - and _")
    add.add_argument("source", metavar="SOURCE", help="rtsp://…, rtsps://…, file:PATH or drawn:?seed=N")
    add.add_argument("--title", default="", help="what people call it")
    add.add_argument("--sub", default="", metavar="SOURCE", help="a second, smaller stream")
    add.add_argument("--camera-user", default="", metavar="NAME", help="login of the camera")
    add.add_argument(
        "--camera-password",
        metavar="PASSWORD",
        help="password of the camera; better in VEDETTE_CAMERA_PASSWORD or typed",
    )
    add.add_argument(
        "--camera-fingerprint",
        default="",
        metavar="HEX",
        help="of an rtsps:// camera: take the certificate with this SHA-256 fingerprint, and no other",
    )
    add.add_argument(
        "--camera-ca",
        default="",
        metavar="FILE",
        help="of an rtsps:// camera: trust the certificates in this PEM file on the recorder's machine",
    )
    add.add_argument("--transport", choices=("tcp", "udp"), default="tcp", help="how RTP comes (tcp)")
    add.add_argument("--no-record", action="store_true", help="do not record it")
    add.add_argument("--no-audio", action="store_true", help="leave audio out")
    actions.add_parser("list", parents=[where], help="list cameras", description="List cameras.")
    remove = actions.add_parser(
        "remove", parents=[where], help="remove a camera", description="Remove a camera."
    )
    remove.add_argument("name", metavar="NAME", help="its token")


def run(arguments: argparse.Namespace) -> int:
    """Add, list or remove."""
    import asyncio

    from vedette.server.data_folder import handed_over

    fields = described(arguments) if arguments.action == "add" else {}
    if arguments.data is None:
        asyncio.run(_online(arguments.server, arguments, fields))
        return Exit.OK
    with handed_over(arguments.data):
        found = served_at(arguments.data, is_begun=arguments.action == "add")
        if isinstance(found, str):
            asyncio.run(_online(found, arguments, fields))
        else:
            with found:
                asyncio.run(_offline(arguments, fields))
    return Exit.OK


def served_at(folder: Path, *, is_begun: bool = False) -> str | IO[str]:
    """Where the server that works on a data folder is reached on this machine; the lock, where none does.

    Another command has the folder for moments only, and a server that has just started will soon be
    reached: they are waited for. A folder without settings fails unless it `is_begun` here.
    """
    from vedette.server.data_folder import SETTINGS_FILE, AlreadyRunning, locked

    if not folder.is_dir():
        raise CommandFailed(f"{folder} is no folder; name the one given to `vedette serve --data`")
    if not is_begun and not (folder / SETTINGS_FILE).exists():
        raise CommandFailed(f"{folder} holds no settings; name the folder given to `vedette serve --data`")
    end_s = time.monotonic() + WAIT_S
    while True:
        try:
            return locked(folder)
        except AlreadyRunning:
            note, is_last = _note(folder), time.monotonic() > end_s
        if note is not None and (is_last or _is_alive(note.pid)):
            return note.base
        if is_last:
            raise CommandFailed("a server works on that folder; name it with --server instead") from None
        time.sleep(0.05)


def _note(folder: Path) -> "Running | None":
    """What the server that works on a folder has noted, or one that was killed."""
    import msgspec

    from vedette.server.data_folder import RUNNING_FILE, Running

    try:
        return msgspec.json.decode((folder / RUNNING_FILE).read_bytes(), type=Running)
    except (OSError, msgspec.MsgspecError):
        return None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is another user's
        pass
    return True


def described(arguments: argparse.Namespace) -> dict[str, Any]:
    """The fields of a new camera; a login in its URL is taken out of it."""
    source, user, password = without_login(arguments.source)
    sub_source, _, _ = without_login(arguments.sub)
    user = arguments.camera_user or user
    return {
        "name": arguments.name,
        "title": arguments.title,
        "source": source,
        "sub_source": sub_source,
        "user": user,
        "password": _camera_password(arguments, user, password),
        "transport": arguments.transport,
        **{name: value for name, value in _trusted(arguments) if value},
        "record": not arguments.no_record,
        "audio": not arguments.no_audio,
    }


def _camera_password(arguments: argparse.Namespace, user: str, in_url: str) -> str:
    """The password of the option, else the URL, else the environment, else a question; see `login`."""
    if arguments.camera_password is not None:
        return str(arguments.camera_password)
    if in_url or not user:  # a password for nobody is that of another camera
        return in_url
    password = os.environ.get("VEDETTE_CAMERA_PASSWORD")
    if password is None and arguments.camera_user and sys.stdin.isatty():
        password = typed_password(f"{user} at the camera")
    return password or ""


def _trusted(arguments: argparse.Namespace) -> list[tuple[str, str]]:
    """What tells the camera's certificate; a recorder of an older release knows none of it."""
    authorities = str(Path(arguments.camera_ca).absolute()) if arguments.camera_ca else ""
    return [("fingerprint", arguments.camera_fingerprint), ("ca_file", authorities)]


def without_login(url: str) -> tuple[str, str, str]:
    """An RTSP URL without its login, and the login; other texts as they are."""
    from urllib.parse import unquote, urlsplit, urlunsplit

    parts = urlsplit(url)
    login, at, place = parts.netloc.rpartition("@")
    if not at or not parts.scheme.lower().startswith("rtsp"):
        return url, "", ""
    user, _, password = login.partition(":")
    return urlunsplit(parts._replace(netloc=place)), unquote(user), unquote(password)


async def _online(server: str, arguments: argparse.Namespace, fields: dict[str, Any]) -> None:
    from urllib.parse import quote

    from vedette.cli.api import recorder_api

    async with recorder_api(server, arguments) as api:
        match arguments.action:
            case "add":
                await api.ask("POST", "/api/cameras", fields)
                print(f"camera {arguments.name} added")
            case "remove":
                await api.ask("DELETE", f"/api/cameras/{quote(arguments.name, safe='')}")
                print(f"camera {arguments.name} removed; its recordings stay")
            case _:
                document = await api.read("/api/cameras", dict[str, Any])
                _show([_live_row(each) for each in document.get("cameras", [])])


def _live_row(state: dict[str, Any]) -> tuple[str, ...]:
    main = state.get("main") or {}
    is_known = bool(main.get("codec"))
    picture = f"{main['codec']} {main.get('width', 0)}x{main.get('height', 0)}" if is_known else "-"
    if is_known and main.get("fps"):
        picture += f" {main['fps']} fps"
    job = state.get("recording") or {}
    recording = job.get("state", "not recorded")
    note = state.get("problem") or job.get("problem") or ""
    return (
        str(state.get("token")),
        str(state.get("name")),
        str(state.get("state")),
        picture,
        recording,
        note,
    )


async def _offline(arguments: argparse.Namespace, fields: dict[str, Any]) -> None:
    from vedette.device.settings.document import Settings
    from vedette.device.settings.store import SettingsStore
    from vedette.server.data_folder import SETTINGS_FILE

    store = SettingsStore.open(arguments.data / SETTINGS_FILE, Settings)
    match arguments.action:
        case "add":
            camera = _sealed(arguments.data, fields)
            await store.change(lambda document: _with(document, camera))
            print(f"camera {arguments.name} added; it starts with the server")
        case "remove":
            await store.change(lambda document: _without(document, arguments.name))
            print(f"camera {arguments.name} removed; its recordings stay")
        case _:
            _show([_stored_row(each) for each in store.current.cameras])


def _stored_row(camera: "CameraSettings") -> tuple[str, ...]:
    named = camera.fingerprint and f"certificate {camera.fingerprint}"
    return (
        camera.name,
        camera.title,
        camera.source,
        named or (camera.ca_file and f"certified by {camera.ca_file}"),
    )


def _sealed(folder: Path, fields: dict[str, Any]) -> "CameraSettings":
    from vedette.device.cameras import checked
    from vedette.device.settings.document import CameraSettings
    from vedette.security.passwords import vault_at

    password = fields["password"]
    if password:
        password = vault_at(folder / "key").seal(password, fields["name"])
    return checked(CameraSettings(**{**fields, "password": password}))


def _with(document: "Settings", camera: "CameraSettings") -> "Settings":
    from vedette.device.settings.document import with_camera

    if any(each.name == camera.name for each in document.cameras):
        raise CommandFailed(f"there is a camera {camera.name!r} already; remove it first")
    return with_camera(document, camera)


def _without(document: "Settings", name: str) -> "Settings":
    from vedette.device.settings.document import without_camera

    if all(each.name != name for each in document.cameras):
        known = ", ".join(each.name for each in document.cameras) or "none"
        raise CommandFailed(f"no camera {name!r} in these settings; there are: {known}")
    return without_camera(document, name)


def _show(rows: list[tuple[str, ...]]) -> None:
    from vedette.cli.output import table

    print(table(rows) if rows else "no cameras; add one: vedette camera add NAME rtsp://…")
