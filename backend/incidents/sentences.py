"""Sentences that are kept in English as they were written, shown in the language of whoever reads them."""

import re
from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext

_PLACE = re.compile(r"%\\\((\w+)\\\)s")


class Sentences:
    """Some sentences with places, `%(name)s`, as the catalogues have them.

    ``words`` say how what stands in a place is shown, where it is no text for people.
    """

    def __init__(self, sentences: Iterable[str], words: Mapping[str, Callable[[str], object]] | None = None) -> None:
        self._words = words or {}
        self._patterns = {one: re.compile(_PLACE.sub(r"(?P<\1>.*)", re.escape(one)), re.DOTALL) for one in sentences}

    def shown(self, text: str, **instead: object) -> str:
        """The text in the language of now, with what stood in its places, or `instead`; any other text as it is."""
        for sentence, pattern in self._patterns.items():
            if found := pattern.fullmatch(text):
                said = {name: self._words.get(name, str)(value) for name, value in found.groupdict().items()}
                return gettext(sentence) % {**said, **instead}
        return text
