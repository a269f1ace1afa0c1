"""What a draft still lacks, in plain words."""

from dataclasses import dataclass

from django.utils.translation import gettext

from backend.conventions.catalogue import shipped
from referral import services
from referral.forms.fields import language_name
from referral.letters.strings import sentences
from referral.models import LetterOfRequest
from referral.problems import REFUSALS, sentence


@dataclass(frozen=True)
class Lack:
    """One thing that is missing."""

    words: str


def missing_contents(letter: LetterOfRequest) -> tuple[Lack, ...]:
    """Mandatory contents that are empty; one line that says so where the legal basis cannot be found any more."""
    try:
        lacking = services.what_is_missing(letter)
    except REFUSALS as refusal:
        return (Lack(sentence(refusal)),)
    return tuple(Lack(_words(lack.field, lack.language)) for lack in lacking)


def _words(field: str, language: str | None) -> str:
    known = shipped().letter_fields.get(field)
    text = sentences("en").get(f"field-{field}") or (known.text if known else field)
    text = text[:1].upper() + text[1:]
    if language is None:
        return text
    return gettext("%(content)s, in %(language)s") % {"content": text, "language": language_name(language)}
