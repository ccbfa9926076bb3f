"""One HTTP/1.1 connection: requests in turn, answered in turn, until it ends or becomes something else."""

import asyncio
from collections.abc import AsyncIterator, Callable

from vedette.protocols.http1.request import BadRequest, RequestHead, RequestReader, RequestTooLarge
from vedette.server.channel import NEVER, Channel, Taker
from vedette.server.http import BodyIncomplete, HttpRequest, HttpResponse, HttpService, log, plain_response

EXPECTED = "100-continue"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_JOINED_MOST_BYTES = 128 << 10  # up to here copying head and body together is cheaper than a second call
UPLOAD_PARTS_MOST = 16
TOO_MANY = "too many requests are being received"
UNREAD_MOST_BYTES = 256 << 10


class HttpConnection(Taker):
    """Takes a channel's bytes as HTTP; hands the channel on when a request asks for it."""

    def __init__(self, service: HttpService, channel: Channel) -> None:
        limits = service.limits
        self._service = service
        self._limits = limits
        self._channel = channel
        self._reader = RequestReader(head_most_bytes=limits.head_most_bytes, fields_most=limits.fields_most)
        self._head: RequestHead | None = None
        self._parts: list[bytes] = []
        self._body_bytes = 0
        self._upload: asyncio.Queue[bytes | None] | None = None
        self._upload_left_bytes = 0
        self._is_upload_held = False  # by us, until its handler wants more
        self._announced: HttpRequest | None = None  # whose body is still coming
        self._request: HttpRequest | None = None
        self._latest = ""  # what was asked for last
        self._is_answering = False
        self._has_input_ended = False
        self._is_ending = False
        channel.hand_to(self)
        channel.deadline_s = self._channel.now_s() + limits.head_s

    def receive(self, data: bytes) -> None:
        """Bytes from the client."""
        self._reader.receive(data)
        if self._upload is not None:
            self._guarded(self._take_upload)
        elif not self._is_answering:
            self._guarded(self._advance)
        elif self._reader.buffered_bytes > self._limits.pipelined_most_bytes:
            self._channel.pause()

    def input_ended(self) -> None:
        """The client sends no more: finish what is being answered, else close."""
        self._has_input_ended = True
        if self._request is not None and self._is_answering:
            self._end_upload(b"")
            self._request.abandon()
        else:
            self._channel.close()

    def overdue(self, now_s: float) -> None:
        """Nothing for too long: an idle client is let go, a slow one is told."""
        if self._head is None and self._reader.buffered_bytes == 0:
            self._channel.close()
        elif not self._is_answering:
            self._refuse(408, "the request took too long")
        else:
            self._channel.abort("the upload was too slow")

    def finish(self) -> None:
        """Close now when idle, else after the answer."""
        self._is_ending = True
        if not self._is_answering:
            self._channel.close()

    def lost(self, reason: str) -> None:
        """The client is gone."""
        if self._channel.has_stalled:
            log.warning("%s was not sent to its end: %s %s", self._latest, self._channel.peer.host, reason)
        self._release()
        self._end_upload(b"")
        if self._request is not None:
            self._request.abandon()

    def _guarded(self, step: Callable[[], None]) -> None:
        try:
            step()
        except (BadRequest, RequestTooLarge) as error:
            self._refuse(error.status, str(error))

    def _advance(self) -> None:
        """Read on until a request is complete, the bytes are used up, or the connection is another's."""
        if self._head is None:
            head = self._reader.next_head()
            if head is None:
                self._wait_for_head()
                return
            self._head = head
            if not self._begin(head):
                return
        head = self._head
        assert head is not None
        if not self._reader.is_body_done:
            self._take_body()
        if self._reader.is_body_done and self._head is head:
            self._answer(head, b"".join(self._parts))

    def _wait_for_head(self) -> None:
        now_s = self._channel.now_s()
        channel = self._channel
        if self._reader.buffered_bytes == 0:
            channel.deadline_s = now_s + self._limits.idle_s
        else:  # counted from the head's first byte: drops do not win time
            channel.deadline_s = min(channel.deadline_s, now_s + self._limits.head_s)

    def _begin(self, head: RequestHead) -> bool:
        """Look at a head; False when nothing of this request is left to be read here."""
        if self._hand_over(head):
            return False
        if head.expectation not in ("", EXPECTED):
            self._refuse(417, "only 100-continue can be expected")
            return False
        return head.length_bytes == 0 or self._begin_body(head)

    def _hand_over(self, head: RequestHead) -> bool:
        service = self._service
        channel = self._channel
        if head.is_raw_tunnel:
            if service.tunnel is None:
                self._refuse(404, "no RTSP over HTTP here")
            else:
                channel.deadline_s = NEVER
                peer = HttpRequest(head, channel, service.trusted).peer
                service.tunnel(head, channel, self._reader.take_rest(), peer)
            return True
        if head.wants_websocket and service.websocket is not None:
            request = HttpRequest(head, channel, service.trusted)
            route = service.websocket(request)
            if isinstance(route, HttpResponse):  # its login has been judged, which must not be done twice
                request.refusal = route
                self._announced = request
            elif route is not None:
                channel.deadline_s = NEVER
                route.open(head, channel, self._reader.take_rest(), service)
                return True
        return False

    def _begin_body(self, head: RequestHead) -> bool:
        service = self._service
        channel = self._channel
        most_bytes = self._limits.body_most_bytes
        upload_most_bytes = 0
        if service.upload_most_bytes is not None:
            request = self._announced = self._announced or HttpRequest(head, channel, service.trusted)
            upload_most_bytes = service.upload_most_bytes(request)
        length = head.length_bytes or 0
        if length > (upload_most_bytes or most_bytes):
            self._refuse(413, f"a body of {length} bytes; {upload_most_bytes or most_bytes} are allowed")
            return False
        if head.expectation == EXPECTED and self._reader.buffered_bytes == 0:
            channel.write(CONTINUE)
        if upload_most_bytes:
            self._announced = None
            self._begin_upload(head, request, upload_most_bytes)
            return False
        channel.deadline_s = self._channel.now_s() + self._limits.body_grace_s
        return True

    def _take_body(self) -> None:
        data = self._reader.read_body()
        if not data:
            return
        service = self._service
        self._body_bytes += len(data)
        service.bodies_bytes += len(data)
        if self._body_bytes > self._limits.body_most_bytes:
            raise RequestTooLarge(f"a body of more than {self._limits.body_most_bytes} bytes", 413)
        service.receiving[self] = self._body_bytes
        if service.bodies_bytes > self._limits.bodies_total_bytes:
            self._make_room()
        self._parts.append(data)
        self._give_time(len(data))

    def _begin_upload(self, head: RequestHead, request: HttpRequest, most_bytes: int) -> None:
        self._upload = asyncio.Queue()
        self._upload_left_bytes = most_bytes
        request.stream_from(self._upload, self._want_upload)
        self._channel.deadline_s = self._channel.now_s() + self._limits.body_grace_s
        self._start(head, request)
        if self._is_answering:
            self._take_upload()

    def _want_upload(self) -> None:
        if self._upload is not None and self._is_upload_held:
            self._is_upload_held = False
            self._channel.deadline_s = self._channel.now_s() + self._limits.body_grace_s
            self._channel.resume()

    def _take_upload(self) -> None:
        queue = self._upload
        assert queue is not None
        data = self._reader.read_body()
        if data:
            self._upload_left_bytes -= len(data)
            if self._upload_left_bytes < 0:
                raise RequestTooLarge("a longer body than allowed", 413)
            queue.put_nowait(data)
            if not self._is_upload_held:
                self._give_time(len(data))
        if self._reader.is_body_done:
            self._end_upload(None)
            self._channel.deadline_s = NEVER
        elif queue.qsize() >= UPLOAD_PARTS_MOST:
            self._channel.deadline_s = NEVER  # now we are the slow ones
            self._is_upload_held = True
            self._channel.pause()

    def _make_room(self) -> None:
        """Have the largest body give way, so that few large ones do not keep everybody's small ones out."""
        receiving = self._service.receiving
        largest = max(receiving, key=receiving.__getitem__)
        if receiving[largest] <= self._body_bytes:
            raise RequestTooLarge(TOO_MANY, 503)
        largest._refuse(503, TOO_MANY)

    def _give_time(self, came_bytes: int) -> None:
        """What came wins the time that it may take, and at most the grace from now: drops hold nothing."""
        channel, limits = self._channel, self._limits
        due_s = channel.deadline_s + came_bytes / limits.body_least_bytes_per_s
        channel.deadline_s = min(due_s, channel.now_s() + limits.body_grace_s)

    def _end_upload(self, last: bytes | None) -> None:
        if self._upload is not None:
            self._upload.put_nowait(last)
            self._upload = None

    def _answer(self, head: RequestHead, body: bytes) -> None:
        self._release()
        request = self._announced or HttpRequest(head, self._channel, self._service.trusted)
        self._announced = None
        request.body = body
        self._channel.deadline_s = NEVER
        self._start(head, request)

    def _start(self, head: RequestHead, request: HttpRequest) -> None:
        if self._service.handlers_now >= self._limits.handlers_most:
            self._refuse(503, "too many requests are being answered")
            return
        self._request = request
        self._latest = f"{head.method} {request.path}"
        self._channel.be_patient(0)
        self._is_answering = True
        self._service.handlers_now += 1
        self._service.start(self._serve(head, request), "http request")

    async def _serve(self, head: RequestHead, request: HttpRequest) -> None:
        is_answered = False
        try:
            response = await self._service.respond(request)
            if isinstance(response.body, bytes):
                self._send_whole(head, response, response.body)
            else:
                await self._send_parts(head, response, response.body)
            is_answered = True
        finally:
            self._service.handlers_now -= 1
            if not is_answered:
                self._channel.abort("an error of the server")
        if self._channel.queued_bytes > UNREAD_MOST_BYTES:
            await self._unread()
        self._next()

    async def _unread(self) -> None:
        """Answer no further request while the client does not read: it may have sent thousands."""
        try:
            await self._channel.drain(UNREAD_MOST_BYTES)
        except ConnectionResetError as error:
            log.debug("%s", error)

    def _next(self) -> None:
        """The answer is written: on to the next request, which may be here already."""
        self._is_answering = False
        self._request = None
        self._head = None
        channel = self._channel
        if not channel.is_open:
            return
        channel.resume()
        self._guarded(self._advance)
        if self._has_input_ended and not self._is_answering and channel.taker is self:
            channel.close()  # what is left is no request and will never be one

    def _keeps_alive(self, head: RequestHead) -> bool:
        return head.keeps_alive and self._upload is None and not (self._is_ending or self._service.is_closing)

    def _send_whole(self, head: RequestHead, response: HttpResponse, body: bytes) -> None:
        keeps_alive = self._keeps_alive(head)
        start = self._service.head_of(
            response, len(body), keeps_alive=keeps_alive, is_http_1_0=head.is_http_1_0
        ).encode("latin-1")
        channel = self._channel
        if head.method == "HEAD" or not body:
            channel.write(start)
        elif len(body) <= _JOINED_MOST_BYTES:
            channel.write(start + body)
        else:
            channel.write(start)
            channel.write(body)
        if not keeps_alive:
            channel.close(linger=not self._has_input_ended)

    async def _send_parts(
        self, head: RequestHead, response: HttpResponse, body: AsyncIterator[bytes]
    ) -> None:
        channel = self._channel
        given = next((int(value) for name, value in response.headers if name.lower() == "content-length"), -1)
        is_chunked = given < 0 and not head.is_http_1_0
        keeps_alive = self._keeps_alive(head) and (given >= 0 or is_chunked)
        start = self._service.head_of(
            response,
            None if is_chunked else -1,
            keeps_alive=keeps_alive,
            is_http_1_0=head.is_http_1_0,
        )
        channel.write(start.encode("latin-1"))
        is_whole = False
        channel.be_patient(self._limits.unread_s)
        try:
            if head.method != "HEAD":
                await _pour(body, channel, is_chunked=is_chunked)
            is_whole = True
        except ConnectionResetError as error:
            log.debug("%s", error)
        except BodyIncomplete as error:
            log.error("%s %s is sent in part only: %s", head.method, head.target.partition("?")[0], error)
        except Exception:  # noqa: BLE001 (the request dispatcher, second half: the body's own defects)
            log.exception("a response's body failed")
        finally:
            if (end := getattr(body, "aclose", None)) is not None:
                await end()
            if not is_whole:
                channel.abort("the response's body failed")  # an incomplete answer must not look complete
        if not keeps_alive:
            channel.close(linger=not self._has_input_ended)

    def _refuse(self, status: int, reason: str) -> None:
        """Say why and close: after a request that was not understood nothing can be trusted."""
        self._release()
        channel = self._channel
        self._service.refused_total += 1
        log.debug("%s: refused with %d: %s", channel.peer.host, status, reason)
        if self._is_answering:  # an upload that went wrong while its handler runs
            self._end_upload(b"")
            channel.abort(reason)
            return
        response = plain_response(status, reason)
        body = response.body
        assert isinstance(body, bytes)
        channel.write(self._service.head_of(response, len(body), keeps_alive=False).encode() + body)
        channel.close(linger=True)

    def _release(self) -> None:
        self._service.bodies_bytes -= self._body_bytes
        self._service.receiving.pop(self, None)
        self._body_bytes = 0
        self._parts = []


async def _pour(body: AsyncIterator[bytes], channel: Channel, *, is_chunked: bool) -> None:
    """Write a body's parts as the peer takes them; raises ConnectionResetError when it is gone."""
    async for part in body:
        if part:
            channel.write(b"%x\r\n%b\r\n" % (len(part), part) if is_chunked else part)
            await channel.drain()
    if is_chunked:
        channel.write(b"0\r\n\r\n")
