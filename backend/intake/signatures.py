"""HTTP Message Signatures (RFC 9421) as intake uses them: one signature, tag "comity", an exact set of covered parts.

The signature only admits; what counts as evidence is signed inside the seal. No Django here: the client signs with it.
Signing is the library's. Checking is our own, because there is one form to check and the library's reading of every
form that structured fields can have took half of the edge's time (docs/decisions/request-signatures.md); a test has
both say the same of the same requests.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from http_message_signatures import HTTPMessageSigner, HTTPSignatureAlgorithm, algorithms

from backend.intake.refusals import ClockDiffers, UnknownSender
from backend.intake.wire import SKEW, TAG
from crypto.encoding import b64_decode
from crypto.errors import InvalidSignature
from crypto.keys import VerifyingKey
from crypto.signer import Signer

LABEL = "comity"
_ALGORITHMS: dict[str, type[HTTPSignatureAlgorithm]] = {
    "ed25519": algorithms.ED25519,
    "ecdsa-p256": algorithms.ECDSA_P256_SHA256,
}
# One member of a dictionary in canonical form (RFC 8941, section 4.1): what is signed is the text after the label.
_STRING = r'"[ !#-\[\]-~]*"'
_KEY = r"[a-z*][a-z0-9_.*-]*"
_VALUE = rf"{_KEY}=(?:{_STRING}|[0-9]{{1,15}})"
_INPUT = re.compile(rf"({_KEY})=(\(((?:{_STRING} )*{_STRING})\)((?:;{_VALUE})+))")
_PARAMETER = re.compile(rf";({_KEY})=({_STRING}|[0-9]{{1,15}})")
_SIGNATURE = re.compile(rf"({_KEY})=:([A-Za-z0-9+/]+={{0,2}}):")
_PARAMETERS = {"created", "keyid", "alg", "tag", "nonce"}


@dataclass
class Message:
    """The parts of a request that a signature may cover. Signing adds to `headers`, whose names are lower case."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """What a request's one signature says of itself, unverified. `signed` is the text of its parameters."""

    sender: str
    created: datetime
    covered: tuple[str, ...]
    label: str
    signed: str
    algorithm: str | None


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
    found = _INPUT.fullmatch(message.headers.get("signature-input", ""))
    if found is None:
        raise UnknownSender
    label, signed, components, rest = found.groups()
    pairs = _PARAMETER.findall(rest)
    parameters = dict(pairs)
    covered = tuple(components[1:-1].split('" "'))
    created = parameters.get("created", "")
    texts = {name: value[1:-1] for name, value in parameters.items() if name != "created" and value[0] == '"'}
    if (
        len(parameters) != len(pairs)
        or not parameters.keys() <= _PARAMETERS
        or texts.keys() != parameters.keys() - {"created"}
        or texts.get("tag") != TAG
        or "keyid" not in texts
        or len(set(covered)) != len(covered)
    ):
        raise UnknownSender
    try:
        at = datetime.fromtimestamp(int(created), UTC)
    except (ValueError, OverflowError, OSError):
        raise UnknownSender from None
    return Claim(texts["keyid"], at, covered, label, signed, texts.get("alg"))


def check_clock(claim: Claim, *, at: datetime) -> None:
    """Refuse a signature made more than 24 hours before or after `at` (ClockDiffers carries `at`).

    Comes before the signature is checked, so it tells nothing about the sender.
    """
    if abs(claim.created - at) > SKEW:
        raise ClockDiffers(at)


def check_signature(message: Message, claim: Claim, key: VerifyingKey, *, covered: Sequence[str]) -> None:
    """Return if `key` signed exactly the `covered` parts of `message`; raises UnknownSender.

    That `claim.sender` is the fingerprint of `key` is for whoever found the key by it.
    """
    found = _SIGNATURE.fullmatch(message.headers.get("signature", ""))
    if (
        found is None
        or found[1] != claim.label
        or set(claim.covered) != set(covered)
        or claim.algorithm not in (None, _ALGORITHMS[key.algorithm].algorithm_id)
    ):
        raise UnknownSender
    try:
        key.verify(b64_decode(found[2]), signature_base(message, claim).encode())
    except (InvalidSignature, KeyError, ValueError):
        raise UnknownSender from None


def signature_base(message: Message, claim: Claim) -> str:
    """The text that is signed (RFC 9421, section 2.5); KeyError where the message lacks a covered part."""
    parts = urlsplit(message.url)
    derived = {
        "@method": message.method,
        "@authority": parts.netloc.lower(),
        "@path": parts.path or "/",
        "@query": f"?{parts.query}",
    }
    lines = [f'"{name}": {derived[name] if name in derived else message.headers[name]}' for name in claim.covered]
    return "\n".join([*lines, f'"@signature-params": {claim.signed}'])
