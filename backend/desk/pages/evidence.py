"""Evidence: the list, the page of one item, reading it, and the release of sensitive material by two persons.

Content leaves as a download of unnamed bytes: no browser shows, runs or guesses at it, and the node decodes nothing.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.acting import acting_in
from backend.accounts.models import User
from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from backend.desk.pages.evidence_forms import DecideRelease, ProposeRelease, Read
from backend.incidents import access, custody, evidence_shown, parties, releasing
from backend.incidents.access import PERMITTED, Action
from backend.incidents.models import EvidenceItem, Release
from referral.selectors import letters_awaiting
from referral.views.requests import page_of, paging, user_of

# Even a browser that shows what it should save runs nothing of it and gives it no origin.
INERT = "default-src 'none'; sandbox; frame-ancestors 'none'"


@require_safe
def evidence_list(request: HttpRequest) -> HttpResponse:
    """The items, those received last first, and the releases that wait for a second person."""
    at, page, user = timezone.now(), page_of(request), user_of(request)
    items = evidence_shown.evidence_list(user, at=at, page=page)
    waiting = evidence_shown.releases_to_decide(user, at=at)
    more = paging(page, len(items), full=evidence_shown.PAGE)
    return render(request, "evidence/list.html", {"items": items, "waiting": waiting} | more)


@require_safe
def item(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One item: what it is, who had it, and what the person may do with it; that it was looked at goes on record."""
    at = timezone.now()
    return _page(request, access.evidence_for(user_of(request), pk, at=at), at=at)


@require_POST
def read(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The content as a download, once for a purpose that is on record."""
    at, user = timezone.now(), user_of(request)
    found = access.evidence_for(user, pk, action=Action.READ_EVIDENCE, at=at)
    form = Read(request.POST)
    if not form.is_valid():
        return _page(request, found, form=form, at=at)
    try:
        content = custody.read_content(found, **form.cleaned_data, acting=_who(user, Action.READ_EVIDENCE, at), at=at)
    except custody.NotHanded as refusal:
        return _page(request, found, form=form, problem=str(refusal), at=at)
    return _download(found, content)


@require_POST
def propose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Propose the release of a sensitive item to a node with a letter, or to oneself."""
    at, user = timezone.now(), user_of(request)
    found = access.evidence_for(user, pk, action=Action.PROPOSE_RELEASE, at=at)
    form = _proposal(found, request.POST)
    if not form.is_valid():
        return _page(request, found, form=form, at=at)
    who = _who(user, Action.PROPOSE_RELEASE, at)
    went_to, letter = form.destination(who)
    try:
        releasing.propose_release(found, went_to, form.cleaned_data["basis"], letter=letter, acting=who, at=at)
    except releasing.NotReleased as refusal:
        return _page(request, found, form=form, problem=str(refusal), at=at)
    messages.success(request, gettext("The release is proposed; another person decides on it."))
    return redirect("evidence_item", pk=pk)


@require_POST
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Approve or refuse what another person proposed."""
    at, user = timezone.now(), user_of(request)
    found = access.release_for(user, pk, at=at)
    form = DecideRelease(request.POST)
    if not form.is_valid():
        return _page(request, found.item, form=form, about=found.pk, at=at)
    who = _who(user, Action.DECIDE_RELEASE, at)
    try:
        decision = releasing.decide_release(found, **form.cleaned_data, acting=who, at=at)
    except releasing.NotReleased as refusal:
        return _page(request, found.item, form=form, about=found.pk, problem=str(refusal), at=at)
    approved = decision.outcome == releasing.Outcome.APPROVED
    messages.success(request, gettext("The release is approved.") if approved else gettext("The release is refused."))
    return redirect("evidence_item", pk=found.item_id)


def _download(found: EvidenceItem, content: Iterator[bytes]) -> StreamingHttpResponse:
    """Bytes to be saved, under a name of ours: the sender's name could say anything, an ending above all."""
    answer = StreamingHttpResponse(content, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="evidence-{found.id}.bin"'
    answer["Content-Length"] = str(found.size)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = INERT
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _page(
    request: HttpRequest,
    found: EvidenceItem,
    *,
    form: forms.Form | None = None,
    about: UUID | None = None,
    problem: str = "",
    at: datetime,
) -> HttpResponse:
    """The item as a page; 400 where it answers what was not done. ``about`` is the release that ``form`` is for."""
    user = user_of(request)
    _record_showing(found, user, at=at)
    page = evidence_shown.item_page(found)
    context = {
        "page": page,
        "form": form,
        "problem": problem,
        "read": form if isinstance(form, Read) else Read(),
        "propose": form if isinstance(form, ProposeRelease) else _proposal(found),
        "releases": [
            (one, _deciding(one.release, user, form if one.release.pk == about else None)) for one in page.releases
        ],
        "may": _may(found, user, erased=page.erased, at=at),
    }
    return render(request, "evidence/item.html", context, status=400 if form is not None else 200)


def _deciding(release: Release, user: User, filled: Any) -> DecideRelease | None:
    """The form by which the person decides; None for who proposed the release or would get the material."""
    if not releasing.is_another(release, user):
        return None
    return filled or DecideRelease(auto_id=f"{release.pk}-%s")


def _may(found: EvidenceItem, user: User, *, erased: bool, at: datetime) -> dict[str, Any]:
    """What the person can do now; the services decide again."""
    here = found.stage == EvidenceItem.Stage.RECEIVED and not erased
    reads = here and access.may(user, Action.READ_EVIDENCE, at=at)
    to_me = parties.person(user.username)
    return {
        # What readers and deciders wrote, and the incident: not for a registrar, who sees what went with a letter.
        "words": access.may(user, Action.SEE_EVIDENCE, at=at),
        "read": reads and (not found.sensitive or releasing.release_for(found, to_me, "", at=at) is not None),
        "propose": here and found.sensitive and access.may(user, Action.PROPOSE_RELEASE, at=at),
        "decide": here and access.may(user, Action.DECIDE_RELEASE, at=at),
    }


def _proposal(found: EvidenceItem, data: Any = None) -> ProposeRelease:
    return ProposeRelease([(row.reference, row.addressee_node_id) for row in letters_awaiting(found)], data)


def _who(user: User, action: Action, at: datetime) -> Person:
    return acting_in(user, PERMITTED[action], user.roles_at(at))


def _record_showing(found: EvidenceItem, user: User, *, at: datetime) -> None:
    roles = user.roles_at(at)
    who = acting_in(user, roles, roles)
    with transaction.atomic():
        recording.record(Event.EVIDENCE_SHOWN, found, acting=who, at=at)
