"""The sentences of a printed receipt in the languages of the pages, without Django: one catalogue for both."""

import gettext
from collections.abc import Callable

from backend.cli.node.home import CHECKOUT

LANGUAGES = ("en", "es", "fr", "nl")
Words = Callable[[str], str]


def words_in(language: str) -> Words:
    """What turns an English sentence into this language; English where the catalogue lacks it."""
    found = gettext.translation("django", CHECKOUT / "frontend" / "locale", [language], fallback=True)

    def said(sentence: str) -> str:
        return found.gettext(sentence) or sentence

    return said
