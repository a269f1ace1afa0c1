"""Compiles the catalogues of translations that are newer than what was compiled of them; part of set-up and image."""

from pathlib import Path

import polib

LOCALE = Path(__file__).parent.parent / "frontend" / "locale"


def compile_all(folder: Path = LOCALE) -> list[Path]:
    """The compiled files that were written anew."""
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            unfinished = compiled.with_suffix(".unfinished")
            polib.pofile(str(source)).save_as_mofile(str(unfinished))
            unfinished.replace(compiled)
            written.append(compiled)
    return written


if __name__ == "__main__":
    compile_all()
