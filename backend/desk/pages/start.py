"""The start page: what waits for this person, in the roles that they hold."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from backend.directory.models import Node
from backend.incidents import access
from backend.incidents.models import Incident
from backend.incidents.releasing import releases_for_another
from backend.intake.models import Submission
from referral.views.requests import user_of
from referral.waiting import waiting_for


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Lists that are not empty, counts, and nothing else."""
    at, user = timezone.now(), user_of(request)
    held = user.roles_at(at)
    lists = tuple(waiting_for(user, held, at=at))
    context = {
        "lists": lists,
        "exercise": any(letter.exercise for one in lists for letter in one.letters),
        "roles": sorted(held),
        "new_incidents": _without_referral() if access.PERMITTED[access.Action.OPEN_REFERRAL] & held else 0,
        "quarantined": _quarantined() if access.PERMITTED[access.Action.SEE_QUARANTINE] & held else 0,
        "releases": releases_for_another(user) if access.PERMITTED[access.Action.DECIDE_RELEASE] & held else 0,
        "unconfirmed": _unconfirmed() if "administrator" in held else 0,
    }
    return render(request, "start.html", context)


def _without_referral() -> int:
    return Incident.objects.filter(referrals=None, data_key__destroyed_at=None).count()


def _quarantined() -> int:
    return Submission.objects.filter(stage=Submission.Stage.QUARANTINED).count()


def _unconfirmed() -> int:
    return Node.objects.filter(own=False, confirmed_at=None, revoked_at=None).count()
