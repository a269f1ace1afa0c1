"""The age v1 file format (C2SP age.md) as both sides need it: headers, their MAC, chunk keys and nonces.

Wrapping file keys is in `crypto.sealing`; unwrapping them needs private keys and is in `crypto.keyholder.opening`.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto.encoding import b64_raw_decode, b64_raw_encode
from crypto.errors import CannotOpen, Reason

FILE_KEY_SIZE = 16
NONCE_SIZE = 16
CHUNK = 65_536
TAG_SIZE = 16
SEALED_CHUNK = CHUNK + TAG_SIZE
BATCH_CHUNKS = 32  # 2 MiB at a time: larger batches gain nothing, smaller ones pay for the calls.
# What is written at once: for larger pieces the kernel looks for larger stretches of memory, of which there are few.
_WRITTEN = 256 * 1024

MAX_HEADER = 131_072
MAX_STANZAS = 64

PQ_STANZA = "mlkem768x25519"
PQ_ENC_SIZE = 1120
PQ_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
PQ_INFO = b"age-encryption.org/mlkem768x25519"
X25519_STANZA = "X25519"
X25519_INFO = b"age-encryption.org/v1/X25519"
WRAP_NONCE = bytes(12)  # A wrap key is derived from a fresh share and used once: age.md, "X25519 recipient stanza".
WRAPPED_SIZE = FILE_KEY_SIZE + TAG_SIZE

_VERSION_LINE = b"age-encryption.org/v1"
_COLUMNS = 64
_VISIBLE = re.compile(rb"[!-~]+")
_MAC_MARK = b"---"


@dataclass(frozen=True)
class Stanza:
    """One wrapping of the file key: its type, further arguments, and body."""

    type: str
    arguments: tuple[str, ...]
    body: bytes

    def lines(self) -> str:
        """Return the stanza as it stands in a header. A body of a multiple of 48 bytes ends with an empty line."""
        body = b64_raw_encode(self.body)
        rows = [body[i : i + _COLUMNS] for i in range(0, len(body) + 1, _COLUMNS)]
        return "\n".join([" ".join(("->", self.type, *self.arguments)), *rows]) + "\n"


@dataclass(frozen=True)
class Header:
    """A parsed header; `authenticated` is what the MAC covers."""

    stanzas: tuple[Stanza, ...]
    authenticated: bytes
    mac: bytes

    def check_mac(self, file_key: bytes) -> None:
        """Return if the MAC is the one of `file_key`, else raise `CannotOpen`."""
        if not hmac.compare_digest(_mac(file_key, self.authenticated), self.mac):
            raise CannotOpen from Reason("the header's MAC does not fit")


def serialise_header(file_key: bytes, stanzas: Sequence[Stanza]) -> bytes:
    """Return the header with `stanzas` and the MAC by `file_key`."""
    text = "".join(stanza.lines() for stanza in stanzas)
    authenticated = _VERSION_LINE + b"\n" + text.encode("ascii") + _MAC_MARK
    return authenticated + b" " + b64_raw_encode(_mac(file_key, authenticated)).encode("ascii") + b"\n"


def read_header(source: BinaryIO) -> bytes:
    """Return the bytes of the header at the beginning of `source`, MAC line included, and read not one more.

    Raises `CannotOpen` when there is none of at most 128 KiB. The header is not parsed yet.
    """
    lines = [source.readline(len(_VERSION_LINE) + 1)]
    if lines[0] != _VERSION_LINE + b"\n":
        raise CannotOpen from Reason("not an age v1 file")
    size = len(lines[0])
    while not lines[-1].startswith(_MAC_MARK):
        lines.append(source.readline(MAX_HEADER - size + 1))
        size += len(lines[-1])
        if size > MAX_HEADER or not lines[-1].endswith(b"\n"):
            raise CannotOpen from Reason("the header does not end within its bounds")
    return b"".join(lines)


def parse_header(raw: bytes) -> Header:
    """Return the parsed header `raw`, which must be all header, or raise `CannotOpen`. The MAC is not checked yet."""
    lines = raw.split(b"\n")
    if len(raw) > MAX_HEADER or lines[0] != _VERSION_LINE or lines[-1] != b"" or len(lines) < 3:
        raise CannotOpen from Reason("not an age v1 header")
    stanzas: list[Stanza] = []
    position = 1
    while not lines[position].startswith(_MAC_MARK):
        stanza, position = _parse_stanza(lines, position)
        stanzas.append(stanza)
        if len(stanzas) > MAX_STANZAS:
            raise CannotOpen from Reason("too many stanzas")
    if position != len(lines) - 2 or not stanzas:
        raise CannotOpen from Reason("no stanza, or lines after the MAC")
    return Header(tuple(stanzas), raw[: raw.rindex(_MAC_MARK) + len(_MAC_MARK)], _parse_mac(lines[position]))


def payload_key(file_key: bytes, nonce: bytes) -> bytes:
    """Return the 32-byte key of the payload that begins with `nonce`."""
    return _hkdf(file_key, salt=nonce, info=b"payload")


def x25519_wrap_key(shared_secret: bytes, share: bytes, recipient: bytes) -> bytes:
    """Return the key that wraps the file key in an X25519 stanza."""
    return _hkdf(shared_secret, salt=share + recipient, info=X25519_INFO)


def chunk_nonce(counter: int, *, last: bool) -> bytes:
    """Return the 12-byte nonce of a chunk: its number and whether it is the final one."""
    return counter.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def read_up_to(source: BinaryIO, size: int) -> bytes:
    """Return `size` bytes of `source`, fewer only at its end. Pipes and sockets give less than asked at a time."""
    data = source.read(size)
    if len(data) == size or not data:
        return data
    parts = [data]
    missing = size - len(data)
    while missing and (data := source.read(missing)):
        parts.append(data)
        missing -= len(data)
    return b"".join(parts)


def write_all(out: BinaryIO, data: memoryview) -> None:
    """Write `data` in pieces: opening into a file was up to twice as fast as by one call for each batch."""
    for start in range(0, len(data), _WRITTEN):
        out.write(data[start : start + _WRITTEN])


def _hkdf(secret: bytes, *, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret)


def _mac(file_key: bytes, authenticated: bytes) -> bytes:
    return hmac.digest(_hkdf(file_key, salt=b"", info=b"header"), authenticated, hashlib.sha256)


def _parse_stanza(lines: list[bytes], position: int) -> tuple[Stanza, int]:
    mark, *arguments = lines[position].split(b" ")
    if mark != b"->" or not arguments or not all(_visible(argument) for argument in arguments):
        raise CannotOpen from Reason("not an argument line")
    end = position + 1
    while len(lines[end]) == _COLUMNS:  # Stops at the last line, which is empty.
        end += 1
    if len(lines[end]) > _COLUMNS:
        raise CannotOpen from Reason("a stanza body does not end")
    kind, *rest = (argument.decode("ascii") for argument in arguments)
    return Stanza(kind, tuple(rest), _decode(b"".join(lines[position + 1 : end + 1]))), end + 1


def _parse_mac(line: bytes) -> bytes:
    mark, _, encoded = line.partition(b" ")
    mac = _decode(encoded)
    if mark != _MAC_MARK or len(mac) != 32:
        raise CannotOpen from Reason("not a MAC line")
    return mac


def _visible(argument: bytes) -> bool:
    return _VISIBLE.fullmatch(argument) is not None


def _decode(encoded: bytes) -> bytes:
    try:
        return b64_raw_decode(encoded.decode("ascii"))
    except ValueError:
        raise CannotOpen from Reason("not canonical unpadded base64")
