"""A request as the edge reads it: headers bounded in size, the body bounded in time and never whole in memory."""

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.intake.refusals import HeadersTooLarge, Interrupted, TooLarge, TooSlow

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]

MAX_HEADERS = 16 * 1024
# Pieces are handed on in this size: each is hashed and written by a thread of its own.
PIECE = 1024 * 1024
# How long a sender may stay silent, and how slow it may be on the whole: a bad mobile link, not a held door.
SILENCE_SECONDS = 30.0
BYTES_PER_SECOND = 8 * 1024
# A body that is refused unread is read away up to here, so that the sender sees the answer instead of a reset.
DRAIN = 1024 * 1024
DRAIN_SECONDS = 5.0


@dataclass
class Request:
    """Method, path and query as sent, the headers in order, and the body still on the wire."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    receive: Receive = field(repr=False)
    _ended: bool = False
    _left: bool = False
    _waiting: "asyncio.Task[Any] | None" = None

    @property
    def target(self) -> str:
        """Path and query, as a signature sees them."""
        return f"{self.path}?{self.query}" if self.query else self.path

    async def body(self, *, size: int) -> AsyncIterator[bytes]:
        """Yield the body of `size` bytes in pieces of about 1 MiB; raises Interrupted or TooSlow after what came."""
        piece, left = bytearray(), size
        cut: Interrupted | TooSlow | None = None
        # Looked at only while the sender is waited for: it ends nobody's writing in between.
        until = asyncio.get_running_loop().time() + SILENCE_SECONDS + size / BYTES_PER_SECOND
        try:
            # The server lets no more through than was announced: that it was all need not be asked.
            while not self._ended and left > 0:
                part = await self._part(until=until)
                left -= len(part)
                piece += part
                if len(piece) >= PIECE:
                    yield bytes(piece)
                    piece.clear()
        except (Interrupted, TooSlow) as refusal:
            cut = refusal
        if piece:
            yield bytes(piece)
        if cut is not None:
            raise cut

    async def small_body(self, *, size: int) -> bytes:
        """Return the whole body of at most `size` bytes; raises TooLarge, Interrupted or TooSlow."""
        whole = b"".join([piece async for piece in self.body(size=size)])
        if len(whole) > size:
            raise TooLarge(size)
        return whole

    async def drain(self) -> None:
        """Read away what is left of a small body, unless the sender waits to be asked for it."""
        if any(name == "expect" for name, _ in self.headers):
            return
        left = DRAIN
        with contextlib.suppress(TimeoutError, Interrupted, TooSlow):
            async with asyncio.timeout(DRAIN_SECONDS):
                while not self._ended and left > 0:
                    left -= len(await self._part())

    def leave(self) -> None:
        """Read no more of the body, as if the sender had gone: another request of the sender has taken its place."""
        self._left = True
        if self._waiting is not None:
            self._waiting.cancel()

    async def _part(self, *, until: float = math.inf) -> bytes:
        if self._left:
            raise Interrupted
        self._waiting = asyncio.current_task()
        try:
            async with asyncio.timeout_at(min(asyncio.get_running_loop().time() + SILENCE_SECONDS, until)):
                event = await self.receive()
        except TimeoutError:
            raise TooSlow from None
        except asyncio.CancelledError:
            if not self._left:
                raise
            self._waiting.uncancel()
            raise Interrupted from None
        finally:
            self._waiting = None
        if event["type"] != "http.request":
            self._ended = True
            raise Interrupted
        self._ended = not event.get("more_body", False)
        return bytes(event.get("body", b""))


def read_request(scope: Scope, receive: Receive) -> Request:
    """Return the request of an ASGI `scope`; raises HeadersTooLarge."""
    headers = scope["headers"]
    if sum(len(name) + len(value) for name, value in headers) > MAX_HEADERS:
        raise HeadersTooLarge
    return Request(
        method=scope["method"],
        path=(scope.get("raw_path") or scope["path"].encode()).decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers),
        receive=receive,
    )
