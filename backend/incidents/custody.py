"""An item's content is read, or given to another node, on a custody event that is committed first.

The database refuses the rest (migrations/0004_custody.py): a key without such an event, and anything declared sensitive
without a release that another person approved.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from backend.audit.subjects import Acting
from backend.incidents import access, parties
from backend.incidents.columns import opened, sealed
from backend.incidents.evidence import payload_path
from backend.incidents.models import CustodyEvent, EvidenceItem, Release
from backend.incidents.releasing import release_for
from backend.vault.columns import open_data_key
from backend.vault.receiving import NoCustody, content_of, readdressed_header
from crypto.keys import PQRecipient

Act, Purpose = CustodyEvent.Act, CustodyEvent.Purpose
MAX_NOTE = 2000


class NotHanded(Exception):
    """The item is not read or handed on; the sentence says why and what to do."""


class ContentChanged(Exception):
    """What lies in the evidence folder is not what was received; nothing whole was given out."""


def read_content(item: EvidenceItem, *, purpose: str, note: str, acting: Person, at: datetime) -> Iterator[bytes]:
    """The content for one person, in pieces of at most 2 MB, after the event that tells of it is committed.

    Sensitive material needs an approved release to this person, which is used up. Raises NotHanded, and Http404 without
    the right. The last piece comes only when all that was read has the digest signed for; ContentChanged otherwise.
    """
    access.require(acting.user, access.Action.READ_EVIDENCE, at=at)
    words = note.strip()
    if purpose not in Purpose.values:
        raise NotHanded(_("Say for which purpose you read the item; choose one of those offered."))
    if not words or len(words) > MAX_NOTE:
        raise NotHanded(_("Write why you read the item, in at most %(most)d characters.") % {"most": MAX_NOTE})
    if item.erased:
        raise _erased()
    went_to = parties.person(acting.audit_id)
    row = _entry(item, Act.READ, went_to=went_to, reason=purpose, acting=acting, at=at)
    row.note_ct = sealed(open_data_key(item.data_key), CustodyEvent, _note_place(item, at), "note_ct", words.encode())
    _enter(row, Event.EVIDENCE_READ, acting=acting)
    try:
        return _whole(item, row)
    except (FileNotFoundError, NoCustody) as missing:
        # Erased since it was looked up: the event stays, and tells of a reading of which nothing came.
        if EvidenceItem.objects.select_related("data_key").get(pk=item.pk).erased:
            raise _erased() from missing
        raise


def _erased() -> NotHanded:
    return NotHanded(_("The item is erased: nothing of it can be read again."))


def note_of(event: CustodyEvent) -> str:
    """What a reader said of the purpose; empty for other acts."""
    if event.note_ct is None:
        return ""
    key = open_data_key(event.item.data_key)
    return opened(key, event, "note_ct", row=_note_place(event.item, event.at)).decode()


def hand_all_to_node(
    items: Sequence[EvidenceItem], node: str, letter: str, *, acting: Acting, at: datetime
) -> list[CustodyEvent]:
    """The events that items go to a node together; none is entered while one of them may not go. Raises NotHanded."""
    for item in items:
        if _handed(item, parties.node(node), letter) is None:
            _release(item, parties.node(node), letter, at=at)
    return [hand_to_node(item, node, letter, acting=acting, at=at) for item in items]


def hand_to_node(item: EvidenceItem, node: str, letter: str, *, acting: Acting, at: datetime) -> CustodyEvent:
    """The event that an item goes to a node with a letter, committed; the same one when a packet is built again.

    Raises NotHanded for sensitive material whose release for this node and letter was not approved.
    """
    went_to = parties.node(node)
    earlier = _handed(item, went_to, letter)
    if earlier is not None:
        return earlier
    row = _entry(
        item, Act.READDRESSED, went_to=went_to, letter=letter, reason="packed with a letter", acting=acting, at=at
    )
    _enter(row, Event.EVIDENCE_READDRESSED, acting=acting)
    return row


def header_for_node(event: CustodyEvent, recipient: PQRecipient) -> bytes:
    """The header that opens the item's payload to the recipient, for an event of hand_to_node. Raises NoCustody."""
    item = event.item
    return readdressed_header(event.pk, [recipient], data_key=open_data_key(item.data_key), row=item.id)


def _handed(item: EvidenceItem, went_to: str, letter: str) -> CustodyEvent | None:
    found: CustodyEvent | None = item.custody.filter(act=Act.READDRESSED, went_to=went_to, letter=letter).first()
    return found


def _entry(
    item: EvidenceItem, act: str, *, went_to: str, letter: str = "", reason: str, acting: Acting, at: datetime
) -> CustodyEvent:
    return CustodyEvent(
        item=item,
        act=act,
        at=at,
        by_role=acting.audit_role,
        by_id=acting.audit_id,
        came_from=parties.node(settings.COMITY.node),
        went_to=went_to,
        reason=reason,
        letter=letter,
        release=_release(item, went_to, letter, at=at),
    )


def _release(item: EvidenceItem, went_to: str, letter: str, *, at: datetime) -> Release | None:
    if not item.sensitive:
        return None
    found = release_for(item, went_to, letter, at=at)
    if found is None:
        raise NotHanded(
            _(
                "The item was declared sensitive: it leaves only after one person proposed its release to this "
                "addressee and another approved it."
            )
        )
    return found


def _enter(row: CustodyEvent, event: Event, *, acting: Acting) -> None:
    """Commit the event: a caller whose own transaction could still undo it is refused (durable)."""
    try:
        with transaction.atomic(durable=True):
            row.save(force_insert=True)
            detail = {
                "custody": row.pk,
                "to": row.went_to,
                "reason": row.reason,
                "letter": row.letter or None,
                "release": str(row.release_id) if row.release_id else None,
            }
            recording.record(event, row.item, acting=acting, at=row.at, detail=detail)
    except IntegrityError as refused:
        raise NotHanded(_("The item is not here, or its release was used already; look at it again.")) from refused


def _whole(item: EvidenceItem, event: CustodyEvent) -> Iterator[bytes]:
    """Opened at once, so that a refusal comes before the first byte; one piece is held back until the digest agrees."""
    key = open_data_key(item.data_key)
    signed = opened(key, item, "plaintext_sha256_ct").decode()
    payload = payload_path(item).open("rb")
    try:
        pieces = content_of(payload, event.pk, data_key=key, row=item.id)
    except BaseException:
        payload.close()
        raise

    def checked() -> Iterator[bytes]:
        digest, held = hashlib.sha256(), b""
        with payload:
            for piece in pieces:
                if held:
                    yield held
                digest.update(piece)
                held = piece
        if digest.hexdigest() != signed:
            raise ContentChanged("The content of an evidence item is not what was received; look at its payload.")
        yield held

    return checked()


def _note_place(item: EvidenceItem, at: datetime) -> str:
    """The note's place: the event has no number yet when it is sealed."""
    return f"{item.id}/{at.astimezone(UTC).isoformat()}"
