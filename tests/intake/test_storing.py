"""A body on its way into row or file: whole with the right digest, or nothing of it stays."""

import hashlib
import os
import uuid
from collections import namedtuple
from pathlib import Path

import pytest

from backend.intake import appending, storing, wire
from backend.intake.checking import CheckedSubmission
from backend.intake.refusals import DigestDiffers, Interrupted, NoSpace, NotSealed, Refused, TooLarge
from crypto.checked import checked

HEAD = wire.FIRST_BYTES["evidence"]


def announced(body: bytes, *, size: int | None = None) -> CheckedSubmission:
    return checked(
        CheckedSubmission,
        kind="evidence",
        sender="0" * 64,
        submission=uuid.UUID(int=1),
        key_id="0" * 16,
        digest=hashlib.sha256(body).digest(),
        size=len(body) if size is None else size,
    )


def body_of(size: int) -> bytes:
    return HEAD + os.urandom(size - len(HEAD))


def keep(body: bytes, submission: CheckedSubmission, folder: Path) -> storing.Kept:
    keeping = storing.begin(submission, folder=folder)
    try:
        for start in range(0, len(body), 10_000):
            keeping.write(body[start : start + 10_000])
        return keeping.finish()
    except Refused:
        keeping.discard()
        raise


def test_up_to_64_kib_stay_in_the_row(tmp_path: Path) -> None:
    body = body_of(storing.MAX_IN_ROW)
    kept = keep(body, announced(body), tmp_path)
    assert (kept.sealed, kept.stored_as) == (body, None)
    assert list(tmp_path.iterdir()) == []


def test_more_goes_into_a_file_named_by_chance(tmp_path: Path) -> None:
    body = body_of(storing.MAX_IN_ROW + 1)
    kept, other = keep(body, announced(body), tmp_path), keep(body, announced(body), tmp_path)
    assert kept.sealed is None
    assert {path.name for path in tmp_path.iterdir()} == {kept.stored_as, other.stored_as}
    assert (tmp_path / str(kept.stored_as)).read_bytes() == body
    kept.remove()
    assert [path.name for path in tmp_path.iterdir()] == [other.stored_as]


def test_nothing_bears_its_final_name_before_it_is_whole(tmp_path: Path) -> None:
    body = body_of(100_000)
    keeping = storing.begin(announced(body), folder=tmp_path)
    keeping.write(body[:50_000])
    assert [path.suffix for path in tmp_path.iterdir()] == [storing.TEMPORARY]
    keeping.discard()
    assert list(tmp_path.iterdir()) == []


def test_file_and_folder_are_on_the_disk_before_anybody_hears_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = os.fsync

    def watched(descriptor: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    body = body_of(100_000)
    keep(body, announced(body), tmp_path)
    assert synced[0].endswith(storing.TEMPORARY)
    assert synced[1:] == [str(tmp_path)]


@pytest.mark.parametrize("size", [1000, 100_000])
def test_each_fault_leaves_nothing(tmp_path: Path, size: int) -> None:
    body = body_of(size)
    faults = [
        (body[:-1] + bytes([body[-1] ^ 1]), announced(body), DigestDiffers),
        (body[:-1], announced(body), Interrupted),
        (body + b"x", announced(body), TooLarge),
        (b"{" + body[1:], announced(b"{" + body[1:]), NotSealed),
        (HEAD[:5], announced(HEAD[:5]), NotSealed),
    ]
    for sent, submission, refusal in faults:
        with pytest.raises(refusal):
            keep(sent, submission, tmp_path)
    assert list(tmp_path.iterdir()) == []
    keep(body, announced(body), tmp_path)


def test_the_first_bytes_are_looked_at_however_they_come(tmp_path: Path) -> None:
    body = body_of(1000)
    keeping = storing.begin(announced(body), folder=tmp_path)
    for byte in body:
        keeping.write(bytes([byte]))
    assert keeping.finish().sealed == body
    keeping = storing.begin(announced(body), folder=tmp_path)
    keeping.write(b"age-")
    with pytest.raises(NotSealed):
        keeping.write(b"x")


def test_a_disk_that_would_fill_up_is_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    body = body_of(100_000)
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: usage(0, 0, appending.KEEP_FREE + 100_000))
    keep(body, announced(body), tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: usage(0, 0, appending.KEEP_FREE + 99_999))
    with pytest.raises(NoSpace):
        storing.begin(announced(body), folder=tmp_path)


def test_bodies_that_each_found_room_do_not_fill_the_disk_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    body = body_of(100_000)
    keeping = storing.begin(announced(body), folder=tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: usage(0, 0, appending.KEEP_FREE + 49_999))
    with pytest.raises(NoSpace):
        keeping.write(body[:50_000])
    keeping.discard()


def test_what_no_longer_fits_on_the_disk_is_thrown_away_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def on_a_full_disk(path: Path, flags: int, mode: int = 0o777) -> int:
        os.close(real(path, flags, mode))
        return real("/dev/full", os.O_WRONLY)

    body = body_of(storing.MAX_IN_ROW + 1)
    monkeypatch.setattr(os, "open", on_a_full_disk)
    keeping = storing.begin(announced(body), folder=tmp_path)
    monkeypatch.undo()
    keeping.write(body[:100])
    with pytest.raises(NoSpace):
        keeping.write(body[100:])
    keeping.discard()
    assert list(tmp_path.iterdir()) == []
