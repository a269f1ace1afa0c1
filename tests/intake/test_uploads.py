"""What an upload leaves on the disk, whatever interrupts it."""

import errno
import hashlib
import os
import threading
import uuid
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.intake import uploads, wire
from backend.intake.accepting import accept
from backend.intake.appending import KEEP_FREE, Hashes, Part
from backend.intake.asking_uploads import CheckedUpload
from backend.intake.checking import CheckedSubmission
from backend.intake.models import Submission
from backend.intake.refusals import DigestDiffers, NoSpace, TooManyUploads, UploadExpired, UploadNotFound, UploadTaken
from backend.intake.storing import Kept
from backend.intake.sweeping import remove_orphans
from crypto.checked import checked
from tests.edge.conftest import today
from tests.founding import enrol_device, found_node
from tests.intake.test_storing import body_of

NOW = datetime.now(UTC)
BODY = body_of(200_000)


def announced(body: bytes = BODY, *, sender: str = "0" * 64, key_id: str = "0" * 16) -> CheckedSubmission:
    return checked(
        CheckedSubmission,
        kind="evidence",
        sender=sender,
        submission=uuid.UUID(int=1),
        key_id=key_id,
        digest=hashlib.sha256(body).digest(),
        size=len(body),
    )


def asked(submission: CheckedSubmission) -> CheckedUpload:
    return checked(CheckedUpload, sender=submission.sender, submission=submission.submission)


def append(upload: uploads.Upload, start: int, end: int, hashes: Hashes | None = None) -> int:
    """Append a whole chunk; where it stands then."""
    with upload.hold(hashes or Hashes()) as part:
        part.begin_chunk(start, end - start, limit=len(BODY))
        write_and_end(part, start, end)
        return part.offset


def write_and_end(part: Part, start: int, end: int) -> None:
    """The bytes of a chunk, then its end."""
    part.write(BODY[start:end])
    part.end_chunk(hashlib.sha256(BODY[start:end]).digest())


def test_what_is_confirmed_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real = os.fsync

    def watched(descriptor: int) -> None:
        synced.append(Path(os.readlink(f"/proc/self/fd/{descriptor}")).suffix)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    upload = uploads.begin(announced(), folder=tmp_path, at=NOW)
    # What was announced, then its name.
    assert synced == [uploads.NEW, ""]
    append(upload, 0, 100_000)
    # The part's name, then its bytes.
    assert synced[2:] == ["", uploads.PART]
    append(upload, 100_000, len(BODY))
    assert synced[4:] == [uploads.PART]
    with upload.hold(Hashes()) as part:
        kept = upload.finish(part)
    assert synced[5:] == [""]
    assert (tmp_path / str(kept.stored_as)).read_bytes() == BODY


def test_the_digest_is_the_same_remembered_or_made_anew(tmp_path: Path) -> None:
    upload, hashes = uploads.begin(announced(), folder=tmp_path, at=NOW), Hashes()
    append(upload, 0, 70_000, hashes)
    expected = (70_000, hashlib.sha256(BODY[:70_000]).digest())
    assert upload.measure(hashes) == upload.measure(Hashes()) == expected
    # Another process has gone on meanwhile: what is remembered here is of another place.
    append(upload, 70_000, 80_000, Hashes())
    assert upload.measure(hashes) == (80_000, hashlib.sha256(BODY[:80_000]).digest())


def test_bytes_of_a_cut_chunk_stay_and_those_of_a_wrong_one_go(tmp_path: Path) -> None:
    upload, hashes = uploads.begin(announced(), folder=tmp_path, at=NOW), Hashes()
    append(upload, 0, 50_000, hashes)
    with upload.hold(hashes) as part:
        part.begin_chunk(50_000, 100_000, limit=len(BODY))
        part.write(BODY[50_000:60_000])
    assert upload.measure(hashes)[0] == 60_000
    with upload.hold(hashes) as part:
        part.begin_chunk(60_000, 10_000, limit=len(BODY))
        part.write(b"?" * 10_000)
        with pytest.raises(DigestDiffers):
            part.end_chunk(hashlib.sha256(BODY[60_000:70_000]).digest())
    assert upload.measure(hashes) == upload.measure(Hashes()) == (60_000, hashlib.sha256(BODY[:60_000]).digest())


def test_only_one_holds_it(tmp_path: Path) -> None:
    upload = uploads.begin(announced(), folder=tmp_path, at=NOW)
    with upload.hold(Hashes()), pytest.raises(UploadTaken):
        upload.hold(Hashes())
    upload.hold(Hashes()).close()


def test_a_write_that_comes_after_closing_writes_nothing(tmp_path: Path) -> None:
    upload = uploads.begin(announced(), folder=tmp_path, at=NOW)
    part = upload.hold(Hashes())
    part.begin_chunk(0, 100, limit=100)
    part.write(BODY[:50])
    thread = threading.Thread(target=part.close)
    thread.start()
    thread.join()
    part.write(BODY[50:100])
    assert upload.measure(Hashes())[0] == 50


@pytest.mark.parametrize("call", ["pwrite", "fsync"])
def test_a_full_disk_keeps_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    upload, hashes = uploads.begin(announced(), folder=tmp_path, at=NOW), Hashes()
    append(upload, 0, 50_000, hashes)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "full")

    with upload.hold(hashes) as part:
        part.begin_chunk(50_000, 10_000, limit=len(BODY))
        monkeypatch.setattr(os, call, full)
        with pytest.raises(NoSpace):
            write_and_end(part, 50_000, 60_000)
        monkeypatch.undo()
    offset, digest = upload.measure(hashes)
    assert digest == hashlib.sha256(BODY[:offset]).digest()
    assert append(upload, offset, len(BODY), hashes) == len(BODY)


def test_chunks_that_each_found_room_do_not_fill_the_disk_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload, hashes = uploads.begin(announced(), folder=tmp_path, at=NOW), Hashes()
    usage = namedtuple("usage", "total used free")
    with upload.hold(hashes) as part:
        part.begin_chunk(0, 20_000, limit=len(BODY))
        part.write(BODY[:10_000])
        monkeypatch.setattr("shutil.disk_usage", lambda _folder: usage(0, 0, KEEP_FREE + 9_999))
        with pytest.raises(NoSpace):
            part.write(BODY[10_000:20_000])
    assert upload.measure(hashes) == (10_000, hashlib.sha256(BODY[:10_000]).digest())


@pytest.mark.django_db
def test_a_crash_between_file_and_row_or_after_the_row_loses_and_doubles_nothing(tmp_path: Path) -> None:
    found_node(at=NOW)
    device = enrol_device(at=NOW)
    submission = announced(sender=device.key.verifying_key.fingerprint, key_id=today().key_id)
    upload = uploads.begin(submission, folder=tmp_path, at=NOW)
    append(upload, 0, len(BODY))

    def finished() -> Kept:
        with uploads.find(asked(submission), folder=tmp_path, at=NOW).hold(Hashes()) as part:
            return upload.finish(part)

    # Killed before accept(): a file that no row names, which the sweep removes, and an upload that can be finished.
    orphan = finished()
    assert accept([(submission, finished())]) == ["stored"]
    row = Submission.objects.get()
    # Killed after accept(), before anything was noted: finished once more, the new name goes, the row's file stays.
    assert accept([(submission, finished())]) == ["same"]
    assert (tmp_path / str(row.stored_as)).read_bytes() == BODY
    names = {path.name for path in tmp_path.iterdir() if not path.suffix}
    assert names == {row.stored_as, orphan.stored_as}
    upload.mark_stored(at=NOW)
    assert uploads.find(asked(submission), folder=tmp_path, at=NOW).stored
    assert (tmp_path / str(row.stored_as)).read_bytes() == BODY


@pytest.mark.django_db
def test_the_sweep_leaves_a_whole_whose_bytes_are_old_to_get_its_row(tmp_path: Path) -> None:
    upload = uploads.begin(announced(), folder=tmp_path, at=NOW)
    append(upload, 0, len(BODY))
    old = (NOW - timedelta(days=2)).timestamp()
    os.utime(upload.part, (old, old))
    with upload.hold(Hashes()) as part:
        kept = upload.finish(part)
        assert remove_orphans(tmp_path, at=datetime.now(UTC)) == 0
    assert (tmp_path / str(kept.stored_as)).read_bytes() == BODY


@pytest.mark.django_db
@pytest.mark.usefixtures("seen_before")
def test_the_sweep_removes_what_expired_and_nothing_that_is_being_continued(tmp_path: Path) -> None:
    now = datetime.now(UTC)  # its bytes are of now, and NOW may be hours ago
    upload = uploads.begin(announced(), folder=tmp_path, at=now)
    append(upload, 0, 1000)
    (tmp_path / "damaged.upload").write_bytes(b"{")
    assert remove_orphans(tmp_path, at=now + uploads.EXPIRES_AFTER - timedelta(hours=1)) == 1
    assert not (tmp_path / "damaged.upload").exists()
    late = now + uploads.EXPIRES_AFTER + timedelta(hours=1)
    with pytest.raises(UploadExpired):
        uploads.find(asked(announced()), folder=tmp_path, at=late)
    with upload.hold(Hashes()):
        assert remove_orphans(tmp_path, at=late) == 0
        assert {path.suffix for path in tmp_path.iterdir()} == {uploads.STATE, uploads.PART}
    assert remove_orphans(tmp_path, at=late) == 1
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UploadNotFound):
        uploads.find(asked(announced()), folder=tmp_path, at=late)
    with pytest.raises(UploadNotFound):
        upload.hold(Hashes())
    assert list(tmp_path.iterdir()) == []


def test_an_upload_that_goes_on_and_on_ends_at_last(tmp_path: Path) -> None:
    long_ago = NOW - uploads.EXPIRES_AT_LAST
    upload = uploads.begin(announced(), folder=tmp_path, at=long_ago)
    append(upload, 0, 1000)
    assert upload.expires_at == long_ago + uploads.EXPIRES_AT_LAST
    with pytest.raises(UploadExpired):
        uploads.find(asked(announced()), folder=tmp_path, at=NOW)
    # Begun anew, nothing of the old one is taken for the new one's.
    assert uploads.begin(announced(), folder=tmp_path, at=NOW).measure(Hashes())[0] == 0


def test_of_one_sender_only_so_much_is_announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_ANNOUNCED", len(BODY))
    small = announced(BODY[:-1])
    uploads.begin(small, folder=tmp_path, at=NOW)
    uploads.begin(announced(sender="1" * 64), folder=tmp_path, at=NOW)
    uploads.begin(small, folder=tmp_path, at=NOW)
    other = checked(CheckedSubmission, **{**vars(small), "submission": uuid.UUID(int=2)})
    with pytest.raises(TooManyUploads):
        uploads.begin(other, folder=tmp_path, at=NOW)


def test_names_and_state_say_neither_sender_nor_id(tmp_path: Path) -> None:
    submission = announced()
    append(uploads.begin(submission, folder=tmp_path, at=NOW), 0, 1000)
    for path in tmp_path.iterdir():
        for told in (submission.sender, str(submission.submission), submission.submission.hex):
            assert told not in path.name
            assert told.encode() not in path.read_bytes()
        assert path.stat().st_mode & 0o027 == 0
    assert uploads.find(asked(submission), folder=tmp_path, at=NOW).submission.digest == submission.digest
    assert wire.UPLOADED == {"kind ZXZpZGVuY2U=": "evidence", "kind cGFja2V0": "packet"}
