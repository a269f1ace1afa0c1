"""The statement of contents, sealed into the packet: which letter and which evidence, each with its digests.

Signed by the sender's transport key, because sealing binds no sender.
"""

import hashlib
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from backend.incidents.blocks import Sensitivity
from crypto.errors import CryptoError
from crypto.keys import VerifyingKey
from crypto.signer import Signer, sign_statement
from crypto.verifying import verify_statement
from referral.letters.content import Hex256, LetterContent, LetterReference, Line, Uuid
from referral.packing.bag import MAX_EVIDENCE
from referral.packing.errors import ContentsDiffer

TYPE = "comity/packet-contents/v1"
BLINDED = b"comity/blinded-digest/v1\n"
MAX_BYTES = 1_048_576

Size = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class PackedEvidence(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An evidence item in its part: its identity (plaintext digest), its payload's and the whole sealed file's.

    `blinding`, 32 bytes in hexadecimal, is there for what was declared sensitive: the letter lists its digest blinded.
    """

    id: Uuid
    name: Line
    part: Annotated[str, Meta(pattern=r"^data/evidence/[0-9]{3}\.age$")]
    size: Size
    plaintext_sha256: Hex256
    payload_sha256: Hex256
    file_sha256: Hex256
    sensitivity: Sensitivity = "none"
    blinding: Hex256 | None = None

    def __post_init__(self) -> None:
        """Refuse sensitive material whose digest is not blinded, and other material whose is."""
        if (self.sensitivity == "none") != (self.blinding is None):
            raise ValueError("the digest of sensitive material, and of nothing else, is blinded")


class PackedLetter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The letter: its reference and the SHA-256 of its PDF."""

    reference: LetterReference
    sha256: Hex256


class Contents(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag=TYPE):
    """What the packet holds."""

    packet: Uuid
    letter: PackedLetter
    evidence: Annotated[tuple[PackedEvidence, ...], Meta(max_length=MAX_EVIDENCE)]


def sign_contents(contents: Contents, transport: Signer) -> bytes:
    """The statement, signed, as it goes under the seal."""
    return sign_statement(msgspec.to_builtins(contents), transport)


def verify_contents(data: bytes, *, key: VerifyingKey) -> Contents:
    """The statement as signed by the sender's transport key; raises ContentsDiffer."""
    try:
        statement = verify_statement(data, type=TYPE, key=key, max_bytes=MAX_BYTES)
        return msgspec.convert(dict(statement.payload), Contents)
    except (CryptoError, msgspec.ValidationError) as error:
        raise ContentsDiffer from error


def blinded(plaintext_sha256: str, blinding: str) -> str:
    """The digest under which a letter lists sensitive material (SPEC.md, 9); both arguments in hexadecimal."""
    return hashlib.sha256(BLINDED + bytes.fromhex(blinding) + bytes.fromhex(plaintext_sha256)).hexdigest()


def agree(contents: Contents, letter: LetterContent) -> None:
    """Return when the letter names exactly the evidence and the reference of the contents; raises ContentsDiffer."""
    packed = {(item.id, item.size, *_identity(item.plaintext_sha256, item.blinding)) for item in contents.evidence}
    listed = {(item.id, item.size, item.plaintext_sha256, item.blinded_sha256) for item in letter.evidence}
    same_length = len(packed) == len(contents.evidence) == len(letter.evidence)
    if contents.letter.reference != letter.reference or packed != listed or not same_length:
        raise ContentsDiffer


def _identity(plaintext_sha256: str, blinding: str | None) -> tuple[str | None, str | None]:
    """As the letter must list it: plain, or blinded."""
    return (plaintext_sha256, None) if blinding is None else (None, blinded(plaintext_sha256, blinding))
