"""Uploads that go on after a cut: what has arrived so far, durable, in the sealed folder.

An upload is two files there, named by digests of sender and id: `….upload` says what was announced, `….part` is what
has arrived, and its size is where the upload stands. Bytes of a chunk that was cut stay; a chunk that arrived whole
with another digest than its signed one goes; and only a whole with the announced digest becomes a sealed file. That is
a second name (a hard link) of the part, which stays until the database has said what became of the row: a crash at any
moment leaves an upload that can be finished once more, and never a row whose file was taken away.
"""

import fcntl
import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from backend.intake import wire
from backend.intake.appending import Hashes, Part, check_space, room, sync_folder
from backend.intake.asking_uploads import CheckedUpload
from backend.intake.checking import CheckedSubmission
from backend.intake.refusals import DifferentContent, TooManyUploads, UploadDiffers, UploadExpired, UploadNotFound
from backend.intake.storing import Kept, new_name
from crypto.checked import checked

STATE, PART, NEW = ".upload", ".part", ".new"
# After its last byte, and after its beginning: time for a bad link to come back, not a store.
EXPIRES_AFTER = timedelta(days=3)
EXPIRES_AT_LAST = timedelta(days=14)
# Of one sender: enough for those that send in parallel and those that were left; they take disk until they expire.
MOST_UNFINISHED = 16
MOST_ANNOUNCED = 4 * max(wire.LIMITS.values())
_SENDER_DIGITS = 32


class _State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was announced. Neither sender nor id: each request names them, signed."""

    kind: wire.Kind
    key_id: str
    digest: str
    size: int
    begun_at: datetime
    # Whether the database has the row: from then on it is only asked about.
    stored: bool = False


@dataclass(frozen=True)
class Upload:
    """One sender's upload of one submission, as found in the folder."""

    submission: CheckedSubmission
    state: Path
    begun_at: datetime
    stored: bool

    @property
    def part(self) -> Path:
        """Where its bytes are."""
        return self.state.with_suffix(PART)

    @property
    def expires_at(self) -> datetime:
        """When it is given up, unless more of it arrives."""
        return _expires_at(self.state, self.begun_at)

    def hold(self, hashes: Hashes) -> Part:
        """Hold what has arrived; after a restart all of that is read. Raises UploadTaken or UploadNotFound."""
        part = Part(self.part, first=wire.FIRST_BYTES[self.submission.kind], hashes=hashes)
        if part.removed or not self.state.exists():
            part.close()
            self.part.unlink(missing_ok=True)
            raise UploadNotFound
        return part

    def measure(self, hashes: Hashes) -> tuple[int, bytes]:
        """How many bytes have arrived, and their SHA-256; raises as `hold`."""
        if not self.part.exists():
            return 0, hashlib.sha256().digest()
        with self.hold(hashes) as part:
            return part.offset, part.digest()

    def finish(self, part: Part) -> Kept:
        """Return the whole as a sealed file of its own name, durable; raises UploadDiffers, and nothing is kept."""
        if part.digest() != self.submission.digest:
            self.discard()
            raise UploadDiffers
        final = self.state.parent / new_name()
        part.link(final)
        return Kept(path=final)

    def mark_stored(self, *, at: datetime) -> None:
        """Note that the database has the row; the part goes, the sealed file is another name of it."""
        _write(self.state, _state(self.submission, at=at, stored=True))
        self.part.unlink(missing_ok=True)

    def discard(self) -> None:
        """Remove it and what has arrived of it."""
        _discard(self.state)


def begin(submission: CheckedSubmission, *, folder: Path, at: datetime) -> Upload:
    """Return the upload of this submission, begun now or before.

    Raises DifferentContent where another was begun under the id, TooManyUploads or NoSpace.
    """
    state = _path(folder, submission.sender, submission.submission)
    try:
        found = _read(state, sender=submission.sender, submission=submission.submission, at=at)
    except UploadExpired:
        _discard(state)
    except UploadNotFound:
        pass
    else:
        if _announced(found.submission) != _announced(submission):
            raise DifferentContent
        return found
    unfinished = _unfinished(folder, state.name[:_SENDER_DIGITS])
    if len(unfinished) >= MOST_UNFINISHED or sum(unfinished) + submission.size > MOST_ANNOUNCED:
        raise TooManyUploads
    check_space(folder, submission.size)
    _write(state, _state(submission, at=at))
    return Upload(submission, state, at, stored=False)


def find(asked: CheckedUpload, *, folder: Path, at: datetime) -> Upload:
    """Return the sender's upload of this id; raises UploadNotFound or UploadExpired."""
    state = _path(folder, asked.sender, asked.submission)
    return _read(state, sender=asked.sender, submission=asked.submission, at=at)


def remove_expired(folder: Path, *, at: datetime) -> int:
    """Remove the uploads whose time is over, unless one is being continued this moment; return how many."""
    removed = 0
    for state in folder.glob(f"*{STATE}"):
        said = _decode(state)
        if said is not None and _expires_at(state, said.begun_at) <= at and _remove(state):
            removed += 1
    return removed


def belonging(folder: Path, names: Collection[str]) -> set[str]:
    """Which of the names in a folder are those of uploads, whose own rule removes them."""
    return {name for name in names if name.endswith((STATE, PART)) and _decode((folder / name).with_suffix(STATE))}


def _remove(state: Path) -> bool:
    part = state.with_suffix(PART)
    if part.exists():
        descriptor = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink(missing_ok=True)
        except BlockingIOError:
            return False
        finally:
            os.close(descriptor)
    state.unlink(missing_ok=True)
    return True


def _discard(state: Path) -> None:
    state.unlink(missing_ok=True)
    state.with_suffix(PART).unlink(missing_ok=True)


def _path(folder: Path, sender: str, submission: UUID) -> Path:
    """Names that say nothing to whoever does not know the ids; those of one sender begin alike."""
    of_sender = hashlib.sha256(f"comity upload\n{sender}".encode()).hexdigest()[:_SENDER_DIGITS]
    of_both = hashlib.sha256(f"comity upload\n{sender}\n{submission}".encode()).hexdigest()[:32]
    return folder / f"{of_sender}{of_both}{STATE}"


def _unfinished(folder: Path, prefix: str) -> list[int]:
    """The sizes of a sender's unfinished uploads."""
    said = [_decode(state) for state in folder.glob(f"{prefix}*{STATE}")]
    return [one.size for one in said if one is not None and not one.stored]


def _announced(submission: CheckedSubmission) -> tuple[object, ...]:
    return submission.kind, submission.key_id, submission.digest, submission.size


def _state(submission: CheckedSubmission, *, at: datetime, stored: bool = False) -> _State:
    return _State(submission.kind, submission.key_id, submission.digest.hex(), submission.size, at, stored)


def _read(state: Path, *, sender: str, submission: UUID, at: datetime) -> Upload:
    said = _decode(state)
    if said is None:
        raise UploadNotFound
    if _expires_at(state, said.begun_at) <= at:
        raise UploadExpired
    found = checked(
        CheckedSubmission,
        kind=said.kind,
        sender=sender,
        submission=submission,
        key_id=said.key_id,
        digest=bytes.fromhex(said.digest),
        size=said.size,
    )
    return Upload(found, state, said.begun_at, said.stored)


def _decode(state: Path) -> _State | None:
    try:
        return msgspec.json.decode(state.read_bytes(), type=_State)
    except (FileNotFoundError, msgspec.DecodeError):
        # A file that is no state was damaged: the sweep of what belongs to nothing removes it.
        return None


def _expires_at(state: Path, begun_at: datetime) -> datetime:
    try:
        last = max(begun_at, datetime.fromtimestamp(state.with_suffix(PART).stat().st_mtime, UTC))
    except FileNotFoundError:
        last = begun_at
    return min(last + EXPIRES_AFTER, begun_at + EXPIRES_AT_LAST)


def _write(path: Path, state: _State) -> None:
    new = path.with_suffix(NEW)
    with room():
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(state))
            file.flush()
            os.fsync(file.fileno())
        new.rename(path)
        sync_folder(path.parent)
