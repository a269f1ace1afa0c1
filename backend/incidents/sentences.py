"""Sentences that are kept in English as they were written, shown in the language of whoever reads them."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext

_PLACE = re.compile(r"%\\\((\w+)\\\)s")


class Sentences:
    """Some sentences with places, `%(name)s`, as the catalogues have them."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self._patterns = {one: re.compile(_PLACE.sub(r"(?P<\1>.*)", re.escape(one)), re.DOTALL) for one in sentences}

    def shown(self, text: str, **instead: object) -> str:
        """The text in the language of now, with what stood in its places, or `instead`; any other text as it is."""
        for sentence, pattern in self._patterns.items():
            if found := pattern.fullmatch(text):
                return gettext(sentence) % {**found.groupdict(), **instead}
        return text
