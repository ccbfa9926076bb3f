"""What was really sent and received: raw exchanges, with secrets removed before they are kept."""

import re

import msgspec

from vedette.base.clock import Clock
from vedette.client.auth import Reply, Request
from vedette.client.errors import Unreachable
from vedette.client.transport import Transport
from vedette.conformance.changes import may_have_changed

TEXT_MOST = 200_000  # of one message; what is longer is cut, and says so
REMOVED = "(removed)"

# Only for removing secrets from what may not even be well-formed; nothing is read from messages this way.
_SECRET_ELEMENT = re.compile(
    r"(<(?:[\w.-]+:)?(?:Password|Nonce|PrivateKey|Key|Passphrase|PSK|Data)\b[^>]*>)[^<]+(<)"
)
_SECRET_HEADERS = frozenset(("authorization", "cookie", "set-cookie", "proxy-authorization"))


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One message and what came back; `kind` is http or discovery, `status` 0 where there is none.

    Texts begin with the start line and headers, as far as the protocol has them. `lost` says why no answer
    came.
    """

    number: int
    case: str
    kind: str
    peer: str
    utc_us: int
    took_ms: int
    sent: str
    status: int = 0
    received: str = ""
    lost: str = ""


class Evidence:
    """The exchanges of a run, in order. `secrets` are texts that must never be kept."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.exchanges: list[Exchange] = []
        self.case = ""  # whose steps the exchanges belong to
        self._secrets: list[str] = []

    def hide(self, secret: str) -> None:
        """Remove this text from everything kept from now on."""
        if len(secret) >= 3 and secret not in self._secrets:
            self._secrets.append(secret)
            self._secrets.sort(key=len, reverse=True)

    def add(
        self,
        kind: str,
        peer: str,
        started: tuple[int, float],
        sent: str,
        *,
        status: int = 0,
        received: str = "",
        lost: str = "",
    ) -> Exchange:
        """Keep one exchange; `started` is civil and monotonic time when it began."""
        kept = Exchange(
            number=len(self.exchanges) + 1,
            case=self.case,
            kind=kind,
            peer=self.clean(peer),
            utc_us=started[0],
            took_ms=round((self.clock.monotonic_s() - started[1]) * 1000),
            sent=self.clean(sent),
            status=status,
            received=self.clean(received),
            lost=self.clean(lost),
        )
        self.exchanges.append(kept)
        return kept

    def now(self) -> tuple[int, float]:
        """Civil and monotonic time."""
        return self.clock.utc_us(), self.clock.monotonic_s()

    def clean(self, text: str) -> str:
        """A text without secrets, cut to what is kept."""
        if len(text) > TEXT_MOST:
            text = f"{text[:TEXT_MOST]}\n… {len(text) - TEXT_MOST} characters more"
        text = _SECRET_ELEMENT.sub(rf"\1{REMOVED}\2", text)
        for secret in self._secrets:
            text = text.replace(secret, REMOVED)
        return text


class WitnessedTransport:
    """A transport that keeps what passes through it as evidence; `last` is the latest reply.

    `changes` counts the requests by which the device may have changed.
    """

    def __init__(self, inner: Transport, evidence: Evidence) -> None:
        self.inner = inner
        self.evidence = evidence
        self.last: Reply | None = None
        self.changes = 0

    async def send(self, request: Request, *, answer_timeout_s: float, is_repeatable: bool) -> Reply:
        """See `vedette.client.transport.Transport`."""
        started = self.evidence.now()
        sent = _text(f"{request.method} {request.target}", request.headers, request.body)
        try:
            reply = await self.inner.send(
                request, answer_timeout_s=answer_timeout_s, is_repeatable=is_repeatable
            )
        except Unreachable as error:
            self.changes += may_have_changed(request, None)
            self.evidence.add("http", request.url, started, sent, lost=str(error))
            raise
        self.last = reply
        self.changes += may_have_changed(request, reply)
        received = _text(f"status {reply.status}", reply.headers, reply.body)
        self.evidence.add("http", request.url, started, sent, status=reply.status, received=received)
        return reply

    async def aclose(self) -> None:
        """Close the connections."""
        await self.inner.aclose()


def _text(start: str, headers: tuple[tuple[str, str], ...], body: bytes) -> str:
    lines = [start]
    for name, value in headers:
        lines.append(f"{name}: {REMOVED if name.lower() in _SECRET_HEADERS else value}")
    return "\n".join([*lines, "", body.decode("utf-8", "replace")])
