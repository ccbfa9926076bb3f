"""Logins as a client that is not ours makes them, over loopback."""

import asyncio

import httpx2
import pytest

from vedette.base.clock import SystemClock
from vedette.contract.schema.security import UserLevel
from vedette.protocols.http1.digest import Algorithm
from vedette.security.audit import Audit
from vedette.security.authentication import Authenticator, NotAuthenticated
from vedette.security.lockout import Lockout
from vedette.security.nonces import DigestNonces, UsedTokens
from vedette.security.users import User, Users
from vedette.server.http import HttpRequest, HttpResponse, HttpService, plain_response
from vedette.server.listener import Listener

ADMIN = User(name="admin", password="correct horse", level=UserLevel.ADMINISTRATOR)


@pytest.mark.parametrize("algorithms", [(Algorithm.SHA256, Algorithm.MD5), (Algorithm.MD5,)])
def test_a_foreign_client_logs_in_by_digest_and_is_told_when_it_may_not(
    algorithms: tuple[Algorithm, ...],
) -> None:
    clock = SystemClock()
    authenticator = Authenticator(
        lambda: Users((ADMIN,)),
        clock,
        nonces=DigestNonces(),
        tokens=UsedTokens(),
        lockout=Lockout(),
        audit=Audit(clock),
        algorithms=algorithms,
    )

    async def handler(request: HttpRequest) -> HttpResponse:
        try:
            identity = authenticator.digest(
                request.headers.get("authorization"),
                request.method,
                request.target,
                request.peer.host,
                body=request.body,
            )
        except NotAuthenticated as refusal:
            challenges = refusal.challenges
        else:
            if identity.user_name:
                return plain_response(200, identity.user_name)
            challenges = authenticator.challenges()
        return HttpResponse(401, tuple(("WWW-Authenticate", each) for each in challenges))

    async def scene() -> list[int]:
        listener = Listener(HttpService(handler, clock))
        address = listener.listen("127.0.0.1", 0)
        url = f"http://{address.host}:{address.port}/onvif/device?x=a%20b"
        statuses = []
        async with httpx2.AsyncClient(trust_env=False) as client:
            right = httpx2.DigestAuth("admin", "correct horse")
            for _ in range(3):
                statuses.append((await client.post(url, content=b"<x/>", auth=right)).status_code)
            for _ in range(6):
                wrong = httpx2.DigestAuth("admin", "wrong")
                statuses.append((await client.get(url, auth=wrong)).status_code)
            late = httpx2.DigestAuth("admin", "correct horse")
            statuses.append((await client.get(url, auth=late)).status_code)
            statuses.append((await client.get(url, auth=right)).status_code)  # it goes on with its nonce
        await listener.close(grace_s=0.2)
        return statuses

    assert asyncio.run(scene()) == [200, 200, 200, *[401] * 7, 200]
