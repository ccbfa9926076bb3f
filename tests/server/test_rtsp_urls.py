"""RTSP URLs: whatever clients make of a described URL leads to its tracks."""

from urllib.parse import urljoin

import pytest

from vedette.server.rtsp.urls import base_of, path_of

URL = "rtsp://192.0.2.7:8554/live/hall/main"


@pytest.mark.parametrize("end", ["", "/", "?x=1&y=2", "/?x=1", "?from=/live/attic/"])
def test_a_track_is_found_however_its_url_is_put_together(end: str) -> None:
    base = base_of(URL + end)
    by_the_rules, put_behind = urljoin(base, "trackID=12"), base + "trackID=12"
    for url in (by_the_rules, put_behind, URL + end + "/trackID=12", URL + "/trackID=12" + end):
        assert path_of(url) == ("/live/hall/main", 12)
    assert path_of(urljoin(base, ".")) == path_of(URL + end) == ("/live/hall/main", None)
