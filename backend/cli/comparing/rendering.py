"""A proof sheet set as a PDF: PDF/A-2a and PDF/UA-1, tagged."""

from datetime import datetime

import msgspec

from backend.conventions.dual_criminality.sheet import Sheet
from referral.letters.typesetting import CannotTypeset, typeset


class CannotRender(Exception):
    """The sheet cannot be set as a conforming PDF."""


def sheet_pdf(sheet: Sheet, *, at: datetime) -> bytes:
    """The sheet as PDF bytes; `at` becomes its time of creation. The same sheet and instant give the same bytes.

    Raises CannotRender where Typst refuses it, for instance a character that no embedded font can show.
    """
    inputs = {"sheet": msgspec.json.encode(sheet).decode()}
    try:
        return typeset("backend.cli.comparing", "sheet.typ", inputs, standard="a-2a", at=at)
    except CannotTypeset as refused:
        raise CannotRender(f"the sheet does not become a PDF/A-2a and PDF/UA-1 file (Typst: {refused})") from None
