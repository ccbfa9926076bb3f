"""What clients in the field send, and what the standard makes of it: each gets the right answer over HTTP."""

from typing import Any

import pytest
from tests.server.test_soap import PATH, exchange

TDS = "http://www.onvif.org/ver10/device/wsdl"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
WSA = "http://www.w3.org/2005/08/addressing"
WSA04 = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
ASKED = f'<GetSystemDateAndTime xmlns="{TDS}"/>'


def envelope(body: str = ASKED, *, head: str = "", prefix: str = "s", namespace: str = SOAP12) -> str:
    opening = f'<{prefix}:Envelope xmlns:{prefix}="{namespace}">'
    return f"{opening}{head}<{prefix}:Body>{body}</{prefix}:Body></{prefix}:Envelope>"


def header(name: str, namespace: str, value: str = "true", more: str = "") -> str:
    block = f'<h:{name} xmlns:h="{namespace}" s:mustUnderstand="{value}"{more}>x</h:{name}>'
    return f"<s:Header>{block}</s:Header>"


def request(
    body: bytes,
    lines: str = "Content-Type: application/soap+xml\r\n",
    target: str = PATH,
    version: str = "1.1",
) -> bytes:
    host = "Host: cam\r\n" if version == "1.1" and "host:" not in lines else ""
    head = f"POST {target} HTTP/{version}\r\n{host}{lines}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


ENVELOPES: dict[str, bytes] = {
    "prefixes of any style": envelope(prefix="SOAP-ENV").encode(),
    "odd prefixes": envelope(prefix="_x-1.2").encode(),
    "no prefixes": f'<Envelope xmlns="{SOAP12}"><Body>{ASKED}</Body></Envelope>'.encode(),
    "a byte order mark": b"\xef\xbb\xbf" + envelope().encode(),
    "UTF-16": f'<?xml version="1.0" encoding="utf-16"?>{envelope()}'.encode("utf-16"),
    "UTF-16 without a mark": f'<?xml version="1.0" encoding="utf-16"?>{envelope()}'.encode("utf-16-le"),
    "UTF-16 that says UTF-8": f'<?xml version="1.0" encoding="utf-8"?>{envelope()}'.encode("utf-16-le"),
    "white space before the declaration": b" \r\n" + f'<?xml version="1.0"?>{envelope()}'.encode(),
    "zero bytes behind the end": envelope().encode() + b"\x00\n",
    "comments and instructions": envelope(f"<!-- a --><?b c?>{ASKED}").encode(),
    "addressing that must be understood": envelope(head=header("Action", WSA)).encode(),
    "old addressing that must be understood": envelope(head=header("To", WSA04, "1")).encode(),
    "a foreign header that may be ignored": envelope(head=header("A", "urn:a", "0")).encode(),
    "a foreign header for somebody else": envelope(
        head=header("A", "urn:a", more=f' s:role="{SOAP12}/role/none"')
    ).encode(),
}


@pytest.mark.parametrize("body", ENVELOPES.values(), ids=ENVELOPES)
def test_an_odd_envelope_is_answered(serve: Any, body: bytes) -> None:
    [(status, _, content)] = exchange(serve, request(body))

    assert (status, b"GetSystemDateAndTimeResponse" in content) == (200, True)


PLAIN = envelope().encode()
REQUESTS: dict[str, bytes] = {
    "no content type": request(PLAIN, lines=""),
    "an action in the content type": request(
        PLAIN, lines='Content-Type: application/soap+xml; charset=utf-8; action="x"\r\n'
    ),
    "a content type that ends early": request(
        PLAIN, lines="Content-Type: application/soap+xml; charset=utf-8;\r\n"
    ),
    "capitals": request(PLAIN, lines='CONTENT-TYPE: Text/XML\r\nSOAPACTION: "x"\r\n'),
    "small letters": request(PLAIN, lines="content-type: application/soap+xml\r\nhost: cam\r\n"),
    "HTTP/1.0": request(PLAIN, version="1.0"),
    "an absolute target": request(PLAIN, target=f"http://cam{PATH}"),
    "an absolute target in capitals": request(PLAIN, target=f"HTTP://CAM:80{PATH}"),
    "a slash behind the path": request(PLAIN, target=f"{PATH}/"),
    "a query": request(PLAIN, target=f"{PATH}?x=1"),
    "lines that end with LF alone": request(PLAIN).replace(b"\r\n", b"\n"),
    "an empty line before": b"\r\n" + request(PLAIN),
    "chunks": b"POST %b HTTP/1.1\r\nHost: cam\r\nTransfer-Encoding: chunked\r\n\r\n" % PATH.encode()
    + b"9;a=b\r\n%b\r\n%x\r\n%b\r\n0\r\nTrailer: x\r\n\r\n" % (PLAIN[:9], len(PLAIN) - 9, PLAIN[9:]),
}


@pytest.mark.parametrize("sent", REQUESTS.values(), ids=REQUESTS)
def test_an_odd_request_is_answered(serve: Any, sent: bytes) -> None:
    [(status, _, content)] = exchange(serve, sent)

    assert (status, b"GetSystemDateAndTimeResponse" in content) == (200, True)


REFUSED: dict[str, tuple[bytes, int, bytes]] = {
    "SOAP 1.1": (envelope(namespace=SOAP11).encode(), 500, b"env:VersionMismatch"),
    "a foreign header": (envelope(head=header("A", "urn:a")).encode(), 500, b"env:MustUnderstand"),
    "encoded data": (
        envelope(
            ASKED.replace("/>", ' s:encodingStyle="http://www.w3.org/2003/05/soap-encoding"/>')
        ).encode(),
        500,
        b"env:DataEncodingUnknown",
    ),
    "an empty body": (envelope("").encode(), 400, b"ter:InvalidArgs"),
    "another namespace": (
        envelope('<GetSystemDateAndTime xmlns="urn:x"/>').encode(),
        400,
        b"ter:UnknownAction",
    ),
    "no namespace": (envelope("<GetSystemDateAndTime/>").encode(), 400, b"ter:UnknownAction"),
    "an operation not offered": (
        envelope(f'<GetUsers xmlns="{TDS}"/>').encode(),
        500,
        b"ter:ActionNotSupported",
    ),
    "half an envelope": (PLAIN[:-5], 400, b"ter:WellFormed"),
    "a document type": (b"<!DOCTYPE a>" + PLAIN, 400, b"ter:WellFormed"),
}


@pytest.mark.parametrize(("body", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_what_the_standard_refuses_gets_its_fault(serve: Any, body: bytes, status: int, code: bytes) -> None:
    [(answered, _, content)] = exchange(serve, request(body))

    assert (answered, code in content) == (status, True)
