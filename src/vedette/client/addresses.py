"""Addresses of devices: as people write them, and as devices behind address translation name them."""

from enum import StrEnum
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit

from vedette.client.errors import BadAddress

DEVICE_SERVICE = "/onvif/device_service"  # Core, Device management service address (26.06 §5.1.2)


class XAddrPolicy(StrEnum):
    """What to do with the addresses that a device names for its services, subscriptions and streams.

    AS_NAMED uses them as they are. REACHED always replaces their host by the one under which the device
    was reached. WHEN_INNER does so only where the named host is surely of no use: nowhere (0.0.0.0),
    loopback or link-local while the device was reached otherwise, or private while it was reached at a
    public address.
    """

    AS_NAMED = "as-named"
    REACHED = "reached"
    WHEN_INNER = "when-inner"


class DeviceAddress(NamedTuple):
    """Where a device service is, and the login that stood in the address, if any."""

    url: str
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"DeviceAddress({self.url!r})"


def device_address(text: str) -> DeviceAddress:
    """The address that `text` means: a host, `host:port`, or a URL with or without login and path.

    An IPv6 host may stand without brackets, and its zone as in URLs (`%25eth0`). The scheme is http and
    the path `/onvif/device_service` where nothing else is said. Raises BadAddress.
    """
    written = _with_scheme(text.strip())
    try:
        parts = urlsplit(written)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadAddress(f"{_without_login(text)!r} is no address: {error}") from None
    if not host or any(each.isspace() for each in written):
        raise BadAddress(
            f"{_without_login(text)!r} is no address: give a host, host:port or http://host/path"
        )
    if parts.scheme not in ("http", "https"):
        raise BadAddress(f"{_without_login(text)!r}: the device service is reached by http or https")
    path = parts.path if parts.path not in ("", "/") else DEVICE_SERVICE
    zoned = host.replace("%25", "%", 1) if ":" in host else host
    url = urlunsplit((parts.scheme, _place(zoned, port), path, parts.query, ""))
    return DeviceAddress(url, unquote(parts.username or ""), unquote(parts.password or ""))


def origin(text: str) -> str:
    """The address without its path, where the device service is to be looked for; raises BadAddress."""
    where = device_address(text)
    parts = urlsplit(where.url)
    written = urlsplit(_with_scheme(text.strip()))
    return urlunsplit((parts.scheme, written.netloc, "", "", ""))


def usable_xaddr(named: str, reached: str, policy: XAddrPolicy) -> str:
    """The address to use for a service that the device names as `named`, having been reached at `reached`.

    A replaced address takes scheme, host and port of `reached`. Nothing usable at all in `named` gives
    `reached` itself.
    """
    try:
        inner, outer = urlsplit(named.strip()), urlsplit(reached)
        host = inner.hostname
        inner.port  # noqa: B018 (reading it checks it)
    except ValueError:
        return reached
    if inner.scheme not in ("http", "https") or not host:
        return reached
    is_kept = policy is not XAddrPolicy.REACHED and not _is_to_replace(host, outer.hostname or "", policy)
    if is_kept:  # REACHED replaces a wrong port of the right host, too
        return urlunsplit(inner._replace(fragment=""))
    return urlunsplit((outer.scheme, outer.netloc, inner.path or "/", inner.query, ""))


def usable_stream_uri(named: str, reached: str, policy: XAddrPolicy) -> str:
    """As `usable_xaddr` for media: only the host is replaced, since media have ports of their own."""
    try:
        inner, outer = urlsplit(named.strip()), urlsplit(reached)
        host, port = inner.hostname or "", inner.port
    except ValueError:
        return named
    if not host or not _is_to_replace(host, outer.hostname or "", policy):
        return named.strip()
    return urlunsplit(inner._replace(netloc=_place(outer.hostname or "", port)))


def _is_to_replace(named: str, reached: str, policy: XAddrPolicy) -> bool:
    if policy is XAddrPolicy.AS_NAMED or named == reached:
        return False
    if policy is XAddrPolicy.REACHED:
        return True
    try:
        inner = ip_address(named)
    except ValueError:
        return named == "localhost"
    if inner.is_unspecified or inner.is_loopback or inner.is_link_local:
        return True
    try:
        return inner.is_private and ip_address(reached).is_global
    except ValueError:
        return False  # reached by a name, which may well stand for a private address


def _with_scheme(text: str) -> str:
    if "://" in text:
        return text
    try:
        return f"http://{_place(str(ip_address(text)), None)}"
    except ValueError:
        return f"http://{text}"


def _place(host: str, port: int | None) -> str:
    shown = f"[{host}]" if ":" in host else host
    return shown if port is None else f"{shown}:{port}"


def _without_login(text: str) -> str:
    scheme, colon, rest = text.rpartition("://")
    return f"{scheme}{colon}{rest.rpartition('@')[2]}"[:200]
