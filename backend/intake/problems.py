"""A refusal over HTTP, at the edge and at the desk alike: an RFC 9457 problem, translated when it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:comity:problem:"
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Problem:
    """One kind of problem. Title and detail are for people, translated when sent; `members` are its extensions.

    The detail and, at the edge, the headers may have places, `%(name)s`, for what a refusal holds.
    """

    name: str
    status: int
    title: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    members: tuple[str, ...] = ()

    def content(self, held: Mapping[str, Any] = _NOTHING) -> dict[str, Any]:
        """The JSON object in the language of the moment; the sentence and the extensions take what is `held`."""
        return {
            "type": _TYPE + self.name,
            "title": gettext(self.title),
            "status": self.status,
            "detail": gettext(self.detail) % held if held else gettext(self.detail),
            **{name: held[name] for name in self.members},
        }
