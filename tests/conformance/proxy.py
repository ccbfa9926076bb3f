"""A device that breaks one rule: a proxy before a faithful one, to see what any tester or client makes of it.

Usage: python -m tests.conformance.proxy --list
       python -m tests.conformance.proxy URL CASE NUMBER [--port N]     break a rule until interrupted
       python -m tests.conformance.proxy URL --try [CASE …] --user NAME --password PASSWORD

The rules are those of the proofs: break NUMBER of CASE. `--try` runs each case through the proxy for each of
its breaks and tells which were noticed.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

from lxml import etree
from tests.conformance.breaks import Break, operation_of
from tests.conformance.test_deviceio_proofs import PROOFS as DEVICE_IO
from tests.conformance.test_proofs import PROOFS as BASE

from vedette.base.clock import SystemClock
from vedette.client.auth import Reply, Request
from vedette.client.errors import Unreachable
from vedette.client.transport import HttpTransport
from vedette.conformance.connect import connected_examiner
from vedette.conformance.environment import OWN_NEEDS, Environment
from vedette.conformance.facts import case_facts
from vedette.conformance.features import Features
from vedette.conformance.result import Result
from vedette.conformance.verdicts import Risk, Verdict

PROOFS = BASE | DEVICE_IO
TRIED = (Risk.READ, Risk.CONFIG, Risk.PHYSICAL)  # what is tried unless cases are named
_HOP = frozenset(("connection", "transfer-encoding", "content-length", "keep-alive", "date", "server"))
_PASSED_ON = frozenset(("content-type", "authorization", "soapaction"))
_REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 500: "Internal Server Error"}


class Proxy:
    """Passes requests on to the device at `url`, and breaks what its `breaks` say.

    `has_broken` tells whether they made a difference yet: what a device lacks cannot be broken.
    """

    def __init__(self, url: str) -> None:
        self._device = urlsplit(url)
        self._transport = HttpTransport()
        self.breaks = Break()
        self.has_broken = False
        self.url = ""

    @asynccontextmanager
    async def listening(self, port: int = 0) -> AsyncIterator[str]:
        """Listen on loopback; gives the address of the device service."""
        server = await asyncio.start_server(self._converse, "127.0.0.1", port)
        place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self.url = urlunsplit(("http", place, self._device.path, "", ""))
        async with server:
            yield self.url
        await self._transport.aclose()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await self._read(reader)) is not None:
                reply = await self._answer(request)
                writer.write(_written(reply))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Request | None:
        start = (await reader.readline()).decode("latin-1").split()
        if len(start) < 2:
            return None
        headers = []
        while (line := (await reader.readline()).decode("latin-1").strip()) != "":
            name, _, value = line.partition(":")
            headers.append((name.strip(), value.strip()))
        length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
        body = await reader.readexactly(length)
        url = urlunsplit((self._device.scheme, self._device.netloc, start[1], "", ""))
        kept = tuple(each for each in headers if each[0].lower() in _PASSED_ON)
        return Request(method=start[0], url=url, headers=kept, body=self._renamed(body, is_answer=False))

    async def _answer(self, request: Request) -> Reply:
        operation = operation_of(request)
        reply = self.breaks.instead(operation, request)
        if reply is None:
            try:
                told = await self._transport.send(request, answer_timeout_s=70.0, is_repeatable=False)
            except Unreachable:
                return Reply(status=502)
            reply = self.breaks.after(operation, request, told)
            self.has_broken |= (reply.status, _canonical(reply)) != (told.status, _canonical(told))
        else:
            self.has_broken = True
        headers = tuple(each for each in reply.headers if each[0].lower() not in _HOP)
        return Reply(status=reply.status, headers=headers, body=self._renamed(reply.body, is_answer=True))

    def _renamed(self, body: bytes, *, is_answer: bool) -> bytes:
        """The device's address in answers becomes the proxy's, and back in requests."""
        pair = (self._device.netloc.encode(), urlsplit(self.url).netloc.encode())
        old, new = pair if is_answer else pair[::-1]
        return body.replace(b"//" + old + b"/", b"//" + new + b"/")


def _canonical(reply: Reply) -> tuple[object, ...]:
    is_xml = reply.body.lstrip().startswith(b"<")
    content = etree.tostring(etree.fromstring(reply.body), method="c14n") if is_xml else reply.body
    return content, reply.headers


def _written(reply: Reply) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, 'Other')}"]
    lines += [f"{name}: {value}" for name, value in (*reply.headers, ("Content-Length", len(reply.body)))]
    return "\r\n".join((*lines, "", "")).encode("latin-1") + reply.body


class Trial:
    """Cases run through a proxy against a real device, once for each of their breaks."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self._proxy = Proxy(url)
        self._user = user
        self._password = password
        self._features: Features | None = None

    async def run(self, names: Sequence[str]) -> list[str]:
        """Try the cases, and tell how each went.

        Returns what was not noticed, as `CASE number`, and as `CASE` what does not pass unbroken. A case
        that this device skips, or a break that changes nothing of it, is neither.
        """
        missed = []
        async with self._proxy.listening() as url:
            for name in names:
                for number, make in enumerate((Break, *PROOFS[name])):
                    result = await self._one(url, name, make())
                    is_without = bool(number) and not self._proxy.has_broken
                    _say(f"{_line(name, number, result)}{'(nothing to break)' if is_without else ''}")
                    if number and result.verdict is not Verdict.FAIL and not is_without:
                        missed.append(f"{name} {number}")
                    elif not number and result.verdict not in (Verdict.PASS, Verdict.WARN):
                        missed += [name] if result.verdict is not Verdict.SKIP else []
                        break
        return missed

    async def _one(self, url: str, name: str, breaks: Break) -> Result:
        environment = Environment(
            allowed=frozenset(Risk), abilities=OWN_NEEDS, message_s=0.5, delay_s=3.0, is_watching=False
        )
        self._proxy.breaks = Break()
        async with connected_examiner(
            url, user=self._user, password=self._password, environment=environment, clock=SystemClock()
        ) as tester:
            await tester.reach()
            if self._features is None:
                self._features = await tester.discover()
            tester.features = self._features
            planned = tester.plan([case_facts(name)])
            self._proxy.breaks, self._proxy.has_broken = breaks, False
            report = await tester.execute(planned, lambda *_: None)
        return report.results[0]


def _line(name: str, number: int, result: Result) -> str:
    what = f"break {number}" if number else "no break"
    return f"{result.verdict.value:<12}  {name:<16}  {what:<9}  {result.reason}"[:200]


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


async def _serve(arguments: argparse.Namespace) -> int:
    proxy = Proxy(arguments.url)
    proxy.breaks = PROOFS[arguments.case[0]][int(arguments.case[1]) - 1]()
    async with proxy.listening(arguments.port) as url:
        _say(url)
        await asyncio.Event().wait()
    return 0


async def _try(arguments: argparse.Namespace) -> int:
    names = arguments.case or [name for name in PROOFS if case_facts(name).risk in TRIED]
    missed = await Trial(arguments.url, arguments.user, arguments.password).run(names)
    _say(f"{len(missed)} not as expected: {', '.join(missed)}" if missed else "every break was noticed")
    return 1 if missed else 0


def main(words: Sequence[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.proxy", description=__doc__)
    parser.add_argument("url", nargs="?", metavar="URL")
    parser.add_argument("case", nargs="*", metavar="CASE")
    parser.add_argument("--list", action="store_true", help="name the cases and how many breaks each has")
    parser.add_argument("--try", action="store_true", dest="is_trial")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--user", default="admin")
    parser.add_argument("--password", default="")
    arguments = parser.parse_args(words)
    if arguments.list:
        _say("\n".join(f"{name}  {len(breaks)}" for name, breaks in PROOFS.items()))
        return 0
    if arguments.url is None or not (arguments.is_trial or len(arguments.case) == 2):
        parser.error("either --list, or URL CASE NUMBER, or URL --try")
    work: Callable[[argparse.Namespace], Coroutine[None, None, int]] = _try if arguments.is_trial else _serve
    try:
        return asyncio.run(work(arguments))
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
