"""Real ports: they move while clients are connected, and refuse who is not admitted."""

import asyncio
import socket
from typing import Any

import pytest

from vedette.device.network_protocols import PortTaken, Spoken
from vedette.device.settings.network import PortSettings, ProtocolSettings
from vedette.server.listener import CannotListen
from vedette.server.ports import ListeningPorts, listened

LOCAL = "127.0.0.1"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def free_port() -> int:
    with socket.create_server((LOCAL, 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def test_ports_move_and_connections_stay(serve: Any) -> None:
    async def scene() -> None:
        async with serve() as site:
            old, new = site.address.port, free_port()
            client = await site.connect()
            assert (await client.ask(GET))[0] == 200
            ports = ListeningPorts(site.listener, LOCAL, leave_s=0.0)
            ports.hold(frozenset((new,)), frozenset(Spoken)).make()
            await site.until(lambda: site.listener.ports == {new})
            assert (await client.ask(GET))[0] == 200
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection(LOCAL, old)
            _, writer = await asyncio.open_connection(LOCAL, new)
            writer.close()

    asyncio.run(scene())


def test_a_port_that_comes_back_before_it_was_left_stays(serve: Any) -> None:
    async def scene() -> None:
        async with serve() as site:
            old, new = site.address.port, free_port()
            ports = ListeningPorts(site.listener, LOCAL, leave_s=0.01)
            ports.hold(frozenset((new,)), frozenset(Spoken)).make()
            ports.hold(frozenset((old,)), frozenset(Spoken)).make()
            await site.until(lambda: site.listener.ports == {old})
            assert (await (await site.connect()).ask(GET))[0] == 200

    asyncio.run(scene())


def test_a_port_that_is_taken_moves_nothing(serve: Any) -> None:
    async def scene() -> None:
        async with serve() as site:
            before = site.listener.ports
            with socket.create_server((LOCAL, 0)) as taken:
                wanted = frozenset((free_port(), taken.getsockname()[1]))
                with pytest.raises(PortTaken, match=str(taken.getsockname()[1])):
                    ListeningPorts(site.listener, LOCAL).hold(wanted, frozenset(Spoken))
            assert site.listener.ports == before
            move = ListeningPorts(site.listener, LOCAL).hold(wanted, frozenset(Spoken))  # all are free again
            move.undo()

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("spoken", "line"),
    [({Spoken.RTSP}, GET), ({Spoken.HTTP}, b"OPTIONS * RTSP/1.0\r\n\r\n"), ({Spoken.HTTP}, b"\x16\x03\x01")],
)
def test_a_protocol_that_is_off_gets_no_answer(serve: Any, spoken: set[Spoken], line: bytes) -> None:
    async def scene() -> None:
        async with serve() as site:
            site.listener.spoken = frozenset(spoken)
            client = await site.connect()
            client.writer.write(line)
            assert await nothing_of(client) == b""

    asyncio.run(scene())


async def nothing_of(client: Any) -> bytes:
    try:
        return bytes(await client.rest())
    except ConnectionResetError:
        return b""


def test_a_refused_address_gets_no_answer_and_loses_its_connections(serve: Any) -> None:
    async def scene() -> None:
        async with serve() as site:
            known = await site.connect()
            assert (await known.ask(GET))[0] == 200
            site.listener.admits = lambda host: host != LOCAL
            site.listener.drop_refused()
            assert await nothing_of(known) == b""
            late = await site.connect()
            late.writer.write(GET)
            assert await nothing_of(late) == b""
            other = await site.connect(local_addr=("127.0.0.2", 0))
            assert (await other.ask(GET))[0] == 200

    asyncio.run(scene())


def chosen(http: int, rtsp: int, instead_of: tuple[int, int]) -> PortSettings:
    return PortSettings(
        instead_of=instead_of,
        http=ProtocolSettings(ports=(http,)),
        https=ProtocolSettings(ports=(http,)),
        rtsp=ProtocolSettings(is_enabled=False, ports=(rtsp,)),
    )


def test_chosen_ports_hold_at_the_start_until_the_operator_names_others(serve: Any) -> None:
    async def scene() -> None:
        async with serve() as site:
            http, rtsp = free_port(), free_port()
            kept = chosen(http, rtsp, (0, 0))
            found = listened(site.listener, host=LOCAL, configured=(0, 0), chosen=kept, has_tls=False)
            assert (found.first(Spoken.HTTP), found.https, found.first(Spoken.RTSP)) == (http, None, None)
            assert http in site.listener.ports
            assert Spoken.RTSP not in site.listener.spoken
            named = (free_port(), free_port())
            found = listened(site.listener, host=LOCAL, configured=named, chosen=kept, has_tls=True)
            assert (found.first(Spoken.HTTPS), found.first(Spoken.RTSP)) == named

    asyncio.run(scene())


def test_chosen_ports_that_are_taken_give_way_to_the_operators(serve: Any) -> None:
    async def scene() -> None:
        async with serve() as site:
            with socket.create_server((LOCAL, 0)) as taken:
                port = taken.getsockname()[1]
                kept = chosen(port, free_port(), (0, 0))
                found = listened(site.listener, host=LOCAL, configured=(0, 0), chosen=kept, has_tls=False)
                assert found.first(Spoken.HTTP) not in (None, port)
                with pytest.raises(CannotListen, match="--http-port"):
                    listened(site.listener, host=LOCAL, configured=(port, 0), chosen=None, has_tls=False)

    asyncio.run(scene())
