"""Ways to break a device by one rule, on the way between it and the tester."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec
from lxml import etree

from vedette.client.auth import Reply, Request
from vedette.conformance.link import Datagram, Ear, Link
from vedette.conformance.trees import find_all
from vedette.contract.envelope import fault_envelope, to_soap
from vedette.contract.faults import Action, Fault
from vedette.wire.message import XmlElement
from vedette.wire.namespaces import ENV
from vedette.wire.soap import CONTENT_TYPE

Edit = Callable[[XmlElement], None]


class Break:
    """One broken rule; the plain one breaks nothing."""

    def instead(self, operation: str, request: Request) -> Reply | None:
        """What is answered without the device ever seeing the request."""
        return None

    def after(self, operation: str, request: Request, reply: Reply) -> Reply:
        """What becomes of the device's answer."""
        return reply

    def heard(self, datagram: Datagram) -> Datagram | None:
        """What becomes of a datagram of the device's; None if it is lost."""
        return datagram

    def asked(self, data: bytes) -> bytes:
        """What the device takes a probe for."""
        return data


class On(Break):
    """Breaks one operation only; `skip` lets so many answers pass first."""

    def __init__(self, operation: str, skip: int = 0) -> None:
        self.operation = operation
        self.skip = skip

    def is_due(self, operation: str) -> bool:
        """Whether this request is one to be broken."""
        if operation != self.operation:
            return False
        self.skip -= 1
        return self.skip < 0


class Refuses(On):
    """Answers a fault where an answer is due."""

    def __init__(self, operation: str, fault: type[Fault] = Action, skip: int = 0) -> None:
        super().__init__(operation, skip)
        self.fault = fault

    def after(self, operation: str, request: Request, reply: Reply) -> Reply:
        if reply.status == 401 or not self.is_due(operation):
            return reply
        return Reply(status=500, headers=_HEADERS, body=fault_envelope(to_soap(self.fault("broken"), "")))


class RefusesWith(Refuses):
    """Refuses with another fault than the right one; answers stay."""

    def after(self, operation: str, request: Request, reply: Reply) -> Reply:
        return reply if reply.status in (200, 401) else super().after(operation, request, reply)


class Accepts(On):
    """Says that all is well where a refusal is due."""

    def after(self, operation: str, request: Request, reply: Reply) -> Reply:
        return _fine(request) if reply.status in (400, 500) and self.is_due(operation) else reply


class Forgets(On):
    """Says that all is well and does nothing."""

    def instead(self, operation: str, request: Request) -> Reply | None:
        return _fine(request) if self.is_due(operation) else None


class Edits(On):
    """Changes the answer; `edit` gets the body's child."""

    def __init__(self, operation: str, edit: Edit, skip: int = 0) -> None:
        super().__init__(operation, skip)
        self.edit = edit

    def after(self, operation: str, request: Request, reply: Reply) -> Reply:
        if reply.status != 200 or not self.is_due(operation):
            return reply
        root = etree.fromstring(reply.body)
        self.edit(root.find(f"{{{ENV}}}Body")[0])  # type: ignore[index]
        return msgspec.structs.replace(reply, body=etree.tostring(root))


class Status(On):
    """Answers a plain HTTP request (its path is the operation) with another status."""

    def __init__(self, path: str, status: int, body: bytes = b"") -> None:
        super().__init__(path)
        self.status, self.body = status, body

    def after(self, operation: str, request: Request, reply: Reply) -> Reply:
        return Reply(status=self.status, body=self.body) if self.is_due(operation) else reply


class Replies(On):
    """Changes the HTTP reply as a whole."""

    def __init__(self, operation: str, change: Callable[[Request, Reply], Reply]) -> None:
        super().__init__(operation)
        self.change = change

    def after(self, operation: str, request: Request, reply: Reply) -> Reply:
        return self.change(request, reply) if operation == self.operation else reply


class Understands(On):
    """Does not understand requests whose bytes have something."""

    def __init__(self, operation: str, not_with: bytes) -> None:
        super().__init__(operation)
        self.not_with = not_with

    def instead(self, operation: str, request: Request) -> Reply | None:
        if operation != self.operation or self.not_with not in request.body:
            return None
        return Reply(status=400, headers=_HEADERS, body=fault_envelope(to_soap(Action("what?"), "")))


class Mute(Break):
    """Loses the datagrams that hold something."""

    def __init__(self, holding: bytes = b"") -> None:
        self.holding = holding

    def heard(self, datagram: Datagram) -> Datagram | None:
        return None if self.holding in datagram.data else datagram


class Garbles(Break):
    """Replaces bytes in the device's datagrams."""

    def __init__(self, old: bytes, new: bytes) -> None:
        self.old, self.new = old, new

    def heard(self, datagram: Datagram) -> Datagram | None:
        return Datagram(datagram.data.replace(self.old, self.new), datagram.address)


class Mistakes(Break):
    """Takes probes for something else."""

    def __init__(self, old: bytes, new: bytes) -> None:
        self.old, self.new = old, new

    def asked(self, data: bytes) -> bytes:
        return data.replace(self.old, self.new)


class Deaf(Break):
    """Does not hear probes that have something."""

    def __init__(self, to: bytes) -> None:
        self.to = to

    def asked(self, data: bytes) -> bytes:
        return b"" if self.to in data else data


_HEADERS = (("content-type", CONTENT_TYPE),)


def _fine(request: Request) -> Reply:
    asked = etree.fromstring(request.body).find(f"{{{ENV}}}Body")[0]  # type: ignore[index]
    envelope = etree.Element(f"{{{ENV}}}Envelope", nsmap={"env": ENV})
    body = etree.SubElement(envelope, f"{{{ENV}}}Body")
    etree.SubElement(body, f"{asked.tag}Response")
    return Reply(status=200, headers=_HEADERS, body=etree.tostring(envelope))


def operation_of(request: Request) -> str:
    """The operation a request asks for; the path of a plain HTTP request."""
    if not request.body.lstrip().startswith(b"<"):
        return request.target
    body = etree.fromstring(request.body).find(f"{{{ENV}}}Body")
    return request.target if body is None else etree.QName(body[0]).localname


# Edits


def drops(path: str) -> Edit:
    """Removes the elements at a path."""

    def edit(answer: XmlElement) -> None:
        for each in find_all(answer, path):
            each.getparent().remove(each)  # type: ignore[union-attr]

    return edit


def says(path: str, text: str) -> Edit:
    """Puts another text at a path, or another attribute for `A/@b`."""

    def edit(answer: XmlElement) -> None:
        holder, at, name = path.rpartition("@")
        for each in find_all(answer, holder.rstrip("/") if at else path):
            if at:
                each.set(name, text)
            else:
                each.text = text

    return edit


def adds(path: str, tag: str, text: str = "") -> Edit:
    """Adds an element to those at a path."""

    def edit(answer: XmlElement) -> None:
        for each in find_all(answer, path):
            etree.SubElement(each, tag).text = text

    return edit


def doubles(path: str) -> Edit:
    """Repeats the elements at a path."""

    def edit(answer: XmlElement) -> None:
        for each in find_all(answer, path):
            each.addnext(etree.fromstring(etree.tostring(each)))

    return edit


class BrokenTransport:
    """A transport with a break in it."""

    def __init__(self, inner: Callable[[Request], object], breaks: Break) -> None:
        self.inner = inner
        self.breaks = breaks

    async def send(self, request: Request, *, answer_timeout_s: float, is_repeatable: bool) -> Reply:
        operation = operation_of(request)
        instead = self.breaks.instead(operation, request)
        if instead is not None:
            return instead
        return self.breaks.after(operation, request, await self.inner(request))  # type: ignore[misc]

    async def aclose(self) -> None:
        return


class BrokenLink:
    """A link with a break in it."""

    def __init__(self, inner: Link, breaks: Break) -> None:
        self.inner = inner
        self.breaks = breaks

    async def ask(
        self, data: bytes, *, to: str | None, wait_s: float, is_enough: Callable[[Datagram], bool]
    ) -> list[Datagram]:
        asked = self.breaks.asked(data)
        if not asked:
            return []
        told = await self.inner.ask(asked, to=to, wait_s=wait_s, is_enough=is_enough)
        return [kept for each in told if (kept := self.breaks.heard(each)) is not None]

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Ear]:
        async with self.inner.listening() as ear:
            yield _BrokenEar(ear, self.breaks)


class _BrokenEar:
    def __init__(self, ear: Ear, breaks: Break) -> None:
        self._ear = ear
        self._breaks = breaks

    async def next(self, timeout_s: float) -> Datagram | None:
        while (datagram := await self._ear.next(timeout_s)) is not None:
            kept = self._breaks.heard(datagram)
            if kept is not None:
                return kept
        return None
