"""A relay behind an HTTP interface: one address closes it, another opens it."""

import asyncio

from vedette.base.errors import LimitExceeded
from vedette.client.auth import Login, Request, http_flow
from vedette.client.errors import Unreachable
from vedette.client.transport import Transport, run_flow
from vedette.device.hardware.errors import HardwareFailed

ANSWER_TIMEOUT_S = 5.0
WHOLE_TIMEOUT_S = 12.0  # a login, and an answer that comes in drops


class WebhookRelay:
    """Sends `closing` to close the contact and `opening` to open it; any 2xx answer means that it did.

    `login` answers digest challenges where the other end makes them. A request is never sent twice for
    one command: a contact that pulses by itself would pulse twice.
    """

    def __init__(self, closing: Request, opening: Request, login: Login, transport: Transport) -> None:
        self._closing = closing
        self._opening = opening
        self._login = login
        self._transport = transport

    async def put(self, *, is_closed: bool) -> None:
        """Ask the other end; raises HardwareFailed when it is not there or refuses."""
        request = self._closing if is_closed else self._opening
        try:
            async with asyncio.timeout(WHOLE_TIMEOUT_S):
                reply = await run_flow(
                    http_flow(self._login, request), self._transport, answer_timeout_s=ANSWER_TIMEOUT_S
                )
        except TimeoutError:
            raise HardwareFailed(f"relay webhook: no whole answer in {WHOLE_TIMEOUT_S:.0f} s") from None
        except (Unreachable, LimitExceeded) as error:
            raise HardwareFailed(f"relay webhook: {error}") from error
        if not 200 <= reply.status < 300:
            raise HardwareFailed(f"relay webhook: the other end answered {reply.status}")

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.aclose()
