"""Asks the product's search service over one kept connection, and tells how long each answer took."""

import http.client
import time
from typing import Any

from bench.figures import BenchError
from bench.requests_file import USER, challenged
from vedette.contract.envelope import read_response, request_envelope
from vedette.contract.operation import Operation
from vedette.contract.search import GetRecordingSummary, Search
from vedette.protocols.http1.digest import authorize, parse_challenges

PATH = "/onvif/search_service"
SOAP = "application/soap+xml; charset=utf-8"


class SearchAsker:
    """Logs in by digest, with a nonce of its own.

    `waited_s` is the sum of the times until answers were whole; requests are made before and answers are
    read after that.
    """

    def __init__(self, port: int, password: str) -> None:
        self.waited_s = 0.0
        self._password = password
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        refused = request_envelope(Search.get_recording_summary, GetRecordingSummary())
        self._challenges = parse_challenges(challenged(port, PATH, refused))
        self._count = 0

    def close(self) -> None:
        """Give the connection up."""
        self._connection.close()

    def ask(self, operation: Operation[..., Any, Any], **fields: Any) -> Any:
        """The answer to one request; raises BenchError for another status than 200."""
        body = request_envelope(operation, operation.request(**fields))
        self._count += 1
        login = authorize(
            self._challenges, "POST", PATH, USER, self._password, cnonce="6ba1d9f0", count=self._count
        )
        headers = {"Content-Type": SOAP, "Authorization": login or ""}
        begin_s = time.monotonic()
        self._connection.request("POST", PATH, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        self.waited_s += time.monotonic() - begin_s
        if answer.status != 200:
            raise BenchError(f"{operation.name} was answered {answer.status}: {content[:300]!r}")
        return read_response(operation, content)
