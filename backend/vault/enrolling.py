"""The device's side of enrolment: a key of its own, and a proof that it knows the code, which never travels."""

import os
from pathlib import Path

from backend.units.enrolment import EnrolmentCode, enrolment_mac
from backend.vault.sending import fetch, post_json
from backend.vault.trusted_card import TrustedCard
from crypto.encoding import b64url_encode
from crypto.errors import CryptoError
from crypto.keyholder.signing import SigningKey
from crypto.keys import VerifyingKey
from crypto.verifying import stated_signer

TIMEOUT = 30.0


class NotEnrolled(Exception):
    """The request to be enrolled was not taken; the sentence says why and what to do."""


def ask_enrolment(url: str, code: EnrolmentCode, *, card: TrustedCard, key_file: Path, label: str) -> VerifyingKey:
    """Make an Ed25519 key, ask the node of the pinned `card` to enrol it, and return its public half.

    The key is written to `key_file` (PEM, 0600), which must not exist, before anything is sent; it is removed again
    when the edge refuses or cannot be reached. Raises NotEnrolled, EdgeUnreachable or OSError.
    """
    _check_node(url, card)
    key = SigningKey.generate("ed25519")
    _write_new(key_file, key.to_pem())
    try:
        _ask(url, code, key.verifying_key, label)
    except BaseException:
        key_file.unlink()
        raise
    return key.verifying_key


def _check_node(url: str, card: TrustedCard) -> None:
    reply = fetch(url, "/v1/card", timeout=TIMEOUT)
    try:
        signer = stated_signer(reply.content, max_bytes=256 * 1024)
    except CryptoError:
        raise NotEnrolled(f"The edge at {url} gave no key card (status {reply.status}); check the address.") from None
    if signer != card.identity:
        raise NotEnrolled(
            f"The edge at {url} is not that of the node {card.node} whose card is trusted; check address and card."
        )


def _ask(url: str, code: EnrolmentCode, key: VerifyingKey, label: str) -> None:
    reply = post_json(
        url,
        "/v1/enrolments",
        {
            "invitation": str(code.invitation),
            "public_key": str(key),
            "mac": b64url_encode(enrolment_mac(code.secret, code.invitation, str(key))),
            "label": label,
        },
        timeout=TIMEOUT,
    )
    if reply.status != 202:
        detail = reply.problem.get("detail") or "no reason given"
        raise NotEnrolled(f"The edge did not take the request ({reply.status}): {detail}")


def _write_new(path: Path, pem: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
