"""Terms of a report in the language of the page."""

from datetime import UTC, datetime
from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from backend.conventions.catalogue import shipped
from backend.incidents.places import Place
from referral.forms.fields import in_language

ANSWERS = {"yes": _("Yes"), "no": _("No"), "unknown": _("Not known")}
# Members of a place beyond those that every place has, in this order.
MEMBERS = {
    "ip": _("IP address"),
    "message_id": _("Message-ID"),
    "account_id": _("Account number"),
    "room": _("Group or channel"),
    "profile": _("Profile"),
    "imei": _("IMEI"),
    "imsi": _("IMSI"),
    "holder": _("Holder"),
    "bic": _("BIC"),
    "chain": _("Chain"),
    "transactions": _("Transactions"),
    "mac": _("MAC address"),
    "model": _("Model"),
    "port": _("Port"),
    "asn": _("Autonomous system"),
}
register = template.Library()


@register.filter
def term(value: str, vocabulary: str) -> str:
    """A term of a closed vocabulary by its label: {{ place.kind|term:"places" }}; itself where the data know it not."""
    label = getattr(shipped().report_terms, vocabulary).get(value)
    return in_language(label) if label else value


@register.filter
def instant_exact(value: datetime | None) -> str:
    """An instant in UTC to the second, as a provider needs it to tell who had an address."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if value else ""


@register.filter
def details(place: Place) -> list[tuple[Any, str]]:
    """What is known of a place besides what every place has: names and values."""
    found = []
    for name, label in MEMBERS.items():
        value = getattr(place, name, None)
        if value:
            shown = term(value, "chains") if name == "chain" else value
            found.append((label, ", ".join(shown) if isinstance(shown, list) else str(shown)))
    return found


@register.filter
def answer(value: str) -> Any:
    """Yes, no, or not known."""
    return ANSWERS.get(value, value)


@register.filter
def question(fact: str) -> str:
    """A question of the law data in the language of the page; its name where the data know it no more."""
    found = shipped().facts.get(fact)
    return in_language(found.question) if found else fact
