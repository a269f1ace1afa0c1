"""Formats of crypto/SPEC.md, written anew from that page: statements, notes, log proofs, data keys, sealed payloads."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

LEAF = b"comity/audit-event/v1\n"
FIELD, WRAPPED = b"comity/field/v1\n", b"comity/wrapped-key/v1\n"
CHUNK = 65_536 + 16


class DoesNotHold(Exception):
    """Something is not as SPEC.md says; the sentence says what."""


@dataclass(frozen=True)
class Proof:
    """A receipt whose signature and path hold: the event of its leaf, its place, and the tree that was signed."""

    event: Mapping[str, Any]
    leaf: bytes
    index: int
    size: int
    root: bytes


def canonical(value: object) -> bytes:
    """Canonical JSON (section 3) of a value whose member names are ASCII."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def unb64url(text: str) -> bytes:
    """The bytes of unpadded base64url (section 2)."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verify(key: str, signature: bytes, message: bytes) -> None:
    """Check a signature by a key in text form (section 4); DoesNotHold."""
    algorithm, _, encoded = key.partition(":")
    try:
        if algorithm == "ed25519":
            Ed25519PublicKey.from_public_bytes(unb64url(encoded)).verify(signature, message)
        else:
            r, s = (int.from_bytes(signature[at : at + 32], "big") for at in (0, 32))
            point = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), unb64url(encoded))
            point.verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))
    except Exception as wrong:
        raise DoesNotHold(f"a signature by {algorithm} does not hold") from wrong


def statement(data: bytes, type_: str, *, key: str | None = None) -> Mapping[str, Any]:
    """The payload of a signed statement (section 5) by `key`, or by the signer that it names."""
    read = json.loads(data)
    payload = read["payload"]
    if canonical(read) != data or payload["type"] != type_ or (key or read["signer"]) != read["signer"]:
        raise DoesNotHold(f"a statement is not canonical, not of the type {type_}, or not by the expected key")
    verify(read["signer"], unb64url(read["signature"]), f"{type_}\n".encode() + canonical(payload))
    return payload  # type: ignore[no-any-return]


def checkpoint(note: str, origin: str, key: str) -> tuple[int, bytes]:
    """Size and root of a checkpoint signed by the log's key (sections 12 and 13)."""
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    raw = unb64url(key.partition(":")[2])
    known = hashlib.sha256(origin.encode() + b"\n\x01" + raw).digest()[:4]
    mine = []
    for line in signatures.splitlines():
        dash, name, value = line.split(" ")
        signature = base64.b64decode(value, validate=True)
        if dash == "—" and name == origin and signature[:4] == known:
            mine.append(signature[4:])
    lines = text.split("\n")
    if not mine or len(lines) != 4 or lines[0] != origin:
        raise DoesNotHold("a checkpoint is not signed by the log's key, or is another log's")
    for signature in mine:
        verify(key, signature, text.encode())
    return _number(lines[1]), base64.b64decode(lines[2], validate=True)


def _number(text: str) -> int:
    if str(int(text)) != text:
        raise DoesNotHold("a number is not written as plain decimal")
    return int(text)


def receipt(proof: bytes, origin: str, key: str) -> Proof:
    """A verified receipt (section 13); DoesNotHold."""
    head, _, note = proof.decode().partition("\n\n")
    lines = head.split("\n")
    if lines[0] != "c2sp.org/tlog-proof@v1" or not lines[1].startswith("extra ") or not lines[2].startswith("index "):
        raise DoesNotHold("a receipt is no log proof")
    leaf = base64.b64decode(lines[1][6:], validate=True)
    index, path = _number(lines[2][6:]), [base64.b64decode(line, validate=True) for line in lines[3:]]
    size, root = checkpoint(note, origin, key)
    if not leaf.startswith(LEAF) or _climb(leaf_hash(leaf), index, size, path) != root:
        raise DoesNotHold("a receipt's path does not lead to the signed root")
    return Proof(json.loads(leaf[len(LEAF) :]), leaf, index, size, root)


def leaf_hash(leaf: bytes) -> bytes:
    """RFC 6962, 2.1."""
    return hashlib.sha256(b"\0" + leaf).digest()


def _pair(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def _climb(current: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """RFC 9162, 2.1.3.2."""
    last = size - 1
    if not 0 <= index < size:
        raise DoesNotHold("a receipt's index lies outside its tree")
    for sibling in path:
        if last == 0:
            raise DoesNotHold("a receipt's path is too long")
        if index & 1 or index == last:
            current = _pair(sibling, current)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            current = _pair(current, sibling)
        index, last = index >> 1, last >> 1
    if last:
        raise DoesNotHold("a receipt's path is too short")
    return current


def roots(leaves: Iterator[bytes] | list[bytes]) -> Iterator[bytes]:
    """The root after each leaf hash, in order: the tree is computed anew from its leaves."""
    peaks: list[tuple[int, bytes]] = []
    for value in leaves:
        level = 0
        while peaks and peaks[-1][0] == level:
            value, level = _pair(peaks.pop()[1], value), level + 1
        peaks.append((level, value))
        root = peaks[-1][1]
        for _, left in reversed(peaks[:-1]):
            root = _pair(left, root)
        yield root


def decrypt(key: bytes, ciphertext: bytes, place: tuple[str, str, str], *, context: bytes = FIELD) -> bytes:
    """A column, or with the context WRAPPED a key, at its place: table, row, column (section 14)."""
    aad = (
        b"\1" + context + b"".join(len(part).to_bytes(2, "big") + part.encode() for part in place) + bytes((0, 0, 0, 1))
    )
    try:
        return AESGCM(key).decrypt(ciphertext[1:13], ciphertext[13:], aad)
    except Exception as wrong:
        raise DoesNotHold(f"{place[0]}.{place[2]} does not open under its data key") from wrong


def payload_digests(file_key: bytes, payload: bytes) -> tuple[str, str]:
    """SHA-256 of a sealed payload and of what it opens to (sections 6 and 9, age.md)."""
    nonce, body = payload[:16], payload[16:]
    cipher = ChaCha20Poly1305(HKDF(algorithm=SHA256(), length=32, salt=nonce, info=b"payload").derive(file_key))
    plaintext = hashlib.sha256()
    chunks = [body[at : at + CHUNK] for at in range(0, len(body), CHUNK)]
    try:
        for number, chunk in enumerate(chunks, start=1):
            counter = (number - 1).to_bytes(11, "big") + bytes((number == len(chunks),))
            plaintext.update(cipher.decrypt(counter, chunk, None))
    except Exception as wrong:
        raise DoesNotHold("an evidence payload does not open") from wrong
    return hashlib.sha256(payload).hexdigest(), plaintext.hexdigest()
