"""HTTP Message Signatures (RFC 9421) as intake uses them: one signature, tag "comity", an exact set of covered parts.

The signature only admits; what counts as evidence is signed inside the seal. No Django here: the client signs with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import http_sf
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    HTTPSignatureKeyResolver,
    algorithms,
)

from backend.intake.refusals import ClockDiffers, UnknownSender
from backend.intake.wire import SKEW, TAG
from crypto.keys import VerifyingKey
from crypto.signer import Signer

LABEL = "comity"
_PARAMETERS = {"created", "keyid", "alg", "tag", "nonce"}
_ALGORITHMS: dict[str, type[HTTPSignatureAlgorithm]] = {
    "ed25519": algorithms.ED25519,
    "ecdsa-p256": algorithms.ECDSA_P256_SHA256,
}


@dataclass
class Message:
    """The parts of a request that a signature may cover. Signing adds to `headers`, whose names are lower case."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """What a request's one signature says of itself, unverified."""

    sender: str
    created: datetime
    covered: frozenset[str]


def sign_message(message: Message, signer: Signer, *, covered: Sequence[str], at: datetime) -> None:
    """Add the two signature headers, made by `signer` over the `covered` parts at the time `at`."""
    key = signer.verifying_key
    http_signer = HTTPMessageSigner(signature_algorithm=_ALGORITHMS[key.algorithm])
    prepared = http_signer.prepare(
        message,
        key_id=key.fingerprint,
        created=at,
        label=LABEL,
        tag=TAG,
        covered_component_ids=tuple(covered),
        use_existing_digest="content-digest" in message.headers,
    )
    http_signer.apply(message, prepared, signer.sign(prepared.signature_base))
    message.headers = {name.lower(): value for name, value in message.headers.items()}


def read_claim(message: Message) -> Claim:
    """Return what the signature claims; raises UnknownSender unless there is exactly one of the agreed form."""
    try:
        parsed: Any = http_sf.parse(message.headers["signature-input"].encode("ascii"), tltype="dictionary")
        ((components, parameters),) = parsed.values()
        covered = [name for name, qualified in components if not qualified]
        claim = Claim(parameters["keyid"], datetime.fromtimestamp(parameters["created"], UTC), frozenset(covered))
        well_formed = (
            type(claim.sender) is str
            and type(parameters["created"]) is int
            and len(covered) == len(components) == len(claim.covered)
            and parameters.keys() <= _PARAMETERS
        )
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        raise UnknownSender from None
    if not well_formed:
        raise UnknownSender
    return claim


def check_clock(claim: Claim, *, at: datetime) -> None:
    """Refuse a signature made more than 24 hours before or after `at` (ClockDiffers carries `at`).

    Comes before the signature is checked, so it tells nothing about the sender.
    """
    if abs(claim.created - at) > SKEW:
        raise ClockDiffers(at)


def check_signature(message: Message, claim: Claim, key: VerifyingKey, *, covered: Sequence[str]) -> None:
    """Return if `key` signed exactly the `covered` parts of `message`; raises UnknownSender."""
    if claim.covered != frozenset(covered) or claim.sender != key.fingerprint:
        raise UnknownSender
    verifier = _Verifier(signature_algorithm=_ALGORITHMS[key.algorithm], key_resolver=_OneKey(key))
    try:
        verifier.verify(message, max_age=None, expect_tag=TAG, require_components=tuple(covered))
    except HTTPMessageSignaturesException:
        raise UnknownSender from None


class _Verifier(HTTPMessageVerifier):
    def validate_created_and_expires(self, sig_input: object, max_age: object = None) -> None:
        """The clock is an argument here (`check_clock`); the library would read its own."""


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(self, key: VerifyingKey) -> None:
        self.key = key

    def resolve_public_key(self, key_id: str) -> ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey:
        if self.key.algorithm == "ed25519":
            return ed25519.Ed25519PublicKey.from_public_bytes(self.key.raw)
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self.key.raw)
