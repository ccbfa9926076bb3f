"""The operator's file, `vedette.toml`: addresses, paths, limits, TLS files and fixed cameras."""

import ipaddress
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from vedette.base.errors import VedetteError
from vedette.device import io_plan
from vedette.device.cameras import CameraRefused, checked
from vedette.device.firmware_archive import FirmwareInvalid, public_key
from vedette.device.io_plan import SIMULATED, IOPlan
from vedette.device.release_server import address_problem
from vedette.device.settings.document import CameraSettings
from vedette.server.config_words import said_of
from vedette.server.logs import FORMATS

HOST_DRIVERS = ("virtual", "linux")
MOST = 1_000_000  # days, or GiB
_HOST_NAME = re.compile(r"[A-Za-z0-9._-]+")


class ConfigurationError(VedetteError):
    """The operator's file cannot be used; the message says where and why."""


class ServerConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[server]`: where to listen and what to allow.

    `host` is the address to listen on, `advertised_host` what others are told where the request does
    not tell. `anonymous_viewing` lets everybody watch and play back without login. `trusted_proxies`
    lists addresses and networks whose `X-Forwarded-*` headers are believed. `log_format` is `text` or
    `json` (see server/logs.py). `host_driver` is `virtual` (what clients set of the
    host is kept here and the machine stays as it is) or `linux` (the machine's own services are told).
    `allow_clock_offset`, for the virtual host alone, lets clients set a time other than the machine's: the
    whole server then lives in that time.
    """

    host: str = "0.0.0.0"
    http_port: int = 8080
    rtsp_port: int = 8554
    advertised_host: str = ""
    anonymous_viewing: bool = False
    discovery: bool = True
    data: str = ""
    trusted_proxies: tuple[str, ...] = ()
    most_connections: int = 4096
    most_connections_per_address: int = 512
    log_format: str = "text"
    host_driver: str = "virtual"
    allow_clock_offset: bool = False


class TlsConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[tls]`: certificate chain and key in PEM files; with them the HTTP port also speaks TLS."""

    certificate: str
    key: str


class StorageConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[storage]`: how long segments are, when they reach the disk, and when they are deleted.

    `most_gib` 0 means as much as the disk has above `free_floor_gib`; `retention_days` 0 keeps
    footage until space is needed. Clients may have footage exported into folders below `export_roots`;
    paths that are not absolute lie in the data folder.
    """

    segment_s: float = 60.0
    sync_s: float = 2.0
    retention_days: float = 0.0
    most_gib: float = 0.0
    free_floor_gib: float = 2.0
    export_roots: tuple[str, ...] = ("exports",)


class FirmwareConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[firmware]`: the public keys whose releases clients may install, as `vedette release key` prints them.

    Without a key no upgrade is offered. `server` is the address of a folder of releases from which clients
    may have a version fetched; without it they must bring them.
    """

    keys: tuple[str, ...] = ()
    server: str = ""


class Config(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"cameras": "camera"}
):
    """The whole file. Without `[io]`, inputs and outputs are simulated (device/io_plan.py)."""

    server: ServerConfig = ServerConfig()
    tls: TlsConfig | None = None
    storage: StorageConfig = StorageConfig()
    firmware: FirmwareConfig = FirmwareConfig()
    io: IOPlan = SIMULATED
    cameras: tuple[CameraSettings, ...] = ()


def read(path: Path) -> Config:
    """Read and check the operator's file; raises ConfigurationError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: {error}") from error
    try:
        config = msgspec.convert(table, Config)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{path}: {said_of(error, Config)}") from error
    for problem in _problems(config):
        raise ConfigurationError(f"{path}: {problem}")
    return config


def _problems(config: Config) -> Iterator[str]:
    yield from _server_problems(config.server)
    yield from _storage_problems(config.storage)
    yield from io_plan.problems(config.io)
    yield from _firmware_problems(config.firmware)
    if config.tls is not None:
        for name in ("certificate", "key"):
            if not getattr(config.tls, name):
                yield f"tls.{name} names no file"
    seen: set[str] = set()
    for number, camera in enumerate(config.cameras, start=1):
        try:
            checked(camera)
        except CameraRefused as refusal:
            yield f"camera {number}: {refusal}"
        if camera.name in seen:
            yield f"camera {camera.name!r} is there twice"
        seen.add(camera.name)


def _server_problems(server: ServerConfig) -> Iterator[str]:
    for name in ("http_port", "rtsp_port"):
        port = getattr(server, name)
        if not 0 <= port <= 65535:
            yield f"server.{name} is {port}, not a port number"
    if server.http_port and server.http_port == server.rtsp_port:
        yield f"server.http_port and server.rtsp_port are both {server.http_port}; RTSP needs one of its own"
    for name in ("most_connections", "most_connections_per_address"):
        if getattr(server, name) < 1:
            yield f"server.{name} is {getattr(server, name)}, not at least 1"
    if server.log_format not in FORMATS:
        yield f"server.log_format is {server.log_format!r}, not one of {', '.join(FORMATS)}"
    if server.advertised_host and not _is_host(server.advertised_host):
        told = repr(server.advertised_host)
        yield f"server.advertised_host is {told}, not the name or address of a host, without a port"
    yield from _host_problems(server)
    for proxy in server.trusted_proxies:
        try:
            ipaddress.ip_network(proxy)
        except ValueError as error:
            yield f"server.trusted_proxies: {error}"


def _is_host(text: str) -> bool:
    try:
        return bool(
            _HOST_NAME.fullmatch(text) or ipaddress.ip_address(text.removeprefix("[").removesuffix("]"))
        )
    except ValueError:
        return False


def _host_problems(server: ServerConfig) -> Iterator[str]:
    if server.host_driver not in HOST_DRIVERS:
        yield f"server.host_driver is {server.host_driver!r}, not one of {', '.join(HOST_DRIVERS)}"
    if server.allow_clock_offset and server.host_driver != "virtual":
        yield "server.allow_clock_offset goes with server.host_driver = 'virtual' only"


def _firmware_problems(firmware: FirmwareConfig) -> Iterator[str]:
    for key in firmware.keys:
        try:
            public_key(key)
        except FirmwareInvalid as error:
            yield f"firmware.keys: {error}"
    if firmware.server:
        if problem := address_problem(firmware.server):
            yield f"firmware.server: {problem}"
        if not firmware.keys:
            yield "firmware.server needs firmware.keys: what is fetched must be signed"


def _storage_problems(storage: StorageConfig) -> Iterator[str]:
    if not 2 <= storage.segment_s <= 3600:
        yield f"storage.segment_s is {storage.segment_s}, not 2 to 3600"
    if not 0 < storage.sync_s <= 60:
        yield f"storage.sync_s is {storage.sync_s}, not more than 0 and up to 60"
    for name in ("retention_days", "most_gib", "free_floor_gib"):
        value = getattr(storage, name)
        if not 0 <= value <= MOST:
            yield f"storage.{name} is {value}, not a number from 0 to {MOST}"
    for root in storage.export_roots:
        if not root or not root.isprintable():
            yield f"storage.export_roots: {root!r} names no folder"
