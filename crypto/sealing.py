"""Sealing: writing age v1 files. Anybody can; no private key is involved."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import BinaryIO

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PublicKey

from crypto import age
from crypto.digests import Buffers, Digests, PayloadDigests, Tally
from crypto.encoding import b64_raw_encode
from crypto.errors import CannotOpen, MalformedKey, Reason
from crypto.keys import PQRecipient, Recipient, X25519Recipient

__all__ = ["Digests", "PayloadDigests", "header_around", "seal", "seal_stream", "split_header"]

_BATCH = age.BATCH_CHUNKS * age.CHUNK
_MLKEM_KEY_SIZE = 1184


def seal(plaintext: bytes, recipients: Sequence[Recipient]) -> bytes:
    """Return `plaintext` sealed to `recipients`, all of one kind. Raises `MalformedKey` for none or unusable ones."""
    out = BytesIO()
    seal_stream(BytesIO(plaintext), out, recipients)
    return out.getvalue()


def seal_stream(
    source: BinaryIO,
    out: BinaryIO,
    recipients: Sequence[Recipient],
    *,
    progress: Callable[[int], None] | None = None,
) -> Digests:
    """Seal all of `source` into `out` in constant memory and return the digests.

    `progress` is called with the number of plaintext bytes of each batch. Raises as `seal`, before writing anything.
    """
    file_key = secrets.token_bytes(age.FILE_KEY_SIZE)
    nonce = secrets.token_bytes(age.NONCE_SIZE)
    header = header_around(file_key, recipients)
    out.write(header + nonce)
    with Tally(header, nonce) as tally:
        for plaintext, sealed in _sealed_batches(source, age.payload_key(file_key, nonce)):
            tally.add(plaintext, sealed)
            age.write_all(out, sealed)
            if progress is not None:
                progress(len(plaintext))
        return tally.whole()


def split_header(source: BinaryIO, *, max_bytes: int = age.MAX_HEADER) -> bytes:
    """Return the header of the sealed file `source`, MAC line included, leaving `source` at its payload.

    Raises `CannotOpen` unless it is a well-formed header of at most `max_bytes`. Checking its MAC would take a key.
    """
    header = age.read_header(source)
    if len(header) > max_bytes:
        raise CannotOpen from Reason("a header over the size limit")
    age.parse_header(header)
    return header


def header_around(file_key: bytes, recipients: Sequence[Recipient]) -> bytes:
    """Return a header that wraps `file_key` (16 bytes) for `recipients`, all of one kind. Raises `MalformedKey`."""
    kinds = {type(recipient) for recipient in recipients}
    if len(kinds) != 1 or len(recipients) > age.MAX_STANZAS or len(file_key) != age.FILE_KEY_SIZE:
        # A classical recipient beside a hybrid one would undo the latter's protection: age.md forbids the mixture.
        raise MalformedKey from Reason(
            "no recipients, too many, or of different kinds; or a file key that is not 16 bytes"
        )
    return age.serialise_header(file_key, [_wrap(file_key, recipient) for recipient in recipients])


def _wrap(file_key: bytes, recipient: Recipient) -> age.Stanza:
    try:
        if isinstance(recipient, PQRecipient):
            return _wrap_pq(file_key, recipient)
        return _wrap_x25519(file_key, recipient)
    except ValueError:  # Not a valid ML-KEM key, or an X25519 point of small order.
        raise MalformedKey from Reason("a recipient to which nothing can be sealed")


def _wrap_pq(file_key: bytes, recipient: PQRecipient) -> age.Stanza:
    public = MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(recipient.raw[:_MLKEM_KEY_SIZE]),
        X25519PublicKey.from_public_bytes(recipient.raw[_MLKEM_KEY_SIZE:]),
    )
    sealed = age.PQ_SUITE.encrypt(file_key, public, info=age.PQ_INFO)
    share, body = sealed[: age.PQ_ENC_SIZE], sealed[age.PQ_ENC_SIZE :]
    return age.Stanza(age.PQ_STANZA, (b64_raw_encode(share),), body)


def _wrap_x25519(file_key: bytes, recipient: X25519Recipient) -> age.Stanza:
    ephemeral = X25519PrivateKey.generate()
    share = ephemeral.public_key().public_bytes_raw()
    secret = ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient.raw))
    key = age.x25519_wrap_key(secret, share, recipient.raw)
    body = ChaCha20Poly1305(key).encrypt(age.WRAP_NONCE, file_key, None)
    return age.Stanza(age.X25519_STANZA, (b64_raw_encode(share),), body)


def _sealed_batches(source: BinaryIO, key: bytes) -> Iterator[tuple[memoryview, memoryview]]:
    """Yield batches of plaintext with their sealed bytes, in buffers that come round again."""
    cipher, buffers = ChaCha20Poly1305(key), Buffers()
    counter = 0
    for batch, last_batch in _batches(source):
        buffer = buffers.next(_sealed_size(len(batch)))
        size = 0
        for start in range(0, len(batch) or 1, age.CHUNK):
            chunk = batch[start : start + age.CHUNK]
            last = last_batch and start + age.CHUNK >= len(batch)
            target = buffer[size : size + len(chunk) + age.TAG_SIZE]
            size += cipher.encrypt_into(age.chunk_nonce(counter, last=last), chunk, None, target)
            counter += 1
        yield batch, buffer[:size]


def _sealed_size(size: int) -> int:
    return size + max(1, -(-size // age.CHUNK)) * age.TAG_SIZE


def _batches(source: BinaryIO) -> Iterator[tuple[memoryview, bool]]:
    """Yield `source` in full batches, each with whether it is the last: the final chunk must not be empty."""
    batch = age.read_up_to(source, _BATCH)
    while len(batch) == _BATCH:
        following = age.read_up_to(source, _BATCH)
        yield memoryview(batch), not following
        if not following:
            return
        batch = following
    yield memoryview(batch), True
