"""The daily sweep of the sealed folder."""

import hashlib
import os
import uuid
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

import pytest

from backend.intake import sweeping
from backend.intake.models import Submission
from backend.intake.sweeping import remove_orphans, remove_unnamed
from tests.founding import NOW

pytestmark = pytest.mark.django_db


def left(folder: Path, name: str, *, hours: int) -> str:
    """A file that was last written so many hours ago."""
    path = folder / name
    path.write_bytes(b"sealed")
    written = (NOW - timedelta(hours=hours)).timestamp()
    os.utime(path, (written, written))
    return name


@pytest.mark.usefixtures("seen_before")
def test_only_old_files_without_a_row_are_removed(tmp_path: Path) -> None:
    Submission.objects.create(
        sender="0" * 64,
        submission_id=uuid.uuid4(),
        kind="evidence",
        key_id="0" * 16,
        digest=hashlib.sha256(b"sealed").digest(),
        size=6,
        stored_as=left(tmp_path, "named", hours=100),
        received_at=NOW,
    )
    left(tmp_path, "just-written", hours=23)
    left(tmp_path, "orphan", hours=25)
    left(tmp_path, "half.part", hours=25)
    assert remove_orphans(tmp_path, at=NOW) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["just-written", "named"]
    assert remove_orphans(tmp_path, at=NOW) == 0


@pytest.mark.usefixtures("seen_before")
def test_a_large_folder_is_asked_about_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "ASKED_AT_ONCE", 2)
    names = {left(tmp_path, f"file-{number}", hours=25) for number in range(5)}
    asked: list[set[str]] = []

    def named(part: Collection[str]) -> set[str]:
        asked.append(set(part))
        return {"file-3"}

    assert remove_unnamed(tmp_path, named, at=NOW) == 4
    assert set().union(*asked) == names
    assert max(map(len, asked)) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["file-3"]


@pytest.mark.usefixtures("seen_before")
def test_what_was_written_anew_while_the_rows_were_asked_stays(tmp_path: Path) -> None:
    anew, gone, _ = (tmp_path / left(tmp_path, name, hours=25) for name in ("anew", "gone", "other"))

    def ask(names: Collection[str]) -> set[str]:
        anew.write_bytes(b"and named by a row that is committed now")
        gone.unlink()
        return set()

    assert remove_unnamed(tmp_path, ask, at=NOW) == 1
    assert list(tmp_path.iterdir()) == [anew]


def test_what_an_earlier_sweep_did_not_see_stays_whatever_the_clock_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that is two days fast for a while: what was written this moment, and has no row yet, looks old."""
    now = [1000.0]
    monkeypatch.setattr(sweeping.time, "monotonic", lambda: now[0])
    fresh, anew = (tmp_path / left(tmp_path, name, hours=0) for name in ("fresh", "anew"))
    fast = NOW + timedelta(days=2)

    def swept() -> int:
        return remove_unnamed(tmp_path, lambda names: set(), at=fast)

    assert swept() == 0
    now[0] += sweeping.SEEN_AGAIN - 1
    assert swept() == 0
    left(tmp_path, "anew", hours=1)
    now[0] += 1
    assert swept() == 1
    assert list(tmp_path.iterdir()) == [anew]
    assert not fresh.exists()


def test_what_got_its_row_meanwhile_is_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(sweeping.time, "monotonic", lambda: now[0])
    left(tmp_path, "late", hours=25)
    assert remove_unnamed(tmp_path, lambda names: set(), at=NOW) == 0
    now[0] += sweeping.SEEN_AGAIN
    assert remove_unnamed(tmp_path, set, at=NOW) == 0
    assert remove_unnamed(tmp_path, lambda names: set(), at=NOW) == 0
