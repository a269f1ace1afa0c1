"""The fixed words of letters: one file of sentences per language, so that a language is added by adding a file."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

import yaml


class LanguageNotOffered(Exception):
    """No fixed words exist for the language."""

    def __init__(self, language: str) -> None:
        super().__init__(
            f"Letters cannot be written in {language!r}: expected one of {', '.join(sorted(languages()))};"
            " add a file of sentences to referral/letters/strings/."
        )


@cache
def languages() -> frozenset[str]:
    """The languages in which a letter can be written."""
    folder = resources.files(__name__)
    return frozenset(file.name.removesuffix(".yaml") for file in folder.iterdir() if file.name.endswith(".yaml"))


@cache
def sentences(language: str) -> Mapping[str, str]:
    """The fixed words in the language, by key. Raises LanguageNotOffered."""
    if language not in languages():
        raise LanguageNotOffered(language)
    text = resources.files(__name__).joinpath(f"{language}.yaml").read_text(encoding="utf-8")
    return MappingProxyType({key: value.strip() for key, value in yaml.safe_load(text).items()})
