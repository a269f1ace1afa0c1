"""Lists: referrals, received letters, and the page of one referral."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from referral import access, selectors
from referral.later import sent_since
from referral.letters.kinds import REQUESTS
from referral.views.requests import page_of, paging, user_of


@require_safe
def referral_list(request: HttpRequest) -> HttpResponse:
    """The referrals, newest first."""
    page = page_of(request)
    lines = selectors.referral_list(user_of(request), at=timezone.now(), page=page)
    context = {"lines": lines, "exercise": any(line.exercise for line in lines)}
    return render(request, "referrals/list.html", context | paging(page, len(lines), full=selectors.PAGE))


@require_safe
def referral(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One referral with its letters."""
    at, user = timezone.now(), user_of(request)
    found = access.referral_for(user, pk, at=at)
    page = selectors.referral_page(found, on=at.date())
    may_draft = found.direction == "out" and access.may(user, access.Action.OPEN, at=at)
    context = {"page": page, "exercise": page.exercise, "may_draft": may_draft, "requests": REQUESTS}
    context["later"] = sent_since(found)
    return render(request, "referrals/page.html", context)


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The letters received from other nodes."""
    page = page_of(request)
    letters = selectors.inbox(user_of(request), at=timezone.now(), page=page)
    context = {"letters": letters, "exercise": any(letter.exercise for letter in letters)}
    return render(request, "letters/inbox.html", context | paging(page, len(letters), full=selectors.PAGE))
