"""A letter's content set as a PDF: PDF/A-3a and PDF/UA-1, every language version in one file, `request.json` inside."""

from datetime import datetime

import msgspec

from referral.drafting import request_json
from referral.letters.content import LetterContent
from referral.letters.typesetting import CannotTypeset, typeset
from referral.letters.view import document


class CannotRender(Exception):
    """The content cannot be set as a conforming PDF."""


def render_letter(content: LetterContent, *, at: datetime) -> bytes:
    """Return the unsigned letter as PDF bytes; `at` (an instant) becomes its time of creation.

    Raises MalformedLetter or LanguageNotOffered for content that is no letter, CannotRender where Typst refuses
    the result (for instance a character that no embedded font can show, which PDF/A-3a forbids).
    """
    inputs = {
        "document": msgspec.json.encode(document(content)).decode(),
        "request": request_json(content).decode(),
    }
    try:
        return typeset("referral.letters", "letter.typ", inputs, standard="a-3a", at=at)
    except CannotTypeset as refused:
        raise CannotRender(
            "The letter does not become a PDF/A-3a and PDF/UA-1 file; use only Latin, Greek and Cyrillic letters"
            f" and common signs in its texts (Typst: {refused})."
        ) from None
