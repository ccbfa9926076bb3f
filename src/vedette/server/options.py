"""What `vedette serve` is asked for on the command line; None leaves it to the operator's file."""

from pathlib import Path

import msgspec


class ServeOptions(msgspec.Struct, frozen=True, kw_only=True):
    """`demo` is how many drawn cameras to add."""

    demo: int | None = None
    config: Path | None = None
    data: Path | None = None
    host: str | None = None
    http_port: int | None = None
    rtsp_port: int | None = None
    admin_password: str | None = None
