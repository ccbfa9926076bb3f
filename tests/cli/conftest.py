"""The network replaced."""

import json

import pytest
from tests.cli.fake_network import JPEG, FakeNetwork, soap

from vedette.client.auth import Reply


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> FakeNetwork:
    """One device that is a recorder too."""
    state = {"token": "door", "name": "Front door", "state": "live", "main": {"codec": "H264"}}
    made = FakeNetwork(
        {
            **{("POST", f"/onvif/{name}_service"): soap for name in ("device", "media2", "search")},
            ("GET", "/picture"): Reply(status=200, body=JPEG),
            ("GET", "/api/cameras"): Reply(status=200, body=json.dumps({"cameras": [state]}).encode()),
            ("POST", "/api/cameras"): Reply(status=201, body=b"{}"),
            ("DELETE", "/api/cameras/door"): Reply(status=204),
            ("DELETE", "/api/cameras/yard"): Reply(status=404, body=b'{"problem":"no camera \'yard\'"}'),
        }
    )
    monkeypatch.setattr("vedette.client.camera.HttpTransport", made)
    monkeypatch.setattr("vedette.cli.api.HttpTransport", made)
    for name in ("VEDETTE_USER", "VEDETTE_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    return made
