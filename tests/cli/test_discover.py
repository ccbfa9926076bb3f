"""`vedette discover`: from where it asks."""

import pytest

from vedette.cli.exits import Exit
from vedette.cli.main import main
from vedette.client.interfaces import InterfaceAddress

LOOPBACK = InterfaceAddress(1, "127.0.0.1", 8)
OWN = InterfaceAddress(2, "192.0.2.5", 24)


@pytest.mark.parametrize("named", ["192.0.2.6", "eth0"])
def test_what_is_no_address_of_this_machine_is_told(
    named: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("vedette.client.interfaces.interface_addresses", lambda: (LOOPBACK, OWN))
    assert main(["discover", "--interface", named]) == Exit.USAGE
    assert (
        f"{named!r} is no address of this machine; there are: 127.0.0.1, 192.0.2.5\n"
        in capsys.readouterr().err
    )


def test_a_machine_without_a_network_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("vedette.client.interfaces.interface_addresses", lambda: (LOOPBACK,))
    monkeypatch.setattr("vedette.client.discovery.interface_addresses", lambda: ())
    assert main(["discover", "--timeout", "0.01"]) == Exit.FAILED
    assert "no address in any network" in capsys.readouterr().err
