"""What systemd hears, on a real socket."""

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from vedette.server.notify import ServiceManager


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The service manager's end."""
    monkeypatch.chdir(tmp_path)  # a short path, whatever the temporary folder is called
    monkeypatch.setenv("NOTIFY_SOCKET", "notify")
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind("notify")
        end.settimeout(5)
        yield end


def test_states_are_told_as_systemd_reads_them(manager: socket.socket) -> None:
    service = ServiceManager()
    service.ready("serving")
    service.stopping()
    assert manager.recv(100) == b"READY=1\nSTATUS=serving"
    assert manager.recv(100) == b"STOPPING=1"


def test_a_restart_is_no_end(manager: socket.socket) -> None:
    ServiceManager().restarting()
    word, since = manager.recv(100).split(b"\n")
    assert word == b"RELOADING=1"
    assert since.removeprefix(b"MONOTONIC_USEC=").isdigit()


def test_an_abstract_address_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"vedette-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind("\0" + name)
        end.settimeout(5)
        ServiceManager("@" + name).alive()
        assert end.recv(100) == b"WATCHDOG=1"


def test_signs_of_life_come_twice_in_the_time_that_was_set(
    manager: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "20000")
    service = ServiceManager()
    assert service.watchdog_s == 0.01

    async def scene() -> None:
        alive = asyncio.create_task(service.run())
        loop = asyncio.get_running_loop()
        manager.setblocking(False)
        for _ in range(3):
            assert await loop.sock_recv(manager, 100) == b"WATCHDOG=1"
        alive.cancel()

    asyncio.run(scene())


def test_a_manager_that_reads_nothing_holds_nobody_up(manager: socket.socket) -> None:
    service = ServiceManager()
    for _ in range(1000):
        service.alive()


@pytest.mark.parametrize(
    "environment",
    [{}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "soon"}, {"WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"}],
)
def test_without_a_wish_no_signs_of_life_are_given(
    manager: socket.socket, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ServiceManager().watchdog_s is None
    asyncio.run(asyncio.wait_for(ServiceManager().run(), 5))


def test_without_a_manager_nothing_happens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ServiceManager("").ready("serving")
    ServiceManager(str(tmp_path / "nobody")).ready("serving")


def test_more_time_is_asked_for_while_an_index_is_made_anew_and_not_for_each_file(
    manager: socket.socket,
) -> None:
    service = ServiceManager()
    for done in range(50):
        service.indexing(done, 50)
    service.ready("serving")
    assert manager.recv(200).startswith(b"EXTEND_TIMEOUT_USEC=120000000\nSTATUS=entering footage")
    assert manager.recv(200).startswith(b"READY=1")


def test_the_watchdog_has_the_patience_of_a_start_while_the_program_begins_anew(
    manager: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    service = ServiceManager()
    service.restarting()
    service.indexing(1, 50)
    service.ready("serving")

    told = [manager.recv(200) for _ in range(5)]
    assert told[0].startswith(b"RELOADING=1\n")
    assert told[1] == b"WATCHDOG_USEC=120000000"
    assert told[2].endswith(b"\nWATCHDOG=1")
    assert told[3:] == [b"READY=1\nSTATUS=serving", b"WATCHDOG_USEC=30000000"]
