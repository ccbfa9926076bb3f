"""The operator's file, `vedette.toml`: addresses, paths, limits, TLS files and fixed cameras."""

import tomllib
from pathlib import Path

import msgspec

from vedette.base.errors import VedetteError
from vedette.device.settings.document import CameraSettings


class ConfigurationError(VedetteError):
    """The operator's file cannot be used; the message says where and why."""


class ServerConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[server]`: where to listen and what to allow.

    `host` is the address to listen on, `advertised_host` what others are told where the request does
    not tell. `anonymous_viewing` lets everybody watch and play back without login. `trusted_proxies`
    lists addresses whose `X-Forwarded-*` headers are believed.
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


class TlsConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[tls]`: certificate chain and key in PEM files; with them the HTTP port also speaks TLS."""

    certificate: str
    key: str


class StorageConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[storage]`: how long segments are, when they reach the disk, and when they are deleted.

    `most_gib` 0 means as much as the disk has above `free_floor_gib`; `retention_days` 0 keeps
    footage until space is needed.
    """

    segment_s: float = 60.0
    sync_s: float = 2.0
    retention_days: float = 0.0
    most_gib: float = 0.0
    free_floor_gib: float = 2.0


class Config(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"cameras": "camera"}
):
    """The whole file."""

    server: ServerConfig = ServerConfig()
    tls: TlsConfig | None = None
    storage: StorageConfig = StorageConfig()
    cameras: tuple[CameraSettings, ...] = ()


def read(path: Path) -> Config:
    """Read and check the operator's file; raises ConfigurationError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: {error}") from error
    try:
        config = msgspec.convert(table, Config)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{path}: {error}") from error
    _check(path, config)
    return config


def _check(path: Path, config: Config) -> None:
    seen: set[str] = set()
    for camera in config.cameras:
        if camera.name in seen:
            raise ConfigurationError(f"{path}: camera {camera.name!r} is there twice")
        seen.add(camera.name)
    for name in ("http_port", "rtsp_port"):
        port = getattr(config.server, name)
        if not 0 <= port <= 65535:
            raise ConfigurationError(f"{path}: server.{name} is {port}, not a port number")
    storage = config.storage
    if storage.segment_s < 2 or storage.segment_s > 3600:
        raise ConfigurationError(f"{path}: storage.segment_s is {storage.segment_s}, not 2 to 3600")
    for name in ("sync_s", "retention_days", "most_gib", "free_floor_gib"):
        if getattr(storage, name) < 0:
            raise ConfigurationError(f"{path}: storage.{name} is negative")
