"""SOAP over HTTP: requests and their parts to the dispatcher, faults by status, descriptions on `?wsdl`."""

import asyncio
from collections import OrderedDict

from vedette.base.errors import VedetteError
from vedette.contract.operation import Service
from vedette.contract.wsdl import wsdl
from vedette.device.addresses import SERVICE_PATHS, SUBSCRIPTION_PATH, StreamAddresses
from vedette.device.context import RequestContext
from vedette.device.dispatch import Answer, Dispatcher
from vedette.server.http import HttpRequest, HttpResponse, plain_response
from vedette.wire.multipart import is_multipart

PREFIX = "/onvif/"
DESCRIPTIONS_MOST = 64  # kept at once; a client that makes up host names must not fill the memory

PACKAGE_MOST_BYTES = 32 << 20  # of a request with parts: a backup, or a release of the program
PACKAGES_TOTAL_BYTES = 64 << 20  # of all of them being received at once


class TooManyPackages(VedetteError):
    """Others send so much at this time that there is no room for more."""


def package_most_bytes(request: HttpRequest) -> int:
    """How many bytes a request may bring because it has parts; 0 for one without."""
    is_package = request.method == "POST" and request.path.startswith(PREFIX)
    return PACKAGE_MOST_BYTES if is_package and is_multipart(request.headers.get("content-type")) else 0


class SoapService:
    """Answers everything below `/onvif/`.

    What a request is for stands in it, so its path decides nothing: there are clients that go by paths they
    were written with, not by the addresses that services announce (docs/interoperability.md).

    Source: Core, HTTP errors (26.06 §5.8.2.4); SOAP 1.2 Part 2 §7.
    """

    def __init__(self, dispatcher: Dispatcher, addresses: StreamAddresses) -> None:
        self._dispatcher = dispatcher
        self._addresses = addresses
        self._services: dict[str, type[Service]] = {}
        for service in dispatcher.offer.services:
            if (path := SERVICE_PATHS.get(service.namespace)) is not None:
                self._services.setdefault(path, service)
        self._packages_bytes = 0  # of requests with parts that are being received
        self._descriptions: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        path = request.path.rstrip("/") or "/"
        if request.method == "POST":
            return await self._answer(request, path)
        if path not in self._services and not path.startswith(SUBSCRIPTION_PATH):
            return plain_response(404, "no such service")
        if request.method in ("GET", "HEAD") and _asks_for_wsdl(request.query) and path in self._services:
            return await self._describe(request, path)
        return plain_response(
            405, "services are called by POST and described by GET ?wsdl", {"Allow": "POST"}
        )

    async def _answer(self, request: HttpRequest, path: str) -> HttpResponse:
        get = request.headers.get
        kind = get("content-type")
        is_package = is_multipart(kind)
        if not (is_package or _is_xml(kind)) or get("content-encoding", "identity").lower() != "identity":
            return plain_response(415, "requests are application/soap+xml or packages of it, not compressed")
        try:
            body = await self._package(request) if is_package else request.body
        except ConnectionResetError:
            return plain_response(400, "the request ended early")
        except TooManyPackages as refusal:
            return plain_response(503, str(refusal), {"Retry-After": "10"})
        authorization = get("authorization")
        if not body and authorization:
            return plain_response(400, "a request without content")
        if not body:  # libcurl sends its first request empty, to be asked for a login before it sends all
            return _response(self._dispatcher.challenge())
        answer = await self._dispatcher.answer(
            body,
            context_of(request, path),
            authorization=authorization,
            target=request.target,
            content_type=kind,
        )
        return _response(answer)

    async def _package(self, request: HttpRequest) -> bytes:
        """The whole of a body that may be larger than an ordinary request's."""
        body = bytearray()
        try:
            async for part in request.chunks():
                body += part
                self._packages_bytes += len(part)
                if self._packages_bytes > PACKAGES_TOTAL_BYTES:
                    raise TooManyPackages("too many large requests are being received")
            return bytes(body)
        finally:
            self._packages_bytes -= len(body)

    async def _describe(self, request: HttpRequest, path: str) -> HttpResponse:
        address = self._addresses.http(context_of(request, path), path)
        document = self._descriptions.get((path, address))
        if document is None:
            document = await asyncio.to_thread(wsdl, self._services[path], address)
            self._descriptions[path, address] = document
            if len(self._descriptions) > DESCRIPTIONS_MOST:
                self._descriptions.popitem(last=False)
        return HttpResponse(200, (("Content-Type", "text/xml; charset=utf-8"),), document)


def _response(answer: Answer) -> HttpResponse:
    headers = (("Content-Type", answer.content_type), *answer.headers) if answer.body else answer.headers
    return HttpResponse(answer.status, headers, answer.body)


def context_of(request: HttpRequest, path: str) -> RequestContext:
    """What a handler may know about an HTTP request, before anybody has looked at its login."""
    local = request.local
    host = f"[{local.host}]" if ":" in local.host else local.host
    return RequestContext(
        scheme=request.scheme,
        host=request.host,
        local_address=f"{host}:{local.port}",
        peer=request.peer.host,
        path=path,
        abandoned=request.abandoned,
    )


def _asks_for_wsdl(query: str) -> bool:
    return query.lower() in ("wsdl", "wsdl=") or query.lower().startswith("wsdl&")


def _is_xml(content_type: str) -> bool:
    """Whether a body may be SOAP; clients that leave the type out, or say `text/xml`, mean it.

    So do those whose library says `text/plain` for them, as Python's niquests does of a text.
    """
    kind = content_type.partition(";")[0].strip().lower()
    return not kind or kind in ("application/soap+xml", "text/xml", "application/xml", "text/plain")
