"""A letter is signed with its authority's certificate, and from then on is final and on its way."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from backend.conventions.refusal_risks import Finding
from backend.vault.letters import sign_letter_pdf
from referral.columns import content_of, key_of, set_content, set_pdf
from referral.drafting import LetterContent, unverified
from referral.letters.rendering import render_letter
from referral.lifecycle import (
    REQUESTS,
    Form,
    LetterKind,
    Stage,
    Step,
    UrgencyGround,
    due_after_urgent_form,
    form_for,
    move,
)
from referral.models import DueAct, LetterOfRequest, Transmission
from referral.services.binding import bind_preservations
from referral.services.moving import check_person, locked, to_stage
from referral.services.references import reference_label
from referral.services.risks import RisksStand, blocking, findings_of, keep_findings, overridden
from referral.services.taking_over import without_withdrawn

_STEP = {Form.ORDINARY: Step.SIGN, Form.URGENT: Step.SIGN_URGENT, Form.REGISTRY: Step.SIGN_REGISTRY}


class UnverifiedReference(Exception):
    """A letter in ordinary form may not rely on a reference that nobody has verified."""

    def __init__(self, labels: Collection[str]) -> None:
        self.references = tuple(labels)
        super().__init__(
            _("Nobody has verified %(names)s; a person must see the source and confirm it first.")
            % {"names": "; ".join(labels)}
        )


class ConfirmationWithdrawn(Exception):
    """A confirmation of the register that the letter took over was withdrawn after it was composed."""

    def __init__(self, labels: Collection[str]) -> None:
        self.references = tuple(labels)
        super().__init__(
            _(
                "The confirmation of %(names)s was withdrawn; return the letter to the drafter, save it anew and have "
                "the reference confirmed again."
            )
            % {"names": "; ".join(labels)}
        )


class CannotSign(Exception):
    """The sending authority has no certificate on this node."""


def sign_letter(
    letter: LetterOfRequest, *, urgency: Collection[UrgencyGround] = (), acting: Person, at: datetime
) -> LetterOfRequest:
    """Render, sign and queue the letter for transmission, in one transaction.

    Without grounds of ``urgency`` an approved letter is signed in ordinary form. With them, or for an
    acknowledgement, a complete one is signed by one person; what an urgent form leaves due becomes rows.
    """
    with transaction.atomic():
        letter = locked(letter)
        form = _form(letter, urgency)
        check_person(letter, _STEP[form], acting=acting, at=at)
        move(Stage(letter.stage), Stage.SIGNED, form=form)
        content = _dated(letter, _standing(letter, form, at), form, at)
        if form is Form.ORDINARY and (open_references := unverified(content)):
            raise UnverifiedReference([reference_label(reference) for reference in open_references])
        findings = findings_of(letter, content, urgent=form is Form.URGENT, at=at)
        if stand := blocking(findings, overridden(letter)):
            raise RisksStand(stand)
        kept = keep_findings(letter, findings, at=at) if letter.kind in REQUESTS else {}
        _sign(letter, content, acting=acting, at=at)
        letter.form = form
        to_stage(
            letter,
            Stage.SIGNED,
            Event.LETTER_SIGNED,
            acting=acting,
            at=at,
            form=form,
            fields=("form", "content_ct", "pdf_ct", "signed_at", "signed_by", "signer_sha256"),
            detail={"form": str(form), "grounds": ",".join(sorted(urgency)), **kept},
        )
        if form is Form.URGENT:
            _leave_due(letter, content, findings, at=at)
        if letter.kind == LetterKind.REQUEST:
            bind_preservations(letter, acting=acting, at=at)
        Transmission.objects.create(letter=letter, queued_at=at)
        recording.record(Event.LETTER_QUEUED, letter, acting=acting, at=at, detail={"reference": letter.reference})
    return letter


def _form(letter: LetterOfRequest, urgency: Collection[UrgencyGround]) -> Form:
    kind = LetterKind(letter.kind)
    if urgency or kind is LetterKind.ACKNOWLEDGEMENT:
        return form_for(kind, urgency=urgency)
    return Form.ORDINARY


def _standing(letter: LetterOfRequest, form: Form, at: datetime) -> LetterContent:
    """The content with the confirmations that still count: an urgent form leaves the others due."""
    content = content_of(letter)
    standing = without_withdrawn(letter, content, at=at)
    if form is Form.ORDINARY and standing != content:
        before = unverified(content)
        raise ConfirmationWithdrawn([reference_label(one) for one in unverified(standing) if one not in before])
    return standing


def _dated(letter: LetterOfRequest, content: LetterContent, form: Form, at: datetime) -> LetterContent:
    """The content as signed: it bears the day of the signature and says in which form it goes out."""
    changed = msgspec.structs.replace(content, dated=at.date(), urgent_form=form is Form.URGENT)
    set_content(letter, changed, key_of(letter))
    return changed


def _sign(letter: LetterOfRequest, content: LetterContent, *, acting: Person, at: datetime) -> None:
    authority = letter.from_authority
    if not authority.certificate_pem:
        raise CannotSign(
            _("%(authority)s has no certificate on this node; make or import one with `comity keys authority`.")
            % {"authority": authority.title}
        )
    pdf = sign_letter_pdf(
        render_letter(content, at=at),
        authority_id=authority.id,
        certificate_pem=authority.certificate_pem,
        reason=letter.reference,
        location=authority.state.upper(),
        at=at,
    )
    set_pdf(letter, pdf, key_of(letter))
    letter.signed_by, letter.signed_at = acting.user, at
    letter.signer_sha256 = authority.certificate_sha256


def _leave_due(letter: LetterOfRequest, content: LetterContent, findings: Collection[Finding], *, at: datetime) -> None:
    due = due_after_urgent_form(
        at.date(),
        translated=len(content.languages) > 1,
        references_stand=not unverified(content),
        risks_mended=all(finding.due_in_working_days is None for finding in findings),
    )
    DueAct.objects.bulk_create(DueAct(letter=letter, act=act, due_on=day) for act, day in due.items())
