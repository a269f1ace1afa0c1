"""What every page shows: where the person may go, and which node this is."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Role
from backend.conventions.catalogue import shipped
from backend.desk.signin.session import has_factor
from backend.incidents import access as incidents
from referral import access as referrals


@dataclass(frozen=True)
class Place:
    """A page of the navigation, and who may see it."""

    name: str
    label: Any
    roles: frozenset[Role]


PLACES = (
    Place("start", _("Start"), frozenset(Role)),
    Place("incidents", _("Incidents"), incidents.PERMITTED[incidents.Action.LIST]),
    Place("evidence", _("Evidence"), incidents.PERMITTED[incidents.Action.SEE_EVIDENCE]),
    Place("lookup", _("Look up"), incidents.PERMITTED[incidents.Action.LOOK_UP]),
    Place("referrals", _("Referrals"), referrals.PERMITTED[referrals.Action.LIST]),
    Place("inbox", _("Received letters"), referrals.PERMITTED[referrals.Action.SEE_INBOX]),
    Place("quarantine", _("Quarantine"), incidents.PERMITTED[incidents.Action.SEE_QUARANTINE]),
    Place("retention", _("Retention"), incidents.PERMITTED[incidents.Action.SEE_RETENTION]),
    Place("law_sources", _("Law"), referrals.PERMITTED[referrals.Action.SEE_LAW]),
    Place("directory", _("Directory"), referrals.PERMITTED[referrals.Action.SEE_DIRECTORY]),
    Place("audit", _("Audit log"), referrals.PERMITTED[referrals.Action.SEE_LOG]),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The places open to the person, the page asked for being current; none before sign-in is complete."""
    context: dict[str, Any] = {
        "node": settings.COMITY.node,
        "state_name": shipped().state(settings.COMITY.state).name.in_language(settings.LANGUAGE_CODE),
        "places": [],
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.must_change_password or not has_factor(request):
        return context
    held = user.roles_at(timezone.now())
    here = request.resolver_match.url_name if request.resolver_match else None
    context["places"] = [
        {"label": place.label, "href": reverse(place.name), "current": place.name == here}
        for place in PLACES
        if place.name == "start" or place.roles & held
    ]
    context["signed_in"] = True
    return context
