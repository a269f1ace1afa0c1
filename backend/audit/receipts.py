"""What a receipt says, once it is verified. Needs no database and no Django: senders check it on their own."""

import re
from datetime import datetime
from uuid import UUID

from backend.audit.leaves import PREFIX
from backend.audit.trust import TrustedLog
from crypto import notes
from crypto.canonical import parse_canonical
from crypto.checked import Checked, checked
from crypto.errors import MalformedDocument

# The event's name as text: events.py is for those who record.
RECEIVED = "submission:received"
LONGEST_LEAF = 16_384
DIGEST = re.compile(r"[0-9a-f]{64}")


class VerifiedReceipt(Checked):
    """A node's log holds that this submission was received: signed for, and at this place in the log."""

    submission: UUID
    sender: str
    kind: str
    sha256: str
    size: int
    at: datetime
    index: int
    checkpoint: notes.Checkpoint


def verify_receipt(proof: bytes, *, trusted: TrustedLog) -> VerifiedReceipt:
    """Verify a receipt (a C2SP tlog-proof whose extra is the event's leaf) against the log of the node that gave it.

    Raises MalformedDocument, InvalidSignature or InvalidProof. What the digest and the submission are compared with is
    the caller's to know: a receipt of another submission verifies as well.
    """
    verified = notes.verify_proof(proof, origin=trusted.origin, key=trusted.key)
    if not verified.extra.startswith(PREFIX):
        raise MalformedDocument.because("the leaf is no audit event")
    event = parse_canonical(verified.extra[len(PREFIX) :], max_bytes=LONGEST_LEAF)
    if not isinstance(event, dict) or event.get("event") != RECEIVED or not isinstance(event.get("detail"), dict):
        raise MalformedDocument.because("the leaf is not that of a received submission")
    detail = event["detail"]
    try:
        return checked(
            VerifiedReceipt,
            submission=UUID(_text(detail, "submission")),
            sender=_text(detail, "sender"),
            kind=_text(detail, "kind"),
            sha256=_digest(detail),
            size=_size(detail),
            at=datetime.fromisoformat(_text(event, "at")),
            index=verified.index,
            checkpoint=verified.checkpoint,
        )
    except ValueError:
        raise MalformedDocument.because("the leaf of a received submission lacks a part") from None


def _text(members: dict[str, object], name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str):
        raise ValueError(name)
    return value


def _digest(detail: dict[str, object]) -> str:
    value = _text(detail, "sha256")
    if not DIGEST.fullmatch(value):
        raise ValueError("sha256")
    return value


def _size(detail: dict[str, object]) -> int:
    value = detail.get("size")
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("size")
    return value
