"""What pages show of referrals and letters: read and decrypted for this answer, kept nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from backend.accounts.models import User
from backend.directory.models import Authority
from backend.incidents.models import EvidenceItem, Incident
from backend.incidents.selectors import ShownItem, shown_items, standing_codes
from referral import access
from referral.columns import answer_of, content_of, key_of
from referral.drafting import LetterContent, unverified
from referral.letters.blocks import Block, Version
from referral.letters.content import LegalReference
from referral.letters.view import document
from referral.lifecycle import Stage
from referral.models import DueAct, LetterOfRequest, Preservation, Referral

PAGE = 50
_EXERCISE = Q(letters__from_authority__exercise=True) | Q(letters__to_authority__exercise=True)


@dataclass(frozen=True)
class ReferralLine:
    """One line of the list of referrals."""

    referral: Referral
    letters: int
    exercise: bool


@dataclass(frozen=True)
class ShownDue:
    """What an urgent form left to be done, late when its day has passed."""

    due: DueAct
    late: bool


@dataclass(frozen=True)
class ShownLetter:
    """A letter with what a list shows of it."""

    letter: LetterOfRequest
    exercise: bool
    due: tuple[ShownDue, ...]
    preservation: Preservation | None


@dataclass(frozen=True)
class ReferralPage:
    """All that the page of one referral shows."""

    referral: Referral
    letters: tuple[ShownLetter, ...]
    incidents: tuple[Incident, ...]
    exercise: bool


@dataclass(frozen=True)
class ShownBlock:
    """A block of the letter's text and what it is, for the template."""

    kind: str
    block: Block


@dataclass(frozen=True)
class ShownVersion:
    """One language version of the letter."""

    version: Version
    body: tuple[ShownBlock, ...]


@dataclass(frozen=True)
class LetterPage:
    """All that the page of one letter shows."""

    shown: ShownLetter
    content: LetterContent
    versions: tuple[ShownVersion, ...]
    open_references: tuple[LegalReference, ...]
    preservation_answer: dict[str, Any]
    evidence: tuple[ShownItem, ...]
    answers: tuple[LetterOfRequest, ...]
    transmission: Any

    @property
    def letter(self) -> LetterOfRequest:
        """The row."""
        return self.shown.letter


def referral_list(user: User, *, at: datetime, page: int = 1) -> list[ReferralLine]:
    """A page of 50 referrals, newest first; Http404 without the right to list them."""
    access.require(user, access.Action.LIST, at=at)
    start = (max(page, 1) - 1) * PAGE
    return _lines(Referral.objects.all(), start, start + PAGE)


def _lines(referrals: QuerySet[Referral], start: int = 0, end: int = PAGE) -> list[ReferralLine]:
    rows = (
        referrals.annotate(count=Count("letters", distinct=True))
        .annotate(exercises=Count("letters", filter=_EXERCISE, distinct=True))
        .order_by("-opened_at")[start:end]
    )
    return [ReferralLine(row, row.count, row.exercises > 0) for row in rows]


def referrals_of(incident: Incident) -> list[ReferralLine]:
    """The referrals opened on an incident; the caller came through the incident's access."""
    return _lines(Referral.objects.filter(incidents=incident))


def letters(rows: QuerySet[LetterOfRequest], *, on: date) -> tuple[ShownLetter, ...]:
    """Letters with what is due on them, without their content; three queries whatever their number."""
    open_acts = Prefetch("due_acts", DueAct.objects.filter(done_at=None).order_by("due_on"), to_attr="open_acts")
    found = rows.select_related("from_authority", "to_authority", "preservation", "referral", "in_answer_to")
    return tuple(_shown(letter, on) for letter in found.prefetch_related(open_acts).defer("content_ct", "pdf_ct"))


def _shown(letter: LetterOfRequest, on: date) -> ShownLetter:
    return ShownLetter(
        letter,
        letter.from_authority.exercise or letter.to_authority.exercise,
        tuple(ShownDue(act, act.due_on < on) for act in letter.open_acts),  # type: ignore[attr-defined]
        getattr(letter, "preservation", None),
    )


def referral_page(referral: Referral, *, on: date) -> ReferralPage:
    """Everything that one referral's page shows; the caller came through access.referral_for."""
    shown = letters(referral.letters.order_by("drafted_at", "pk"), on=on)
    incidents = tuple(referral.incidents.defer("title_ct", "report_ct", "statement_ct").order_by("received_at"))
    return ReferralPage(referral, shown, incidents, any(letter.exercise for letter in shown))


def inbox(user: User, *, at: datetime, page: int = 1) -> tuple[ShownLetter, ...]:
    """A page of 50 received letters, newest first; Http404 without the right to see them."""
    access.require(user, access.Action.SEE_INBOX, at=at)
    start = (max(page, 1) - 1) * PAGE
    rows = LetterOfRequest.objects.filter(direction="in").order_by("-received_at", "-moved_at")
    return letters(rows[start : start + PAGE], on=at.date())


def letter_page(letter: LetterOfRequest, *, on: date) -> LetterPage:
    """Everything that one letter's page shows; the caller came through access.letter_for."""
    key = key_of(letter)
    content = content_of(letter, key)
    (shown,) = letters(LetterOfRequest.objects.filter(pk=letter.pk), on=on)
    links = letter.evidence.select_related("item__data_key").prefetch_related("item__custody").order_by("position")
    return LetterPage(
        shown=shown,
        content=content,
        versions=tuple(_version(version) for version in document(content).versions),
        open_references=open_references(content),
        preservation_answer=answer_of(shown.preservation, key) if shown.preservation else {},
        evidence=shown_items([link.item for link in links]),
        answers=tuple(letter.answers.order_by("drafted_at")),
        transmission=getattr(letter, "transmission", None),
    )


def items_to_send(referral: Referral) -> QuerySet[EvidenceItem]:
    """The items of a referral's incidents that a letter may take along: received whole, checked and not erased."""
    received = EvidenceItem.objects.filter(stage=EvidenceItem.Stage.RECEIVED, data_key__destroyed_at=None)
    return received.filter(incident__referrals=referral)


def letters_awaiting(item: EvidenceItem) -> list[LetterOfRequest]:
    """The outgoing letters with which an item is to go and that are not packed yet."""
    rows = LetterOfRequest.objects.filter(direction="out", evidence__item=item, packet=None)
    return list(rows.exclude(stage__in=(Stage.WITHDRAWN, Stage.SUPERSEDED)).order_by("-drafted_at").distinct())


def _version(version: Version) -> ShownVersion:
    return ShownVersion(version, tuple(ShownBlock(type(block).__name__.lower(), block) for block in version.body))


def open_references(content: LetterContent) -> tuple[LegalReference, ...]:
    """The references that nobody has verified or confirmed, each provision once."""
    named = {(str(one.instrument), one.ref): one for one in unverified(content)}
    return tuple(named.values())


def codes_of(referral: Referral) -> list[str]:
    """The offence codes that stand for the referral's incidents: as a person decided, else as the engine proposed."""
    standing = standing_codes(referral.incidents.values_list("pk", flat=True))
    return list(dict.fromkeys(code for codes in standing.values() for code in codes))


def own_authorities() -> Sequence[Authority]:
    """The authorities of this node that can sign."""
    return list(Authority.objects.filter(node__own=True).exclude(certificate_pem="").order_by("title"))


def authorities_of(state: str) -> Sequence[Authority]:
    """The authorities of another State that its confirmed nodes named."""
    found = Authority.objects.filter(state=state, node__own=False, node__confirmed_at__isnull=False)
    return list(found.filter(node__revoked_at=None).order_by("title"))
