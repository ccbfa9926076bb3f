"""Asks a time server how far its clock is from ours."""

import asyncio
import secrets

from vedette.base.clock import Clock
from vedette.base.errors import VedetteError
from vedette.protocols.ntp import PORT, BadTimeAnswer, Measurement, measured, question

ANSWER_S = 5.0


class NoTimeAnswer(VedetteError):
    """A time server cannot be reached or gives no time; the message names it."""


class _Listening(asyncio.DatagramProtocol):
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.cookie = secrets.randbits(64) | 1
        self.sent_us = 0
        self.result: asyncio.Future[Measurement] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: object) -> None:
        received_us = self._clock.utc_us()
        if self.result.done():
            return
        try:
            found = measured(data, self.cookie, sent_us=self.sent_us, received_us=received_us)
        except BadTimeAnswer as error:
            self.result.set_exception(error)
        else:
            self.result.set_result(found)

    def error_received(self, exc: Exception) -> None:
        if not self.result.done():
            self.result.set_exception(BadTimeAnswer(str(exc)))


async def ask_time(server: str, clock: Clock, *, port: int = PORT, answer_s: float = ANSWER_S) -> Measurement:
    """Ask one server (a name or an address) once; raises NoTimeAnswer.

    Only the server itself is heard: the socket is connected to it.
    """
    loop = asyncio.get_running_loop()
    transport = None
    try:
        async with asyncio.timeout(answer_s):
            transport, listening = await loop.create_datagram_endpoint(
                lambda: _Listening(clock), remote_addr=(server, port)
            )
            listening.sent_us = clock.utc_us()
            transport.sendto(question(listening.cookie))
            return await listening.result
    except TimeoutError as error:
        raise NoTimeAnswer(f"time server {server}: no answer in {answer_s:g} s") from error
    except (BadTimeAnswer, OSError) as error:
        raise NoTimeAnswer(f"time server {server}: {error}") from error
    finally:
        if transport is not None:
            transport.close()
