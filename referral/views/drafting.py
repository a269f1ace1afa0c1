"""Opening a referral on an incident; beginning and writing a letter."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backend.accounts.acting import acting_in
from backend.conventions import legal_basis
from backend.conventions.catalogue import shipped
from backend.conventions.legal_basis import BasisAnswer
from backend.conventions.legal_basis.answer import Requirement
from backend.directory.models import Authority
from backend.incidents import access as incident_access
from backend.incidents.models import EvidenceItem, Incident
from backend.incidents.selectors import shown_items, standing_codes
from referral import access, acts, selectors, services
from referral.columns import content_of
from referral.composing import Draft, draft_of
from referral.forms.editing import EditDraft
from referral.forms.opening import NewLetter, OpenReferral
from referral.later import sent_on, sent_since
from referral.lifecycle import REQUESTS, LetterKind, Step, roles_for
from referral.models import LetterOfRequest, Referral
from referral.problems import REFUSALS, sentence
from referral.risks_shown import ShownRisks, fields_to_offer, notes_for, shown_risks
from referral.services.contents import bases_for
from referral.views.letters import letter_page
from referral.views.requests import user_of


@require_http_methods(["GET", "HEAD", "POST"])
def open_referral(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Which State is asked for what, and on which legal basis; then the referral is opened."""
    at, user = timezone.now(), user_of(request)
    incident = incident_access.incident_for(user, pk, action=incident_access.Action.OPEN_REFERRAL, at=at)
    form = OpenReferral(settings.COMITY.state, _given(request, "state"))
    answer = _basis(form, incident, at=at)
    if request.method == "POST" and form.is_valid():
        who = acting_in(user, access.PERMITTED[access.Action.OPEN], user.roles_at(at))
        opened = services.open_referral([incident], form.cleaned_data["state"], acting=who, at=at)
        messages.success(request, _("The referral %(reference)s is open.") % {"reference": opened.reference})
        return redirect(_beginning(opened, form.cleaned_data["measure"]))
    status = 400 if request.method == "POST" else 200
    exercise = any(line.exercise for line in selectors.referrals_of(incident))
    context = {"incident": incident, "form": form, "answer": answer, "exercise": exercise, "later": sent_on(incident)}
    return render(request, "referrals/open.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def draft_letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new letter of a referral."""
    at, user = timezone.now(), user_of(request)
    referral = access.referral_for(user, pk, at=at)
    access.require(user, access.Action.OPEN, at=at)
    if referral.direction != "out":
        raise Http404
    senders, addressees = selectors.own_authorities(), selectors.authorities_of(referral.other_state)
    form = _new_letter(request, referral, senders, addressees)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            letter = _draft(referral, form, request, at=at)
        except REFUSALS as refusal:
            problem = sentence(refusal)
        else:
            messages.success(request, _("The draft is made; write what only a person can know."))
            return redirect("edit_letter", pk=letter.pk)
    exercise = any(authority.exercise for authority in (*senders, *addressees))
    context = {"referral": referral, "form": form, "problem": problem, "exercise": exercise}
    context["later"] = sent_since(referral)
    return render(request, "letters/new.html", context, status=400 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The words of a draft."""
    at, user = timezone.now(), user_of(request)
    letter = access.letter_for(user, pk, at=at)
    who = acts.person_for("edit", letter, user, at=at)
    if letter.stage not in acts.ACTS["edit"].stages:
        return letter_page(request, letter, problem=_("Only a draft can be written on."), at=at)
    risks = shown_risks(letter, content_of(letter), at=at)
    form = _editing(letter, risks, request.POST if request.method == "POST" else None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            services.redraft_letter(letter, form.draft(), acting=who, at=at)
        except REFUSALS as refusal:
            problem = sentence(refusal)
        else:
            messages.success(request, _("The draft is saved."))
            return redirect("letter", pk=pk)
    context = {"letter": letter, "form": form, "problem": problem, "exercise": _exercise(letter)}
    later = sent_since(letter.referral, letter.drafted_at)
    context |= {"risks": risks, "notes": notes_for(form, risks), "later": later}
    return render(request, "letters/edit.html", context, status=400 if request.method == "POST" else 200)


def _given(request: HttpRequest, name: str) -> QueryDict | None:
    """What was filled in: posted, or in the address once the form was sent to see the legal basis."""
    if request.method == "POST":
        return request.POST
    return request.GET if name in request.GET else None


def _basis(form: OpenReferral, incident: Incident, *, at: datetime) -> BasisAnswer | None:
    if not form.is_bound or not form.is_valid():
        return None
    codes = [code for code in standing_codes([incident.pk]).get(incident.pk, ()) if code in shipped().offences]
    chosen = form.cleaned_data
    return legal_basis.find(
        settings.COMITY.state, chosen["state"], chosen["measure"], on=at.date(), offences=codes, catalogue=shipped()
    )


def _beginning(referral: Referral, measure: str) -> str:
    query = QueryDict(mutable=True)
    query["measure"] = measure
    return f"{reverse('draft_letter', kwargs={'pk': referral.pk})}?{query.urlencode()}"


def _new_letter(
    request: HttpRequest, referral: Referral, senders: Sequence[Authority], addressees: Sequence[Authority]
) -> NewLetter:
    items = selectors.items_to_send(referral)
    return NewLetter(
        request.POST if request.method == "POST" else None,
        initial=_initial(request, referral),
        senders=senders,
        addressees=addressees,
        items=shown_items(list(items.select_related("data_key").prefetch_related("custody").order_by("pk"))),
    )


def _initial(request: HttpRequest, referral: Referral) -> dict[str, Any]:
    """What data and incident suggest; a person changes it."""
    measure = shipped().measures.get(request.GET.get("measure", ""))
    expedited = measure is not None and measure.default_channel == "24-7"
    first, second = (_languages(state) for state in (settings.COMITY.state, referral.other_state))
    return {
        "measure": measure.id if measure else "",
        "kind": LetterKind.PRESERVATION_REQUEST if expedited else LetterKind.REQUEST,
        "authentic": first,
        "translation": second if second != first else "",
        "offences": selectors.codes_of(referral),
    }


def _languages(state: str) -> str:
    return shipped().state(state).official_languages[0]


def _draft(referral: Referral, form: NewLetter, request: HttpRequest, *, at: datetime) -> LetterOfRequest:
    chosen = form.cleaned_data
    kind = LetterKind(chosen["kind"])
    user = user_of(request)
    held = user.roles_at(at)
    # Whoever may open a referral but not draft this kind is refused by the service, in a sentence.
    entitled = roles_for(Step.DRAFT, kind).intersection(held) or access.PERMITTED[access.Action.OPEN]
    return services.draft_letter(
        referral,
        kind,
        form.draft(),
        from_authority=get_object_or_404(Authority, pk=chosen["from_authority"]),
        to_authority=get_object_or_404(Authority, pk=chosen["to_authority"]),
        evidence=_chosen_items(referral, chosen.get("evidence", ())),
        acting=acting_in(user, entitled, held),
        at=at,
    )


def _chosen_items(referral: Referral, ids: Sequence[str]) -> list[EvidenceItem]:
    found = EvidenceItem.objects.filter(incident__referrals=referral, pk__in=ids).select_related("data_key")
    return list(found.order_by("pk"))


def _editing(letter: LetterOfRequest, risks: ShownRisks | None, data: Any) -> EditDraft:
    if letter.kind not in REQUESTS:
        raise Http404
    draft = draft_of(content_of(letter))
    return EditDraft(draft, _required(letter, draft), data, offered=fields_to_offer(risks))


def _required(letter: LetterOfRequest, draft: Draft) -> list[Requirement]:
    """What basis and practice ask for; nothing where no basis is found any more, which saving then says."""
    try:
        answers = bases_for(letter, draft, at=letter.drafted_at)
    except REFUSALS:
        return []
    return list({one.field: one for answer in answers for one in answer.requirements}.values())


def _exercise(letter: LetterOfRequest) -> bool:
    return letter.from_authority.exercise or letter.to_authority.exercise
