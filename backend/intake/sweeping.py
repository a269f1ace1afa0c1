"""Removes what a crash left in a folder of files: those that no row names, once they are a day old."""

import stat
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from backend.intake import uploads
from backend.intake.models import Submission

# Far longer than any upload may take between its last byte and its row.
ORPHANED_AFTER = timedelta(days=1)
ASKED_AT_ONCE = 1000


def remove_orphans(folder: Path, *, at: datetime) -> int:
    """Remove expired uploads, and the files of the sealed folder that stand in no row; return how many."""
    expired = uploads.remove_expired(folder, at=at)
    return expired + remove_unnamed(folder, lambda names: _submitted(names) | uploads.belonging(folder, names), at=at)


def remove_unnamed(folder: Path, named: Callable[[Collection[str]], set[str]], *, at: datetime) -> int:
    """Remove the files of `folder` that were last written a day before `at` and that `named` does not return."""
    before = (at - ORPHANED_AFTER).timestamp()
    old = (path for path in folder.iterdir() if _is_older(path, before))
    removed = 0
    # The folder of evidence has all that was ever received: it is asked about in parts.
    while part := {path.name: path for path in islice(old, ASKED_AT_ONCE)}:
        for name in part.keys() - named(list(part)):
            # Looked at again: what a crash left under this name, the worker may have written anew and named meanwhile.
            if _is_older(part[name], before):
                part[name].unlink(missing_ok=True)
                removed += 1
    return removed


def _is_older(path: Path, before: float) -> bool:
    """Whether it is a file last written before that moment; what is gone by now is none."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_mtime < before


def _submitted(names: Collection[str]) -> set[str]:
    return {str(name) for name in Submission.objects.filter(stored_as__in=names).values_list("stored_as", flat=True)}
