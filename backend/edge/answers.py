"""What the edge sends back."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Send = Callable[[Mapping[str, Any]], Awaitable[None]]

TEXT = "text/plain; charset=utf-8"
JSON = "application/json"
# One signed statement in canonical JSON a line: its bytes stay as they were signed.
JSON_LINES = "application/x-ndjson"
# On every answer: nothing here is for a cache or a browser's guess, and the server's program is not named.
_ALWAYS = {"cache-control": "no-store", "x-content-type-options": "nosniff", "server": "comity"}


@dataclass(frozen=True)
class Answer:
    """A status, a body with its media type, and further headers."""

    status: int
    body: bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)

    async def send(self, send: Send) -> None:
        """Send it by ASGI."""
        # Of no content there is no length either (RFC 9110, 8.6).
        described = (
            {"content-type": self.media_type, "content-length": str(len(self.body))} if self.status != 204 else {}
        )
        headers = {**described, **_ALWAYS, **self.headers}
        await send(
            {
                "type": "http.response.start",
                "status": self.status,
                "headers": [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()],
            }
        )
        await send({"type": "http.response.body", "body": self.body})
