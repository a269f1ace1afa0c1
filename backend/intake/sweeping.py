"""Removes what a crash left in a folder of files: those that no row names, once they are a day old."""

import stat
import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from backend.intake import uploads
from backend.intake.models import Submission

# Far longer than any upload may take between its last byte and its row.
ORPHANED_AFTER = timedelta(days=1)
# Seconds for which it must have been there under no name, by a clock that nobody sets: by one that is a day fast, what
# was written a moment ago, and is about to be acknowledged, is a day old.
SEEN_AGAIN = 600.0
ASKED_AT_ONCE = 1000
MOST_REMEMBERED = 10_000


class _File(NamedTuple):
    """A file as it was seen: another one of the same name, or one that was written since, is another."""

    path: Path
    inode: int
    written: int


# Which files an earlier sweep of this process found in no row, and when.
_seen: dict[_File, float] = {}


def remove_orphans(folder: Path, *, at: datetime) -> int:
    """Remove expired uploads, and the files of the sealed folder that stand in no row; return how many."""
    expired = uploads.remove_expired(folder, at=at)
    return expired + remove_unnamed(folder, lambda names: _submitted(names) | uploads.belonging(folder, names), at=at)


def remove_unnamed(folder: Path, named: Callable[[Collection[str]], set[str]], *, at: datetime) -> int:
    """Remove the files of `folder` last written a day before `at` that `named` did not return, now and ten minutes ago.

    The first sweep of a process remembers them and removes none.
    """
    before, now = (at - ORPHANED_AFTER).timestamp(), time.monotonic()
    old = (found for path in folder.iterdir() if (found := _older(path, before)))
    removed, still = 0, {}
    # The folder of evidence has all that was ever received: it is asked about in parts.
    while part := {found.path.name: found for found in islice(old, ASKED_AT_ONCE)}:
        for name in part.keys() - named(list(part)):
            found = part[name]
            since = _seen.get(found, now)
            if now - since < SEEN_AGAIN:
                if len(still) < MOST_REMEMBERED:
                    still[found] = since
            # Looked at again: what a crash left under this name, the worker may have written anew and named meanwhile.
            elif _older(found.path, before) == found:
                found.path.unlink(missing_ok=True)
                removed += 1
    for found in [one for one in _seen if one.path.parent == folder]:
        del _seen[found]
    _seen.update(still)
    return removed


def _older(path: Path, before: float) -> _File | None:
    """The file as it is, if it is one last written before that moment; what is gone by now is none."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode) or found.st_mtime >= before:
        return None
    return _File(path, found.st_ino, found.st_mtime_ns)


def _submitted(names: Collection[str]) -> set[str]:
    return {str(name) for name in Submission.objects.filter(stored_as__in=names).values_list("stored_as", flat=True)}
