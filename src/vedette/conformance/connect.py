"""Puts an examiner together for an address."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from vedette.base.clock import Clock
from vedette.client.addresses import device_address
from vedette.client.auth import Login
from vedette.client.transport import HttpTransport
from vedette.conformance.environment import Environment
from vedette.conformance.evidence import Evidence, WitnessedTransport
from vedette.conformance.link import Link, NetworkLink
from vedette.conformance.runner import Examiner
from vedette.conformance.target import Target


@asynccontextmanager
async def connected_examiner(
    address: str,
    *,
    user: str,
    password: str,
    environment: Environment,
    clock: Clock,
    verify_tls: bool = True,
    ca_file: Path | None = None,
    link: Link | None = None,
) -> AsyncIterator[Examiner]:
    """An examiner of the device at an address; a login in the address is used if no other is given.

    Raises BadAddress.
    """
    where = device_address(address)
    evidence = Evidence(clock)
    login = Login(user or where.user, password if user else where.password)
    if login.password:
        evidence.hide(login.password)
    transport = WitnessedTransport(HttpTransport(verify_tls=verify_tls, ca_file=ca_file), evidence)
    try:
        target = Target(where.url, login, transport, clock)
        yield Examiner(target, link or NetworkLink(), environment, clock)
    finally:
        await transport.aclose()
