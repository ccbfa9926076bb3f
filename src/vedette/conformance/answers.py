"""What a device answers to questions that change nothing; each is asked once and remembered."""

import uuid

from vedette.base.errors import LimitExceeded, VedetteError
from vedette.conformance.envelopes import request_element
from vedette.conformance.environment import Environment
from vedette.conformance.link import Datagram, Link
from vedette.conformance.neighbours import is_neighbour
from vedette.conformance.target import Target
from vedette.conformance.trees import find_all, values
from vedette.contract.faults import Fault
from vedette.protocols.discovery import messages
from vedette.wire.message import MalformedMessage, XmlElement
from vedette.wire.namespaces import PREFIXES, TDS

_NAMESPACES = {prefix: namespace for namespace, prefix in PREFIXES.items()}


class Missing(VedetteError):
    """The device does not list the service that a question is for."""


class Answers:
    """Asks a device and remembers; `used` collects the exchanges behind the answers given."""

    def __init__(self, target: Target, link: Link, environment: Environment) -> None:
        self.target = target
        self.link = link
        self.environment = environment
        self.used: list[int] = []
        self._replies: dict[tuple[str, str], tuple[XmlElement | VedetteError, int]] = {}
        self._types: tuple[set[str], int] | None = None

    def namespace(self, prefix: str) -> str:
        """The namespace of one of the standard's prefixes; a URI is its own."""
        return _NAMESPACES.get(prefix, prefix)

    async def services(self) -> dict[str, str]:
        """The addresses of the services by namespace; raises what GetServices was refused with."""
        answer = await self.reply("tds", "GetServices")
        listed = {}
        for entry in find_all(answer, "Service"):
            namespace, address = values(entry, "Namespace"), values(entry, "XAddr")
            if namespace and address:
                listed[namespace[0]] = address[0]
        return listed

    async def capabilities(self, prefix: str) -> XmlElement:
        """What a service says of itself; raises Missing, a Fault or what else went wrong."""
        answer = await self.reply(prefix, "GetServiceCapabilities")
        found = find_all(answer, "Capabilities")
        if not found:
            raise VedetteError(f"{prefix} GetServiceCapabilities is answered without Capabilities")
        return found[0]

    async def reply(self, prefix: str, operation: str) -> XmlElement:
        """The answer to an operation sent empty; raises Missing, a Fault or what else went wrong."""
        key = (prefix, operation)
        if key not in self._replies:
            url = await self._url(self.namespace(prefix))
            found: XmlElement | VedetteError
            try:
                found = await self.target.ask(url, self._request(prefix, operation))
            except VedetteError as error:
                found = error
            self._replies[key] = found, len(self.target.evidence.exchanges)
        kept, number = self._replies[key]
        self.used.append(number)
        if isinstance(kept, VedetteError):
            raise kept
        return kept

    async def refusal(self, prefix: str, operation: str) -> str:
        """The fault that an operation sent empty is refused with; empty if it is answered."""
        try:
            await self.reply(prefix, operation)
        except Fault as fault:
            return f"{operation} is refused: {fault}"
        return ""

    async def scopes(self) -> list[str]:
        """The scopes; empty where the device does not tell them."""
        try:
            return values(await self.reply("tds", "GetScopes"), "Scopes/ScopeItem")
        except Fault:
            return []

    async def discovery_types(self) -> set[str]:
        """The types a probe of the device alone tells, under the standard's prefixes."""
        if self._types is None:
            data = messages.probe(messages.Probe(), f"urn:uuid:{uuid.uuid4()}")
            started = self.target.evidence.now()
            heard = await self.link.ask(
                data, to=self.target.host, wait_s=self.environment.message_s, is_enough=lambda _: True
            )
            exchange = self.target.evidence.add(
                "discovery",
                self.target.host,
                started,
                data.decode(),
                received="\n".join(each.data.decode("utf-8", "replace") for each in heard),
            )
            self._types = _types(heard, self.target.url), exchange.number
        self.used.append(self._types[1])
        return self._types[0]

    async def _url(self, namespace: str) -> str:
        if namespace == TDS:
            return self.target.url
        url = (await self.services()).get(namespace)
        if url is None:
            raise Missing(f"the device lists no service {namespace}")
        return self.target.services.get(namespace, url)

    def _request(self, prefix: str, operation: str) -> XmlElement:
        namespace = self.namespace(prefix)
        request = request_element(namespace, operation)
        if operation == "GetServices":
            include = request_element(namespace, "IncludeCapability")
            include.text = "false"
            request.append(include)
        return request


def _types(heard: list[Datagram], url: str) -> set[str]:
    found: set[str] = set()
    for datagram in heard:
        try:
            message = messages.read(datagram.data)
        except (MalformedMessage, LimitExceeded):
            continue
        for target in () if is_neighbour(message, url) else message.targets:
            found |= {f"{PREFIXES.get(name.namespace, name.namespace)}:{name.local}" for name in target.types}
    return found
