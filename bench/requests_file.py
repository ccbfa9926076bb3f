"""Prepares requests with their digest logins, so that whoever sends them has nothing left to compute."""

import http.client
import struct
from collections.abc import Iterator
from pathlib import Path

from vedette.contract.device import Device
from vedette.contract.envelope import request_envelope
from vedette.contract.media import Media
from vedette.contract.media2 import Media2
from vedette.protocols.http1.digest import authorize, parse_challenges

USER = "admin"
ASKED = {
    "GetDeviceInformation": (Device.get_device_information, "/onvif/device_service"),
    "GetProfiles, Media": (Media.get_profiles, "/onvif/media_service"),
    "GetProfiles, Media2": (Media2.get_profiles, "/onvif/media2_service"),
}
_HEAD = (
    "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: bench\r\nAccept-Encoding: identity\r\n"
    "Content-Type: application/soap+xml; charset=utf-8\r\nContent-Length: {length}\r\n"
    "Authorization: {login}\r\n\r\n"
)


def body_of(name: str) -> bytes:
    """The envelope of one of ASKED."""
    operation, _ = ASKED[name]
    return request_envelope(operation, operation.request())


def challenged(port: int, path: str, body: bytes) -> list[str]:
    """What the server asks of somebody without a login."""
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    asking.request("POST", path, body, {"Content-Type": "application/soap+xml"})
    answer = asking.getresponse()
    answer.read()
    asking.close()
    return [value for name, value in answer.getheaders() if name.lower() == "www-authenticate"]


def example(port: int, name: str, password: str) -> bytes:
    """The body of a right answer."""
    _, path = ASKED[name]
    body = body_of(name)
    login = authorize(
        parse_challenges(challenged(port, path, body)), "POST", path, USER, password, cnonce="6ba1d9f0"
    )
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Content-Type": "application/soap+xml", "Authorization": login or ""}
    asking.request("POST", path, body, headers)
    answer = asking.getresponse()
    content = answer.read()
    asking.close()
    if answer.status != 200:
        raise ValueError(f"{name} was answered {answer.status}: {content[:300]!r}")
    return content


def write_requests(to: Path, port: int, name: str, password: str, *, connections: int, each: int) -> None:
    """A file for `asker`: `each` requests on every connection, which has a nonce of its own."""
    with to.open("wb") as file:
        for number in range(connections):
            for request in _requests(port, name, password, each):
                file.write(struct.pack("<II", number, len(request)) + request)


def _requests(port: int, name: str, password: str, many: int) -> Iterator[bytes]:
    _, path = ASKED[name]
    body = body_of(name)
    challenges = parse_challenges(challenged(port, path, body))
    for count in range(1, many + 1):
        login = authorize(challenges, "POST", path, USER, password, cnonce="6ba1d9f0", count=count)
        head = _HEAD.format(path=path, port=port, length=len(body), login=login)
        yield head.encode() + body
