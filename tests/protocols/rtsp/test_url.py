"""URLs of cameras, and what their control attributes mean."""

import pytest

from vedette.protocols.rtsp.url import BadUrl, Target, base_url, control_url, without_credentials


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("rtsp://h/p", Target("rtsp://h/p", None, None)),
        ("rtsp://u:p%40%3A@h:8554/p?q", Target("rtsp://h:8554/p?q", "u", "p@:")),
        ("rtsp://u:p@ss:w@h/p@q", Target("rtsp://h/p@q", "u", "p@ss:w")),
        ("rtsp://u@h", Target("rtsp://h", "u", None)),
        (" rtsps://[::1]:322/p ", Target("rtsps://[::1]:322/p", None, None)),
    ],
)
def test_credentials_are_taken_out_of_a_url(url: str, target: Target) -> None:
    assert without_credentials(url) == target


@pytest.mark.parametrize("url", ["", "h/p", "rtsp:///p", "rtsp://u:p@/p", "rtsp://h/a b"])
def test_what_leads_nowhere_is_no_url(url: str) -> None:
    with pytest.raises(BadUrl):
        without_credentials(url)


@pytest.mark.parametrize(
    ("base", "control", "url"),
    [
        ("rtsp://h/p", None, "rtsp://h/p"),
        ("rtsp://h/p", "*", "rtsp://h/p"),
        ("rtsp://h/p", "", "rtsp://h/p"),
        ("rtsp://h/p", "trackID=1", "rtsp://h/p/trackID=1"),
        ("rtsp://h/p/", "trackID=1", "rtsp://h/p/trackID=1"),
        ("rtsp://h", "trackID=1", "rtsp://h/trackID=1"),
        ("rtsp://h/cam?channel=1&subtype=0", "trackID=0", "rtsp://h/cam?channel=1&subtype=0/trackID=0"),
        ("rtsp://h/cam?channel=1&subtype=0/", "trackID=0", "rtsp://h/cam?channel=1&subtype=0/trackID=0"),
        ("rtsp://h/p", "rtsp://u:p@h/p/video", "rtsp://h/p/video"),
        ("rtsp://h/p", "RTSP://h/p /video", "RTSP://h/p/video"),
        ("rtsp://h/p", "/p/video", "rtsp://h/p/video"),
        ("rtsp://h/p/", "/p/video", "rtsp://h/p/video"),
        ("rtsp://h/p?x", "/p/video", "rtsp://h/p/video"),
        ("rtsp://h/p", "/p", "rtsp://h/p"),
        ("rtsp://h/p", "/trackID=1", "rtsp://h/p/trackID=1"),
        ("rtsp://h/p", "?ctype=video", "rtsp://h/p?ctype=video"),
    ],
)
def test_a_control_attribute_means_what_cameras_mean(base: str, control: str | None, url: str) -> None:
    assert control_url(base, control) == url


@pytest.mark.parametrize(
    ("content_base", "content_location", "url"),
    [
        (None, None, "rtsp://h/p"),
        ("rtsp://h/p/", None, "rtsp://h/p/"),
        (" rtsp://u:p@h/q ", None, "rtsp://h/q"),
        ("/p/", "rtsp://h/l/", "rtsp://h/l/"),
        ("", None, "rtsp://h/p"),
        ("rtsp:///", None, "rtsp://h/p"),
        ("rtsp://h/a b", None, "rtsp://h/p"),
    ],
)
def test_a_content_base_that_is_no_url_is_passed_over(
    content_base: str | None, content_location: str | None, url: str
) -> None:
    assert base_url("rtsp://h/p", content_base, content_location) == url
