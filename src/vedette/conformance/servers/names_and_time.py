"""A time server with this machine's time, and a name server that knows one address for every name."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from vedette.base.clock import Clock
from vedette.conformance.servers.datagrams import answering, listening_socket
from vedette.conformance.surroundings import Served
from vedette.protocols import dns, ntp

STRATUM = 3  # this machine's time comes from elsewhere


def serving_time(served: Served, clock: Clock, port: int = ntp.PORT) -> AbstractAsyncContextManager[None]:
    """Be a time server at the address of `served`, which is told who asks; raises CaseNotRun."""

    def answer(data: bytes, peer: Any) -> tuple[bytes, Any] | None:
        arrived_us = clock.utc_us()
        try:
            told = ntp.answer(data, arrived_us=arrived_us, left_us=clock.utc_us(), stratum=STRATUM)
        except ntp.BadTimeAnswer:
            return None
        served.asked.append(peer[0])
        return told, peer

    return answering(
        lambda: listening_socket(served.address, port), f"UDP port {port} of {served.address}", answer
    )


def serving_names(served: Served, port: int = dns.PORT) -> AbstractAsyncContextManager[None]:
    """Be a name server at the address of `served`, which every name has; raises CaseNotRun."""

    def answer(data: bytes, peer: Any) -> tuple[bytes, Any] | None:
        try:
            asked = dns.read_question(data)
        except dns.BadQuestion:
            return None
        return dns.answer(asked, served.address), peer

    return answering(
        lambda: listening_socket(served.address, port), f"UDP port {port} of {served.address}", answer
    )
