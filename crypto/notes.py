"""Signed notes, checkpoints and log proofs as C2SP defines them: signed-note, tlog-checkpoint, tlog-proof@v1.

Only Ed25519 note signatures (type 0x01). Signatures by other keys, such as witnesses', are kept and ignored.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from crypto import merkle
from crypto.checked import Checked, checked
from crypto.encoding import b64_decode, b64_encode
from crypto.errors import InvalidProof, InvalidSignature, MalformedDocument, Reason
from crypto.keys import VerifyingKey
from crypto.signer import Signer

MAX_NOTE = 65_536
MAX_PROOF = 131_072
MAX_SIGNATURES = 32  # signed-note asks for at least 16.
MAX_PATH = 62
_PROOF_VERSION = "c2sp.org/tlog-proof@v1"
_ED25519_NOTE = b"\x01"
_DASH = "— "


@dataclass(frozen=True)
class Checkpoint:
    """A tree head: the log's origin, its number of leaves and the 32-byte root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the note text of the checkpoint (three lines)."""
        return f"{self.origin}\n{self.size}\n{b64_encode(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Return the checkpoint of a note text, or raise `MalformedDocument`. Extension lines are refused."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0]:
            raise MalformedDocument from Reason("a checkpoint has three lines")
        root = _hash(lines[2])
        return cls(origin=lines[0], size=_number(lines[1]), root=root)


class VerifiedNote(Checked):
    """A note whose signature by the expected key holds; `text` ends in a line feed."""

    text: str
    name: str
    key: VerifyingKey


class VerifiedProof(Checked):
    """A log proof that leads from leaf `extra` at `index` to the root of the signed `checkpoint`."""

    extra: bytes
    index: int
    checkpoint: Checkpoint


def key_id(name: str, key: VerifyingKey) -> bytes:
    """Return the four bytes by which a signature line names its key."""
    if key.algorithm != "ed25519":
        raise MalformedDocument from Reason("notes are signed by Ed25519 keys only")
    return hashlib.sha256(name.encode() + b"\n" + _ED25519_NOTE + key.raw).digest()[:4]


def vkey(name: str, key: VerifyingKey) -> str:
    """Return the verifier key that other C2SP tools take: name, key id and public key."""
    return f"{_name(name)}+{key_id(name, key).hex()}+{b64_encode(_ED25519_NOTE + key.raw)}"


def sign_note(text: str, name: str, signer: Signer) -> bytes:
    """Return the note: `text`, which ends in a line feed, signed by `signer` under the key name `name`."""
    _check_text(text)
    signature = key_id(_name(name), signer.verifying_key) + signer.sign(text.encode())
    return f"{text}\n{_DASH}{name} {b64_encode(signature)}\n".encode()


def verify_note(note: bytes, name: str, key: VerifyingKey) -> VerifiedNote:
    """Return the note's text as verified for `key` under `name`.

    Raises `MalformedDocument` if it is no note, `InvalidSignature` if that key did not sign it or signed other text.
    """
    text, signatures = _split_note(note)
    expected = key_id(_name(name), key)
    mine = [value[4:] for signed_as, value in signatures if signed_as == name and value[:4] == expected]
    if not mine:
        raise InvalidSignature from Reason("no signature by the expected key")
    for signature in mine:
        key.verify(signature, text.encode())
    return checked(VerifiedNote, text=text, name=name, key=key)


def verify_checkpoint(note: bytes, *, origin: str, key: VerifyingKey) -> Checkpoint:
    """Return the checkpoint signed by log `origin` with `key`; raises as `verify_note`, also for another origin."""
    checkpoint = Checkpoint.parse(verify_note(note, origin, key).text)
    if checkpoint.origin != origin:
        raise InvalidSignature from Reason("a checkpoint of another log")
    return checkpoint


def format_proof(extra: bytes, index: int, path: Sequence[bytes], checkpoint_note: bytes) -> bytes:
    """Return the log proof of the leaf whose bytes are `extra`, at `index` under the checkpoint."""
    hashes = "".join(f"{b64_encode(value)}\n" for value in path)
    head = f"{_PROOF_VERSION}\nextra {b64_encode(extra)}\nindex {index}\n{hashes}\n"
    return head.encode() + checkpoint_note


def verify_proof(proof: bytes, *, origin: str, key: VerifyingKey) -> VerifiedProof:
    """Return what `proof` proves: that log `origin`, by `key`, holds the leaf `extra` at `index`.

    Raises `MalformedDocument`, `InvalidSignature` or `InvalidProof`. A checkpoint is only as good as the log's honesty:
    compare it with others of the same log.
    """
    extra, index, path, note = _split_proof(proof)
    checkpoint = verify_checkpoint(note, origin=origin, key=key)
    merkle.verify_inclusion(merkle.leaf_hash(extra), index, checkpoint.size, path, checkpoint.root)
    return checked(VerifiedProof, extra=extra, index=index, checkpoint=checkpoint)


def _split_proof(proof: bytes) -> tuple[bytes, int, list[bytes], bytes]:
    if len(proof) > MAX_PROOF:
        raise MalformedDocument from Reason("a proof over the size limit")
    head, blank, note = proof.partition(b"\n\n")
    lines = _decode(head).split("\n")
    if not blank or len(lines) < 3 or lines[0] != _PROOF_VERSION:
        raise MalformedDocument from Reason("not a version 1 log proof with an extra line")
    if len(lines) > 3 + MAX_PATH:
        raise InvalidProof from Reason("the path is too long")
    extra = _base64(_after("extra ", lines[1]))
    return extra, _number(_after("index ", lines[2])), [_hash(line) for line in lines[3:]], note


def _split_note(note: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    if len(note) > MAX_NOTE:
        raise MalformedDocument from Reason("a note over the size limit")
    text, blank, tail = _decode(note).rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise MalformedDocument from Reason("a note without text or signature lines")
    _check_text(text + "\n")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise MalformedDocument from Reason("too many signatures")
    return text + "\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes]:
    name, space, encoded = _after(_DASH, line).partition(" ")
    value = _base64(encoded)
    if not space or len(value) < 5:
        raise MalformedDocument from Reason("not a signature line")
    return _name(name), value


def _check_text(text: str) -> None:
    if not text.endswith("\n") or text.startswith("\n"):
        raise MalformedDocument from Reason("a note text ends in a line feed and does not begin with one")
    if any(character < " " and character != "\n" for character in text):
        raise MalformedDocument from Reason("a control character in a note")


def _name(name: str) -> str:
    if not name or "+" in name or any(character.isspace() or character < " " for character in name):
        raise MalformedDocument from Reason("a key name that is empty or holds a space or a plus sign")
    return name


def _decode(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise MalformedDocument from Reason("not UTF-8")


def _after(prefix: str, line: str) -> str:
    if not line.startswith(prefix):
        raise MalformedDocument from Reason(f"a line that should begin with {prefix.strip()}")
    return line.removeprefix(prefix)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 19 or (text[0] == "0" and text != "0"):
        raise MalformedDocument from Reason("not a decimal number without leading zeroes")
    return int(text)


def _base64(text: str) -> bytes:
    try:
        return b64_decode(text)
    except ValueError:
        raise MalformedDocument from Reason("not canonical base64")


def _hash(text: str) -> bytes:
    value = _base64(text)
    if len(value) != 32:
        raise MalformedDocument from Reason("a hash that is not 32 bytes")
    return value
