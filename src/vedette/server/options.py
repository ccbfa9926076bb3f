"""What the command line says to the server; it goes before what the operator's file says."""

from pathlib import Path

import msgspec

MARK = "VEDETTE_RELEASE"  # in the environment of a process: the folder of the release that it is to run


class ServeOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `vedette serve`; None means that nothing was said.

    `demo` is the number of drawn cameras to add. `config` is the operator's file, `data` the folder of
    settings and recordings, `host` the address to listen on; port 0 takes any free one. `admin_password`
    is given to the user `admin`.
    """

    demo: int | None = None
    config: Path | None = None
    data: Path | None = None
    host: str | None = None
    http_port: int | None = None
    rtsp_port: int | None = None
    admin_password: str | None = None
