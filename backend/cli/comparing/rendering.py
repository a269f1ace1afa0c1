"""A proof sheet set as a PDF: PDF/A-2a and PDF/UA-1, tagged. Typst sees this template and its own fonts."""

from datetime import datetime
from functools import cache
from importlib import resources

import msgspec
import typst

from backend.conventions.dual_criminality.sheet import Sheet


class CannotRender(Exception):
    """The sheet cannot be set as a conforming PDF."""


def sheet_pdf(sheet: Sheet, *, at: datetime) -> bytes:
    """The sheet as PDF bytes; `at` becomes its time of creation. The same sheet and instant give the same bytes.

    Raises CannotRender where Typst refuses it, for instance a character that no embedded font can show.
    """
    template = resources.files("backend.cli.comparing").joinpath("template")
    with resources.as_file(template) as folder:
        try:
            return typst.compile(
                folder / "sheet.typ",
                root=folder,
                font_paths=_fonts(),
                format="pdf",
                pdf_standards=["a-2a", "ua-1"],
                sys_inputs={"sheet": msgspec.json.encode(sheet).decode()},
                timestamp=int(at.timestamp()),
            )
        except typst.TypstError as error:
            raise CannotRender(f"the sheet does not become a PDF/A-2a and PDF/UA-1 file ({error.message})") from None


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)
