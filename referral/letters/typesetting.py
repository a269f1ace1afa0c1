"""Setting a page as a PDF that conforms: tagged, the same bytes on every machine.

Typst itself refuses to write what does not conform. It sees only the template's folder, gets texts as data and uses
only the fonts in its own wheel.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Literal

import typst


class CannotTypeset(Exception):
    """Typst refuses the result, for instance a character that no embedded font can show; says why in its own words."""


def typeset(
    package: str, name: str, inputs: Mapping[str, str], *, standard: Literal["a-2a", "a-3a"], at: datetime
) -> bytes:
    """The template `name` in the folder `template` of `package` as PDF bytes, PDF/UA-1 and `standard` (as `a-3a`).

    `at` (an instant) becomes its time of creation. Raises CannotTypeset.
    """
    with resources.as_file(resources.files(package).joinpath("template")) as folder:
        try:
            return typst.compile(
                folder / name,
                root=folder,
                font_paths=_fonts(),
                format="pdf",
                pdf_standards=[standard, "ua-1"],
                sys_inputs=dict(inputs),
                timestamp=int(at.timestamp()),
            )
        except typst.TypstError as error:
            # Typst's diagnostics quote the text that they complain about; only its own words go on.
            raise CannotTypeset(" ".join(error.message.split("`")[::2]).split(":")[0].strip()) from None


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)
