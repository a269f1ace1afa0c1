"""What every part of a letter's content is made of: closed records, bounded texts, codes and instants.

A text that people read is a mapping from language to words, because one letter carries every language version. Times
are instants with a zone; days are days. The structure is closed: a key that is not known here is refused.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

Language = Annotated[str, Meta(pattern=r"^[a-z]{2}$", description="ISO 639-1 code")]
Line = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\n]+$")]
Passage = Annotated[str, Meta(min_length=1, max_length=20_000)]
Lines = Annotated[Mapping[Language, Line], Meta(min_length=1, max_length=8)]
Texts = Annotated[Mapping[Language, Passage], Meta(min_length=1, max_length=8)]
Instant = Annotated[datetime, Meta(tz=True)]
StateCode = Annotated[str, Meta(pattern=r"^[a-z]{2}$", description="lower-case State code, the node's id")]
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Hex256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
Uuid = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
LetterReference = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./_-]{1,78}[A-Za-z0-9]$")]


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A closed, unchangeable record."""
