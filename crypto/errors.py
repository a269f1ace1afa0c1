# ruff: noqa: N818  (the names say the condition, as in pyca/cryptography)
"""What can go wrong in `crypto`: one root, one type per kind of failure.

`str()` of an error is the same sentence for every failure of its type, so that nobody who can cause failures learns
which check they failed. The check is named in `__cause__`, a `Reason`, for the operator's log; it never holds content.
"""

from typing import ClassVar, Self


class Reason(Exception):
    """Which check failed, in words that carry neither plaintext nor key material. Only ever a `__cause__`:
    `raise CannotOpen from Reason("…")`.
    """


class CryptoError(Exception):
    """Root of all errors raised by `crypto`."""

    sentence: ClassVar[str] = "A cryptographic operation failed; the log names the check that failed."

    def __str__(self) -> str:
        return self.sentence

    @classmethod
    def because(cls, reason: str) -> Self:
        """Return the error with `reason` as its cause, for raising outside an `except`."""
        error = cls()
        error.__cause__ = Reason(reason)
        return error


class CannotOpen(CryptoError):
    """A sealed file, header, data-key ciphertext or recovery kit does not open, in whatever way."""

    sentence = (
        "This does not open: expected something sealed to one of the given keys and unchanged since; "
        "check the key and fetch the file again."
    )


class InvalidSignature(CryptoError):
    """A statement, note or message is not signed by the expected key."""

    sentence = (
        "The signature does not hold: expected one by the named key over exactly these bytes; "
        "do not use the content and ask its sender."
    )


class InvalidProof(CryptoError):
    """A Merkle proof or transparency-log proof does not lead to the signed root."""

    sentence = (
        "The proof does not hold: expected it to lead from the entry to a root signed by the log's key; "
        "ask the log's node for another."
    )


class MalformedKey(CryptoError):
    """A recipient, identity, public key or private key file is not well-formed or not usable."""

    sentence = (
        "This is not a usable key: expected age1…, AGE-SECRET-KEY-…, ed25519:…, ecdsa-p256:… or a PKCS #8 file "
        "of the kind asked for; copy it again, whole."
    )


class MalformedDocument(CryptoError):
    """A document (canonical JSON, statement, note, checkpoint, frame) is not well-formed."""

    sentence = (
        "This document is not well-formed: expected the exact bytes that crypto/SPEC.md defines for its type; "
        "fetch it again or ask its sender."
    )
