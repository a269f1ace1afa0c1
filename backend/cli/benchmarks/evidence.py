"""Evidence: sealed once, opened, and given to another by its header alone."""

import os
from collections.abc import Callable
from io import BytesIO

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PublicKey

from backend.cli.benchmarks.measuring import Result, rates, repeated
from backend.cli.benchmarks.registry import Place
from backend.vault.throwaway import ThrowawayKey
from crypto import age
from crypto.keys import PQRecipient
from crypto.sealing import seal, seal_stream, split_header

_BLOCK = bytes(range(256)) * 256
_MLKEM_KEY = 1184  # bytes of a hybrid recipient that are its ML-KEM key


def content(size: int) -> bytes:
    """Bytes to seal; a cipher takes all alike."""
    return (_BLOCK * (size // len(_BLOCK) + 1))[:size]


def seal_(place: Place, size: int, rounds: int) -> Result:
    """MB/s sealed, against the bare cipher."""
    plaintext, recipient = content(size), ThrowawayKey.make().recipient
    cipher = ChaCha20Poly1305(ChaCha20Poly1305.generate_key())
    with open(os.devnull, "wb") as nowhere:
        return rates(
            "MB/s",
            size / 1e6,
            lambda: seal_stream(BytesIO(plaintext), nowhere, [recipient]),
            lambda: _chunkwise(cipher.encrypt, plaintext, age.CHUNK),
            rounds=rounds,
        )


def open_(place: Place, size: int, rounds: int) -> Result:
    """MB/s opened, against the bare cipher."""
    plaintext, key = content(size), ThrowawayKey.make()
    cipher = ChaCha20Poly1305(ChaCha20Poly1305.generate_key())
    sealed, bare = seal(plaintext, [key.recipient]), b"".join(_chunkwise(cipher.encrypt, plaintext, age.CHUNK))
    with open(os.devnull, "wb") as nowhere:
        return rates(
            "MB/s",
            size / 1e6,
            lambda: key.opener.open_stream(BytesIO(sealed), nowhere),
            lambda: _chunkwise(cipher.decrypt, bare, age.SEALED_CHUNK),
            rounds=rounds,
        )


def readdress(place: Place, size: int, rounds: int) -> Result:
    """Headers rewritten for another recipient in a second, against the encapsulation that none can do without."""
    key, other = ThrowawayKey.make(), ThrowawayKey.make()
    header = split_header(BytesIO(seal(b"evidence", [key.recipient])))
    public, file_key = _public(other.recipient), os.urandom(age.FILE_KEY_SIZE)
    return rates(
        "headers/s",
        size,
        repeated(size, lambda: key.readdress(header, [other.recipient])),
        repeated(size, lambda: age.PQ_SUITE.encrypt(file_key, public, info=age.PQ_INFO)),
        rounds=rounds,
    )


def _chunkwise(crypt: Callable[[bytes, memoryview, None], bytes], data: bytes, chunk: int) -> list[bytes]:
    view = memoryview(data)
    return [
        crypt(age.chunk_nonce(number, last=False), view[start : start + chunk], None)
        for number, start in enumerate(range(0, len(data), chunk))
    ]


def _public(recipient: PQRecipient) -> MLKEM768X25519PublicKey:
    return MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(recipient.raw[:_MLKEM_KEY]),
        X25519PublicKey.from_public_bytes(recipient.raw[_MLKEM_KEY:]),
    )
