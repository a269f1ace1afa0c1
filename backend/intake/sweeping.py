"""Removes what a crash left in the sealed folder: files that no row names, once they are a day old."""

from datetime import datetime, timedelta
from pathlib import Path

from backend.intake.models import Submission

# Far longer than any upload may take between its last byte and its row.
ORPHANED_AFTER = timedelta(days=1)


def remove_orphans(folder: Path, *, at: datetime) -> int:
    """Remove the files of `folder` that were last written a day before `at` and stand in no row; return how many."""
    before = (at - ORPHANED_AFTER).timestamp()
    old = {path.name: path for path in folder.iterdir() if path.is_file() and path.stat().st_mtime < before}
    named = set(Submission.objects.filter(stored_as__in=old).values_list("stored_as", flat=True))
    orphans = [path for name, path in old.items() if name not in named]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)
