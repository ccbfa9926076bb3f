"""curl: a download of footage that is broken off and gone on with."""

from pathlib import Path
from urllib.parse import urlencode

from interop.check import Check, expect
from interop.program import run
from interop.site import DRAWN, Site
from interop.vedette import PASSWORD, USER

SECONDS = 8
LOGIN = ("--digest", "--user", f"{USER}:{PASSWORD}")


def _download(site: Site) -> str:
    begin_us, _ = site.main.recorded_us(DRAWN, SECONDS + 2)
    span = urlencode({"from_us": begin_us, "to_us": begin_us + SECONDS * 1_000_000})
    words: list[str | Path] = ["curl", "-sS", "--fail", *LOGIN, f"{site.main.http}/api/export/{DRAWN}?{span}"]
    whole, parts = site.folder / "whole.mp4", site.folder / "parts.mp4"
    run([*words, "-o", whole], limit_s=20).require_success("curl")
    size = whole.stat().st_size
    broken = ["sh", "-c", 'to=$1; shift; "$@" | head -c 300000 > "$to"', "sh", parts, *words]
    run(broken, limit_s=20).require_success("curl into head")
    had = parts.stat().st_size
    expect(0 < had < size, f"of {size} bytes {had} had come when it was broken off")
    run([*words, "-C", "-", "-o", parts], limit_s=20).require_success("curl -C -")
    expect(parts.read_bytes() == whole.read_bytes(), "put together it is another file")
    return f"{had} bytes, and then the rest of {size}"


CHECKS = (Check("curl", "goes on with a download of footage that was broken off", _download, limit_s=60),)
