"""The page of one letter, its PDF, and the acts upon it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.acting import acting_in
from backend.accounts.models import User
from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from referral import access, acts, selectors, services
from referral.columns import content_of, pdf_of
from referral.forms.acts import AnswerPreserved, ConfirmReference, OverrideRisk, SignUrgent
from referral.later import SentSince, sent_since
from referral.letters.content import LegalReference
from referral.letters.rendering import render_letter
from referral.lifecycle import REQUESTS
from referral.models import LetterOfRequest
from referral.problems import REFUSALS, sentence
from referral.risks_shown import answerable, shown_risks
from referral.views.missing import missing_contents
from referral.views.requests import user_of

_Call = Callable[[LetterOfRequest, Any, Person, datetime], object]

CALLS: Mapping[str, _Call] = MappingProxyType(
    {
        "complete": lambda letter, form, who, at: services.complete_letter(letter, acting=who, at=at),
        "return": lambda letter, form, who, at: services.return_to_draft(letter, acting=who, at=at),
        "approve": lambda letter, form, who, at: services.approve_letter(letter, acting=who, at=at),
        "sign": lambda letter, form, who, at: services.sign_letter(letter, acting=who, at=at),
        "sign-urgent": lambda letter, form, who, at: services.sign_letter(
            letter, urgency=form.urgency(), acting=who, at=at
        ),
        "confirm-urgent-form": lambda letter, form, who, at: services.confirm_urgent_form(letter, acting=who, at=at),
        "confirm-reference": lambda letter, form, who, at: services.confirm_reference(
            letter, **form.cleaned_data, acting=who, at=at
        ),
        "override-risk": lambda letter, form, who, at: services.override_risk(
            letter, **form.cleaned_data, acting=who, at=at
        ),
        "withdraw": lambda letter, form, who, at: services.withdraw_letter(letter, acting=who, at=at),
        "acknowledge": lambda letter, form, who, at: services.acknowledge_letter(letter, acting=who, at=at),
        "answer-preserved": lambda letter, form, who, at: services.answer_preservation(
            letter,
            until=form.cleaned_data["until"],
            custodian=form.cleaned_data["custodian"],
            custodian_reference=form.cleaned_data["custodian_reference"] or None,
            acting=who,
            at=at,
        ),
    }
)
DONE: Mapping[str, Any] = MappingProxyType(
    {
        "complete": _("The letter is complete and awaits approval."),
        "return": _("The letter is a draft again."),
        "approve": _("The letter is approved and awaits signature."),
        "sign": _("The letter is signed and on its way."),
        "sign-urgent": _("The letter is signed in urgent form and on its way; what it left open is due below."),
        "confirm-urgent-form": _("The urgent form is confirmed by you as second person."),
        "confirm-reference": _("The reference is confirmed."),
        "override-risk": _("Your answer is kept with the letter."),
        "withdraw": _("The letter is withdrawn; it was not sent."),
        "acknowledge": _("The letter is registered; the acknowledgement of receipt is on its way."),
        "answer-preserved": _("The answer is signed and on its way."),
    }
)


@require_safe
def letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One letter; that it was read goes on record."""
    at = timezone.now()
    found = access.letter_for(user_of(request), pk, at=at)
    _record_reading(found, user_of(request), at=at)
    return letter_page(request, found, at=at)


@require_safe
def letter_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The signed PDF, or before the signature the draft as it would be signed."""
    at = timezone.now()
    found = access.letter_for(user_of(request), pk, at=at)
    try:
        pdf = pdf_of(found)
        if pdf is None and found.direction == "in":
            raise Http404  # What another State did not sign is never made to look like its letter.
        pdf = pdf or render_letter(content_of(found), at=at)
    except REFUSALS as refusal:
        return letter_page(request, found, problem=sentence(refusal), at=at)
    _record_reading(found, user_of(request), at=at)
    name = found.reference if found.signed_at else f"{found.reference}-draft"
    disposition = "attachment" if "download" in request.GET else "inline"
    headers = {
        "Content-Disposition": f'{disposition}; filename="{_plain(name)}.pdf"',
        # The pages' policy would keep browsers' own viewers from showing it; a PDF is no page of ours.
        "Content-Security-Policy": "frame-ancestors 'none'",
    }
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@require_POST
def letter_act(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    """One act of one person on a letter; what refuses it is said on the letter's page."""
    at = timezone.now()
    found = access.letter_for(user_of(request), pk, at=at)
    who = acts.person_for(act, found, user_of(request), at=at)
    form = form_for(act, found, request.POST, at=at)
    if form is not None and not form.is_valid():
        return letter_page(request, found, forms={act: form}, at=at)
    try:
        CALLS[act](found, form, who, at)
    except REFUSALS as refusal:
        return letter_page(request, access.letter_for(user_of(request), pk, at=at), problem=sentence(refusal), at=at)
    messages.success(request, DONE[act])
    return redirect("letter", pk=pk)


def letter_page(
    request: HttpRequest,
    found: LetterOfRequest,
    *,
    problem: str = "",
    forms: Mapping[str, Form] = MappingProxyType({}),
    at: datetime,
) -> HttpResponse:
    """The letter as a page, with the acts open to this person; 400 where it answers an act that was not done."""
    user = user_of(request)
    page = selectors.letter_page(found, on=at.date())
    offers = [
        offer
        for offer in acts.offers(found, user, user.roles_at(at), at=at)
        if (offer.name != "confirm-reference" or page.open_references)
        and (offer.name != "override-risk" or answerable(found, page.content, at=at))
    ]
    context = {
        "page": page,
        "letter": found,
        "exercise": page.shown.exercise or page.content.exercise,
        "offers": offers,
        "forms": {offer.name: forms.get(offer.name) or form_for(offer.name, found, at=at) for offer in offers},
        "missing": missing_contents(found) if found.stage == "draft" and found.kind in REQUESTS else (),
        "risks": shown_risks(found, page.content, at=at),
        "later": _sent_later(found),
        "problem": problem,
    }
    return render(request, "letters/page.html", context, status=400 if problem or forms else 200)


def _sent_later(found: LetterOfRequest) -> tuple[SentSince, ...]:
    """What units sent since the letter was drafted; nothing once it is signed, since it says what it says."""
    if found.direction == "in" or found.signed_at is not None:
        return ()
    return sent_since(found.referral, found.drafted_at)


def form_for(act: str, found: LetterOfRequest, data: Any = None, *, at: datetime) -> Form | None:
    """The form that an act wants filled in; None for an act that wants nothing."""
    if act == "sign-urgent":
        return SignUrgent(data)
    if act == "answer-preserved":
        return AnswerPreserved(data)
    if act == "override-risk":
        return OverrideRisk(answerable(found, content_of(found), at=at), data)
    if act == "confirm-reference":
        return ConfirmReference(_open_references(found), data)
    return None


def _open_references(found: LetterOfRequest) -> tuple[LegalReference, ...]:
    return selectors.open_references(content_of(found))


def _record_reading(found: LetterOfRequest, user: User, *, at: datetime) -> None:
    who = acting_in(user, access.PERMITTED[access.Action.READ], user.roles_at(at))
    with transaction.atomic():
        recording.record(Event.LETTER_READ, found, acting=who, at=at, detail={"reference": found.reference})


def _plain(name: str) -> str:
    """A file's name without anything that a header or a file system could take amiss."""
    return "".join(character if character.isalnum() and character.isascii() else "-" for character in name)
