"""SOAP over HTTP: requests to the dispatcher, faults by status, service descriptions on `?wsdl`."""

import asyncio
from collections import OrderedDict

from vedette.contract.operation import Service
from vedette.contract.wsdl import wsdl
from vedette.device.addresses import SERVICE_PATHS, SUBSCRIPTION_PATH, StreamAddresses
from vedette.device.context import RequestContext
from vedette.device.dispatch import Dispatcher
from vedette.server.http import HttpRequest, HttpResponse, plain_response

PREFIX = "/onvif/"
DESCRIPTIONS_MOST = 64  # kept at once; a client that makes up host names must not fill the memory


class SoapService:
    """Answers everything below `/onvif/`.

    Source: Core, HTTP errors (26.06 §5.8.2.4); SOAP 1.2 Part 2 §7.
    """

    def __init__(self, dispatcher: Dispatcher, addresses: StreamAddresses) -> None:
        self._dispatcher = dispatcher
        self._addresses = addresses
        self._services: dict[str, type[Service]] = {}
        for service in dispatcher.offer.services:
            if (path := SERVICE_PATHS.get(service.namespace)) is not None:
                self._services.setdefault(path, service)
        self._descriptions: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        path = request.path.rstrip("/") or "/"
        if path not in self._services and not path.startswith(SUBSCRIPTION_PATH):
            return plain_response(404, "no such service")
        if request.method == "POST":
            return await self._answer(request, path)
        if request.method == "GET" and _asks_for_wsdl(request.query) and path in self._services:
            return await self._describe(request, path)
        return plain_response(
            405, "services are called by POST and described by GET ?wsdl", {"Allow": "POST"}
        )

    async def _answer(self, request: HttpRequest, path: str) -> HttpResponse:
        get = request.headers.get
        if not _is_xml(get("content-type")) or get("content-encoding", "identity").lower() != "identity":
            return plain_response(415, "requests are application/soap+xml, not compressed")
        if not request.body:
            return plain_response(400, "a request without content")
        answer = await self._dispatcher.answer(
            request.body,
            context_of(request, path),
            authorization=get("authorization"),
            target=request.target,
        )
        headers = (("Content-Type", answer.content_type), *answer.headers) if answer.body else answer.headers
        return HttpResponse(answer.status, headers, answer.body)

    async def _describe(self, request: HttpRequest, path: str) -> HttpResponse:
        address = self._addresses.http(context_of(request, path), path)
        document = self._descriptions.get((path, address))
        if document is None:
            document = await asyncio.to_thread(wsdl, self._services[path], address)
            self._descriptions[path, address] = document
            if len(self._descriptions) > DESCRIPTIONS_MOST:
                self._descriptions.popitem(last=False)
        return HttpResponse(200, (("Content-Type", "text/xml; charset=utf-8"),), document)


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
    """Whether a body may be SOAP; clients that leave the type out, or say `text/xml`, mean it."""
    kind = content_type.partition(";")[0].strip().lower()
    return not kind or kind in ("application/soap+xml", "text/xml", "application/xml")
