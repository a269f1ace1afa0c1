"""The public halves of keys: what one can seal to and what one can verify with. Private halves: `crypto.keyholder`."""

import functools
import hashlib
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from cryptography.exceptions import InvalidSignature as PycaInvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from crypto import bech32
from crypto.encoding import b64url_decode, b64url_encode
from crypto.errors import InvalidSignature, MalformedKey, Reason

Algorithm = Literal["ed25519", "ecdsa-p256"]
SIGNATURE_SIZE = 64

# Under a public key of small order one signature fits many messages. These are the y coordinates of the eight such
# points (RFC 8032 encoding without the sign bit); encodings with y ≥ p are refused as a whole.
_ED25519_P = 2**255 - 19
_ED25519_SMALL_ORDER = frozenset(
    {
        0,
        1,
        _ED25519_P - 1,
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
    }
)


@dataclass(frozen=True)
class PQRecipient:
    """An age recipient of the hybrid kind, ML-KEM-768 with X25519: `raw` is 1,184 + 32 bytes."""

    raw: bytes
    hrp: ClassVar[str] = "age1pq"
    size: ClassVar[int] = 1216

    def __post_init__(self) -> None:
        _check_size(self.raw, self.size)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the recipient `age1pq1…`, or raise `MalformedKey`. Costs milliseconds: keep `raw` and parse once."""
        return cls(_recipient_bytes(text, cls.hrp))

    def __str__(self) -> str:
        return bech32.encode(self.hrp, self.raw)

    @property
    def key_id(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of `raw`."""
        return hashlib.sha256(self.raw).hexdigest()[:16]


@dataclass(frozen=True)
class X25519Recipient:
    """An age recipient of the classical kind, not secure against quantum computers: `raw` is 32 bytes."""

    raw: bytes
    hrp: ClassVar[str] = "age"
    size: ClassVar[int] = 32

    def __post_init__(self) -> None:
        _check_size(self.raw, self.size)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the recipient `age1…`, or raise `MalformedKey`."""
        return cls(_recipient_bytes(text, cls.hrp))

    def __str__(self) -> str:
        return bech32.encode(self.hrp, self.raw)

    @property
    def key_id(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of `raw`."""
        return hashlib.sha256(self.raw).hexdigest()[:16]


Recipient = PQRecipient | X25519Recipient


def parse_recipient(text: str) -> Recipient:
    """Return the recipient of either kind that `text` names, or raise `MalformedKey`."""
    return PQRecipient.parse(text) if text.startswith("age1pq1") else X25519Recipient.parse(text)


@dataclass(frozen=True)
class VerifyingKey:
    """A public key for signatures: `raw` is 32 bytes (Ed25519) or an uncompressed point of 65 bytes (P-256)."""

    algorithm: Algorithm
    raw: bytes

    def __post_init__(self) -> None:
        if self.algorithm == "ed25519":
            _check_ed25519(self.raw)
        elif self.algorithm == "ecdsa-p256":
            _p256(self.raw)
        else:
            raise MalformedKey from Reason("an unknown algorithm")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the key of `ed25519:…` or `ecdsa-p256:…` (unpadded URL-safe base64), or raise `MalformedKey`."""
        algorithm, _, encoded = text.partition(":")
        try:
            raw = b64url_decode(encoded)
        except ValueError:
            raise MalformedKey from Reason("not canonical unpadded URL-safe base64")
        return cls(algorithm, raw)  # type: ignore[arg-type]  # __post_init__ refuses unknown algorithms

    def __str__(self) -> str:
        return f"{self.algorithm}:{b64url_encode(self.raw)}"

    @property
    def fingerprint(self) -> str:
        """64 hexadecimal digits: the SHA-256 of the key's text form."""
        return hashlib.sha256(str(self).encode("ascii")).hexdigest()

    def verify(self, signature: bytes, message: bytes) -> None:
        """Return if `signature` (64 bytes; by P-256 r‖s with SHA-256) is this key's over `message`.

        Raises `InvalidSignature`. By P-256 (r, n − s) verifies too: signature bytes never identify anything.
        """
        if len(signature) != SIGNATURE_SIZE:
            raise InvalidSignature from Reason("not 64 bytes")
        try:
            if self.algorithm == "ed25519":
                ed25519.Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
            else:
                _p256(self.raw).verify(_der(signature), message, ec.ECDSA(hashes.SHA256()))
        except PycaInvalidSignature:
            raise InvalidSignature from Reason("does not verify")


def fingerprint_words(fingerprint_hex: str) -> str:
    """Return eight pronounceable words (proquints) for the first 128 bits of a fingerprint, in two groups of four.

    For reading aloud over another channel. Raises `MalformedKey` unless given 64 hexadecimal digits.
    """
    try:
        digest = bytes.fromhex(fingerprint_hex)
    except ValueError:
        raise MalformedKey from Reason("a fingerprint that is not hexadecimal")
    if len(digest) != 32 or len(fingerprint_hex) != 64:
        raise MalformedKey from Reason("a fingerprint that is not 64 digits")
    words = [_proquint(int.from_bytes(digest[i : i + 2], "big")) for i in range(0, 16, 2)]
    return "-".join(words[:4]) + " " + "-".join(words[4:])


def _proquint(number: int) -> str:
    consonants, vowels = "bdfghjklmnprstvz", "aiou"  # arXiv 0901.4016
    return (
        consonants[number >> 12]
        + vowels[number >> 10 & 3]
        + consonants[number >> 6 & 15]
        + vowels[number >> 4 & 3]
        + consonants[number & 15]
    )


def _check_size(raw: bytes, size: int) -> None:
    if len(raw) != size:
        raise MalformedKey from Reason(f"{len(raw)} bytes where {size} are expected")


def _recipient_bytes(text: str, hrp: str) -> bytes:
    try:
        found, raw = bech32.decode(text)
    except ValueError:
        raise MalformedKey from Reason("not Bech32")
    if found != hrp:  # Recipients are lower case: an upper-case prefix does not compare equal.
        raise MalformedKey from Reason("a key of another kind")
    return raw


def _check_ed25519(raw: bytes) -> None:
    _check_size(raw, 32)
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _ED25519_P or y in _ED25519_SMALL_ORDER:
        raise MalformedKey from Reason("an Ed25519 key of small order or not canonical")


@functools.lru_cache(maxsize=1024)
def _p256(raw: bytes) -> ec.EllipticCurvePublicKey:
    if len(raw) != 65 or raw[0] != 4:
        raise MalformedKey from Reason("not an uncompressed P-256 point")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        raise MalformedKey from Reason("not a point of P-256")


def _der(signature: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
