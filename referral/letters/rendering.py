"""A letter's content set as a PDF: PDF/A-3a and PDF/UA-1, every language version in one file, `request.json` embedded.

Typst itself refuses to write what does not conform. It sees only this package's template folder, gets texts as data and
uses only the fonts in its own wheel: the same content gives the same bytes on every machine.
"""

from datetime import datetime
from functools import cache
from importlib import resources

import msgspec
import typst

from referral.drafting import request_json
from referral.letters.content import LetterContent
from referral.letters.view import document


class CannotRender(Exception):
    """The content cannot be set as a conforming PDF."""


def render_letter(content: LetterContent, *, at: datetime) -> bytes:
    """Return the unsigned letter as PDF bytes; `at` (an instant) becomes its time of creation.

    Raises MalformedLetter or LanguageNotOffered for content that is no letter, CannotRender where Typst refuses
    the result (for instance a character that no embedded font can show, which PDF/A-3a forbids).
    """
    template = resources.files("referral.letters").joinpath("template")
    inputs = {
        "document": msgspec.json.encode(document(content)).decode(),
        "request": request_json(content).decode(),
    }
    with resources.as_file(template) as folder:
        try:
            return typst.compile(
                folder / "letter.typ",
                root=folder,
                font_paths=_fonts(),
                format="pdf",
                pdf_standards=["a-3a", "ua-1"],
                sys_inputs=inputs,
                timestamp=int(at.timestamp()),
            )
        except typst.TypstError as error:
            # Typst's diagnostics quote the text that they complain about; only its own words go on.
            raise CannotRender(
                "The letter does not become a PDF/A-3a and PDF/UA-1 file; use only Latin, Greek and Cyrillic letters"
                f" and common signs in its texts (Typst: {_without_quotes(error.message)})."
            ) from None


def _without_quotes(message: str) -> str:
    return " ".join(message.split("`")[::2]).split(":")[0].strip()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)
