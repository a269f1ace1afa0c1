"""Removes what a crash left in a folder of files: those that no row names, once they are a day old."""

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
    old = (path for path in folder.iterdir() if path.is_file() and path.stat().st_mtime < before)
    removed = 0
    # The folder of evidence has all that was ever received: it is asked about in parts.
    while part := {path.name: path for path in islice(old, ASKED_AT_ONCE)}:
        for name in part.keys() - named(list(part)):
            part[name].unlink(missing_ok=True)
            removed += 1
    return removed


def _submitted(names: Collection[str]) -> set[str]:
    return {str(name) for name in Submission.objects.filter(stored_as__in=names).values_list("stored_as", flat=True)}
