"""How the API reads a body: JSON of a bounded size, into a frozen type, refused in a sentence."""

from collections.abc import Mapping
from typing import IO, Any, ClassVar, TypeVar

import msgspec
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from backend.desk.api import problems
from backend.incidents.report import place_of

T = TypeVar("T")


class BoundedJSON(BaseParser):
    """JSON of a `shape`, of at most `most` bytes; what is larger is refused before it is read."""

    media_type = "application/json"
    shape: ClassVar[type[msgspec.Struct]]
    most: ClassVar[int]

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> msgspec.Struct:
        """What the body says; raises Refused."""
        body = stream.read(self.most + 1)
        if len(body) > self.most:
            raise problems.Refused(problems.TOO_LARGE, limit=self.most)
        try:
            return msgspec.json.decode(body, type=self.shape)
        except msgspec.ValidationError as wrong:
            raise problems.Refused(problems.MALFORMED, part=_part(wrong)) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise problems.Refused(problems.MALFORMED, part="body") from None


def asked_for(request: Request, shape: type[T], *, most: int) -> T:
    """The body, once its length is known to be fit; raises Refused."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isascii() or not length.isdigit():
        raise problems.Refused(problems.LENGTH_MISSING)
    if int(length) > most:
        raise problems.Refused(problems.TOO_LARGE, limit=most)
    if not isinstance(request.data, shape):
        raise problems.Refused(problems.MALFORMED, part="body")
    return request.data


def _part(wrong: msgspec.ValidationError) -> str:
    """The field that is wrong: its path, never its content."""
    path = place_of(wrong)
    return "body" if path == "$" else path.removeprefix("$.")[:80]
