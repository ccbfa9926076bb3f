"""Footage that is read for a client while it is sent: nothing of it is written a second time.

Whoever lost the connection may go on where it ended (RFC 9110 §14): the same request is for the same bytes
while the footage is the same, and the entity tag says whether it is.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from threading import Lock

from vedette.base.errors import VedetteError
from vedette.protocols.http1.ranges import NotSatisfiable, wanted_range
from vedette.server.browser.answers import refusal
from vedette.server.http import BodyIncomplete, HttpRequest, HttpResponse
from vedette.storage.archive import Archive
from vedette.storage.errors import StorageError
from vedette.storage.export import Film, gathered

PIECE_BYTES = 256 << 10


class Abandoned(VedetteError):
    """Who asked is gone."""


class Download(AsyncIterator[bytes]):
    """An export's bytes. `ended` is told when all it took is given back, whoever ended it.

    Its footage gives way to retention, since a client may take as long as it likes.
    """

    def __init__(self, archive: Archive, request: HttpRequest, ended: Callable[[], None]) -> None:
        self._archive = archive
        self._request = request
        self._ended = ended
        self._held = ExitStack()
        self._tag = ""  # of what was gathered
        self._parts: Iterator[bytes] = iter(())
        self._is_over = False
        self._reading = Lock()  # a thread goes on where whoever waits for it is cancelled

    async def gather(self, token: str, from_us: int, to_us: int) -> Film:
        """Settle what could be sent. Raises as `gathered` does, or Abandoned."""
        try:
            return await asyncio.to_thread(self._gather, token, from_us, to_us)
        except BaseException:
            await self.aclose()
            raise

    def _gather(self, token: str, from_us: int, to_us: int) -> Film:
        with self._reading:
            self._require_client()  # it may have gone before this thread began
            made = gathered(
                self._archive, token, from_us, to_us, gives_way=True, progressed=self._require_client
            )
            film = self._held.enter_context(made)
            self._tag = f'"{film.digest()}"'
            return film

    async def answer(self, film: Film, *headers: tuple[str, str]) -> HttpResponse:
        """What the client asked for of a film that was gathered, all or a range of it."""
        whole, tag = film.made.bytes, self._tag
        try:
            part = wanted_range(self._request.headers, whole, tag)
        except NotSatisfiable as error:
            await self.aclose()
            return refusal(416, error, ("Content-Range", f"bytes */{whole}"))
        begin, end = part or (0, whole)
        self._parts = film.parts(PIECE_BYTES, begin, end)
        headers = (*headers, ("ETag", tag), ("Content-Length", str(end - begin)))
        if part is None:
            return HttpResponse(200, headers, self)
        return HttpResponse(206, (*headers, ("Content-Range", part.of(whole))), self)

    def _require_client(self, *_: float) -> None:
        if self._is_over or self._request.is_abandoned:
            raise Abandoned("nobody waits for this export any more")

    async def __anext__(self) -> bytes:
        try:
            part = await asyncio.to_thread(self._read)
        except StorageError as error:
            raise BodyIncomplete(str(error)) from error
        if not part:
            raise StopAsyncIteration
        return part

    def _read(self) -> bytes:
        with self._reading:
            return b"" if self._is_over else next(self._parts, b"")

    async def aclose(self) -> None:
        """Give everything back; once."""
        self._is_over = True
        try:
            await asyncio.to_thread(self._close)
        finally:
            self._ended()

    def _close(self) -> None:
        with self._reading:
            self._parts = iter(())
            self._held.close()
