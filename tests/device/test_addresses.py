"""Addresses repeat what the client wrote, and never what an attacker did."""

import pytest

from vedette.device.addresses import StreamAddresses
from vedette.device.context import RequestContext


@pytest.mark.parametrize(
    ("host", "http", "rtsp"),
    [
        ("camera", "http://camera/x", "rtsp://camera:8554/x"),
        ("camera:80", "http://camera/x", "rtsp://camera:8554/x"),
        ("camera:8080", "http://camera:8080/x", "rtsp://camera:8554/x"),
        ("[2001:db8::7]:8080", "http://[2001:db8::7]:8080/x", "rtsp://[2001:db8::7]:8554/x"),
        ("", "http://192.0.2.5:8000/x", "rtsp://192.0.2.5:8554/x"),
        ('evil"<>&:80', "http://192.0.2.5:8000/x", "rtsp://192.0.2.5:8554/x"),
    ],
)
def test_the_host_of_the_request_is_repeated(host: str, http: str, rtsp: str) -> None:
    addresses = StreamAddresses(rtsp_port=8554)
    context = RequestContext(host=host, local_address="192.0.2.5:8000")

    assert addresses.http(context, "/x") == http
    assert addresses.rtsp(context, "/x") == rtsp


def test_over_tls_the_addresses_are_secure() -> None:
    context = RequestContext(scheme="https", host="camera:443")

    assert StreamAddresses().http(context, "/x") == "https://camera/x"
    assert StreamAddresses().websocket(context, "/rtsp") == "wss://camera/rtsp"


def test_an_advertised_host_stands_in_where_the_request_names_none() -> None:
    addresses = StreamAddresses(rtsp_port=554, advertised_host="nvr.example")

    assert addresses.rtsp(RequestContext(), "/live/a/main") == "rtsp://nvr.example/live/a/main"
    assert addresses.http(RequestContext(host="inside:81"), "/") == "http://inside:81/"


def test_our_own_end_may_be_a_version_6_address() -> None:
    context = RequestContext(local_address="[::1]:8080")

    assert StreamAddresses().http(context, "/x") == "http://[::1]:8080/x"
