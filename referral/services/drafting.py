"""A letter is drafted from incidents and law data, written on, and completed when nothing mandatory is missing."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from backend.directory.models import Authority, Node
from backend.incidents.models import EvidenceItem
from referral.columns import content_of, key_of, set_content
from referral.composing import Draft, draft_of
from referral.drafting import LetterContent, Missing, missing
from referral.lifecycle import LetterKind, PreservationStage, Stage, Step
from referral.models import LetterEvidence, LetterOfRequest, MeasureSought, Preservation, Referral
from referral.selectors import items_to_send
from referral.services.contents import bases_for, compose_letter
from referral.services.moving import check_person, locked, must_be, to_stage
from referral.services.opening import next_number
from referral.services.references import with_confirmations


class IncompleteLetter(Exception):
    """Mandatory contents are missing; ``missing`` names the letter fields, and the languages where only one lacks."""

    def __init__(self, lacking: Sequence[Missing]) -> None:
        self.missing = tuple(lacking)
        named = ", ".join(f"{m.field} ({m.language})" if m.language else m.field for m in lacking)
        super().__init__(
            _("The letter lacks mandatory contents: %(named)s; write them, then complete it.") % {"named": named}
        )


class NoSuchAuthority(Exception):
    """The authority cannot send, or receive, this letter."""


class EvidenceNotHere(Exception):
    """An item is not one that this referral could send."""


def draft_letter(
    referral: Referral,
    kind: LetterKind,
    draft: Draft,
    *,
    from_authority: Authority,
    to_authority: Authority,
    evidence: Sequence[EvidenceItem] = (),
    acting: Person,
    at: datetime,
) -> LetterOfRequest:
    """A new letter in stage draft; raises NoLegalBasis, NoSuchAuthority, EvidenceNotHere or a lifecycle error."""
    own = Node.objects.get(own=True)
    if from_authority.node_id != own.id:
        raise NoSuchAuthority(
            _("%(authority)s is not an authority of this node; choose one of %(node)s.")
            % {"authority": from_authority.title, "node": own.id}
        )
    if to_authority.state != referral.other_state or to_authority.node_id == own.id:
        raise NoSuchAuthority(
            _("%(authority)s is not an authority of the requested State; choose another.")
            % {"authority": to_authority.title}
        )
    _check_evidence(referral, evidence)
    letter = LetterOfRequest(
        referral=referral,
        direction="out",
        kind=kind,
        reference=f"{settings.COMITY.state.upper()}-L-{at:%Y}-{next_number():05d}",
        stage=Stage.DRAFT,
        requesting_state=settings.COMITY.state,
        requested_state=referral.other_state,
        sender_node=own,
        addressee_node=to_authority.node,
        from_authority=from_authority,
        to_authority=to_authority,
        drafted_at=at,
        drafted_by=acting.user,
        writers=[acting.user.pk],
        moved_at=at,
    )
    check_person(letter, Step.DRAFT, acting=acting, at=at)
    content = compose_letter(letter, draft, evidence, at=at)
    set_content(letter, content, key_of(letter))
    with transaction.atomic():
        letter.save(force_insert=True)
        _store_parts(letter, content, evidence, at=at)
        recording.record(
            Event.LETTER_DRAFTED, letter, acting=acting, at=at, detail={"reference": letter.reference, "kind": kind}
        )
    return letter


def _check_evidence(referral: Referral, evidence: Sequence[EvidenceItem]) -> None:
    """Only whole, checked items of the referral's own incidents go out: what is awaited could never be packed."""
    chosen = {item.pk for item in evidence}
    if items_to_send(referral).filter(pk__in=chosen).count() != len(chosen):
        raise EvidenceNotHere(
            _("An evidence item is not of this referral's incidents or not received yet; choose among those received.")
        )


def redraft_letter(letter: LetterOfRequest, draft: Draft, *, acting: Person, at: datetime) -> LetterOfRequest:
    """Write on a draft: its content is composed anew, confirmations of references are kept."""
    with transaction.atomic():
        letter = locked(letter)
        check_person(letter, Step.DRAFT, acting=acting, at=at)
        must_be(letter, Stage.DRAFT)
        items = [link.item for link in letter.evidence.select_related("item__data_key").order_by("position")]
        content = compose_letter(letter, draft, items, at=at)
        content = with_confirmations(content, list(letter.confirmed_references.select_related("confirmed_by")))
        set_content(letter, content, key_of(letter))
        letter.moved_at = at
        if acting.user.pk not in letter.writers:
            letter.writers = [*letter.writers, acting.user.pk]
        letter.save(update_fields=["content_ct", "moved_at", "writers"])
        MeasureSought.objects.filter(letter=letter).delete()
        _store_measures(letter, content)
        recording.record(Event.LETTER_DRAFTED, letter, acting=acting, at=at, detail={"reference": letter.reference})
    return letter


def what_is_missing(letter: LetterOfRequest) -> tuple[Missing, ...]:
    """The mandatory letter fields that are still empty, by the data as of the day of the draft."""
    content = content_of(letter)
    required = {
        requirement.field
        for answer in bases_for(letter, draft_of(content), at=letter.drafted_at)
        for requirement in answer.requirements
        if requirement.obligatory
    }
    return missing(content, sorted(required))


def complete_letter(letter: LetterOfRequest, *, acting: Person, at: datetime) -> LetterOfRequest:
    """Nothing mandatory is missing: the letter waits for approval. Raises IncompleteLetter; no form waives that."""
    with transaction.atomic():
        letter = locked(letter)
        check_person(letter, Step.COMPLETE, acting=acting, at=at)
        if lacking := what_is_missing(letter):
            raise IncompleteLetter(lacking)
        letter.completed_by, letter.completed_at = acting.user, at
        to_stage(
            letter,
            Stage.COMPLETE,
            Event.LETTER_COMPLETED,
            acting=acting,
            at=at,
            fields=("completed_by", "completed_at"),
        )
    return letter


def withdraw_letter(letter: LetterOfRequest, *, acting: Person, at: datetime) -> LetterOfRequest:
    """Give up a letter that was not signed; one that was signed is withdrawn by a letter of its own."""
    with transaction.atomic():
        letter = locked(letter)
        check_person(letter, Step.WITHDRAW, acting=acting, at=at)
        must_be(letter, Stage.DRAFT, Stage.COMPLETE, Stage.APPROVED)
        to_stage(letter, Stage.WITHDRAWN, Event.LETTER_WITHDRAWN, acting=acting, at=at)
    return letter


def return_to_draft(letter: LetterOfRequest, *, acting: Person, at: datetime) -> LetterOfRequest:
    """Back to the drafter: approval and completion lapse."""
    with transaction.atomic():
        letter = locked(letter)
        check_person(letter, Step.RETURN_TO_DRAFT, acting=acting, at=at)
        letter.completed_by = letter.completed_at = letter.approved_by = letter.approved_at = None
        to_stage(
            letter,
            Stage.DRAFT,
            Event.LETTER_RETURNED,
            acting=acting,
            at=at,
            fields=("completed_by", "completed_at", "approved_by", "approved_at"),
        )
    return letter


def _store_parts(
    letter: LetterOfRequest, content: LetterContent, evidence: Sequence[EvidenceItem], *, at: datetime
) -> None:
    _store_measures(letter, content)
    LetterEvidence.objects.bulk_create(
        LetterEvidence(letter=letter, item=item, position=position) for position, item in enumerate(evidence, start=1)
    )
    if letter.kind == LetterKind.PRESERVATION_REQUEST:
        Preservation.objects.create(letter=letter, stage=PreservationStage.REQUESTED, moved_at=at)


def _store_measures(letter: LetterOfRequest, content: LetterContent) -> None:
    MeasureSought.objects.bulk_create(
        MeasureSought(letter=letter, measure=sought.measure, position=position)
        for position, sought in enumerate(content.measures, start=1)
    )
