"""Whether a device may have changed something, by what it was asked and what it said."""

from vedette.base.errors import LimitExceeded
from vedette.client.auth import Reply, Request
from vedette.wire import soap
from vedette.wire.message import MalformedMessage, XmlElement
from vedette.wire.parser import parse
from vedette.wire.soap import name_of

READS = "Get"  # how the standard begins the names of operations that only tell


def may_have_changed(request: Request, reply: Reply | None) -> bool:
    """Whether a request can have changed anything: it asked for more than to be told, and was not refused.

    Without a reply nobody knows, and so it can.
    """
    if request.method in ("GET", "HEAD"):
        return False
    if reply is not None and _is_refused(reply):
        return False
    asked = _body(request.body)
    return asked is None or not name_of(asked).local.startswith(READS)


def _is_refused(reply: Reply) -> bool:
    if 400 <= reply.status < 500:
        return True
    answer = _body(reply.body)
    return answer is not None and soap.is_fault(answer)


def _body(content: bytes) -> XmlElement | None:
    """What an envelope holds; None where there is no envelope."""
    if not content.strip():
        return None
    try:
        return soap.read_envelope(parse(content, tolerant=True), tolerant=True).body
    except (MalformedMessage, LimitExceeded, soap.NotSoap12):
        return None
