"""Evidence: sealed once, opened, and given to another by its header alone."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PublicKey

from backend.cli.benchmarks.measuring import BenchmarkFailed, Result, milliseconds, rates, repeated
from backend.cli.benchmarks.registry import Place
from backend.vault.throwaway import ThrowawayKey
from crypto import age
from crypto.keys import PQRecipient
from crypto.sealing import seal_stream, split_header

_BLOCK = bytes(range(256)) * 256
_MLKEM_KEY = 1184  # bytes of a hybrid recipient that are its ML-KEM key
_PIECE = 1024 * 1024
_TIMES = 100


def content(size: int) -> bytes:
    """Bytes to seal; a cipher takes all alike."""
    return (_BLOCK * (size // len(_BLOCK) + 1))[:size]


def seal_(place: Place, size: int, rounds: int) -> Result:
    """MB/s sealed from file to file, against the age command, or the bare cipher where there is none."""
    with _file(size) as (ours, baseline):
        return rates("MB/s", size / 1e6, ours.seal, baseline.seal, rounds=rounds)


def open_(place: Place, size: int, rounds: int) -> Result:
    """MB/s opened from file to file, against the age command, or the bare cipher where there is none."""
    with _file(size) as (ours, baseline):
        ours.seal()
        baseline.seal()
        return rates("MB/s", size / 1e6, ours.open, baseline.open, rounds=rounds)


def readdress(place: Place, size: int, rounds: int) -> Result:
    """Milliseconds to give a sealed file of `size` bytes another recipient, against the bare encapsulation to it."""
    key, other = ThrowawayKey.make(), ThrowawayKey.make()
    public, file_key = _public(other.recipient), os.urandom(age.FILE_KEY_SIZE)
    with TemporaryDirectory(prefix="comity-bench-") as folder:
        sealed = Path(folder, "sealed")
        with sealed.open("wb") as out:
            seal_stream(BytesIO(content(_PIECE)), out, [key.recipient])
            # A hole: were the payload read, its size would be felt all the same.
            out.truncate(max(size, out.tell()))
        return milliseconds(
            _TIMES,
            repeated(_TIMES, lambda: _readdressed(sealed, key, other)),
            repeated(_TIMES, lambda: age.PQ_SUITE.encrypt(file_key, public, info=age.PQ_INFO)),
            rounds=rounds,
        )


def _readdressed(sealed: Path, key: ThrowawayKey, other: ThrowawayKey) -> bytes:
    with sealed.open("rb") as source:
        return key.readdress(split_header(source), [other.recipient])


class _Work(Protocol):
    def seal(self) -> None: ...

    def open(self) -> None: ...


@dataclass(frozen=True)
class _Ours:
    """Seals `plain` of a folder and opens it again, as `comity submit` and `comity packet open` do."""

    folder: Path
    key: ThrowawayKey

    def seal(self) -> None:
        with (self.folder / "plain").open("rb") as source, (self.folder / "sealed").open("wb") as out:
            seal_stream(source, out, [self.key.recipient])

    def open(self) -> None:
        with (self.folder / "sealed").open("rb") as source, (self.folder / "opened").open("wb") as out:
            self.key.opener.open_stream(source, out)


@dataclass(frozen=True)
class _AgeCommand:
    """The same by the `age` command; Debian's knows X25519 keys only, which makes no difference beside the payload."""

    folder: Path
    recipient: str

    @classmethod
    def make(cls, folder: Path) -> "_AgeCommand":
        _run("age-keygen", "-o", str(folder / "age.key"))
        return cls(folder, _run("age-keygen", "-y", str(folder / "age.key")).strip())

    def seal(self) -> None:
        _run("age", "-r", self.recipient, "-o", str(self.folder / "age.sealed"), str(self.folder / "plain"))

    def open(self) -> None:
        sealed, opened = self.folder / "age.sealed", self.folder / "age.opened"
        _run("age", "-d", "-i", str(self.folder / "age.key"), "-o", str(opened), str(sealed))


@dataclass(frozen=True)
class _BareCipher:
    """ChaCha20-Poly1305 over chunks of the same size, and nothing else."""

    folder: Path

    def seal(self) -> None:
        self._chunkwise("plain", "bare.sealed", ChaCha20Poly1305(bytes(32)).encrypt, age.CHUNK)

    def open(self) -> None:
        self._chunkwise("bare.sealed", "bare.opened", ChaCha20Poly1305(bytes(32)).decrypt, age.SEALED_CHUNK)

    def _chunkwise(self, source: str, target: str, crypt: Callable[[bytes, bytes, None], bytes], chunk: int) -> None:
        with (self.folder / source).open("rb") as file, (self.folder / target).open("wb") as out:
            number = 0
            while data := file.read(chunk):
                out.write(crypt(age.chunk_nonce(number, last=False), data, None))
                number += 1


@contextmanager
def _file(size: int) -> Iterator[tuple[_Work, _Work]]:
    """Our work and its baseline on a file of `size` bytes in a folder of its own."""
    with TemporaryDirectory(prefix="comity-bench-") as name:
        folder = Path(name)
        with (folder / "plain").open("wb") as out:
            for start in range(0, size, _PIECE):
                out.write(content(min(_PIECE, size - start)))
        has_age = shutil.which("age") and shutil.which("age-keygen")
        yield _Ours(folder, ThrowawayKey.make()), _AgeCommand.make(folder) if has_age else _BareCipher(folder)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours alone
    if done.returncode:
        raise BenchmarkFailed(f"the command {command[0]} failed; take it off the PATH to measure without it.")
    return done.stdout


def _public(recipient: PQRecipient) -> MLKEM768X25519PublicKey:
    return MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(recipient.raw[:_MLKEM_KEY]),
        X25519PublicKey.from_public_bytes(recipient.raw[_MLKEM_KEY:]),
    )
