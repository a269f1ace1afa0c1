"""Signing with a private key in a file."""

from typing import Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from crypto.errors import MalformedKey, Reason
from crypto.keys import Algorithm, VerifyingKey


class SigningKey:
    """An Ed25519 or P-256 private key; a `crypto.signer.Signer`."""

    def __init__(self, private: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        self._verifying_key = _verifying_key(private)

    @classmethod
    def generate(cls, algorithm: Algorithm) -> Self:
        """Return a new key of the given kind."""
        if algorithm == "ed25519":
            return cls(ed25519.Ed25519PrivateKey.generate())
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_pem(cls, pem: bytes) -> Self:
        """Return the key in an unencrypted PKCS #8 PEM file, or raise `MalformedKey`."""
        try:
            private = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise MalformedKey from Reason("not an unencrypted PKCS #8 PEM file")
        if not isinstance(private, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey):
            raise MalformedKey from Reason("neither an Ed25519 nor an elliptic-curve key")
        return cls(private)

    def to_pem(self) -> bytes:
        """Return the private key as unencrypted PKCS #8 PEM. A secret."""
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def verifying_key(self) -> VerifyingKey:
        """The public half."""
        return self._verifying_key

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of `message`: Ed25519, or P-256 with SHA-256 as r‖s."""
        if isinstance(self._private, ed25519.Ed25519PrivateKey):
            return self._private.sign(message)
        r, s = decode_dss_signature(self._private.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _verifying_key(private: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> VerifyingKey:
    public = private.public_key()
    if isinstance(public, ed25519.Ed25519PublicKey):
        return VerifyingKey("ed25519", public.public_bytes_raw())
    if not isinstance(public.curve, ec.SECP256R1):
        raise MalformedKey from Reason("a curve other than P-256")
    return VerifyingKey("ecdsa-p256", public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
