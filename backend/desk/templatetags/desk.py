"""What templates need beyond Django's own tags."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from backend.conventions.catalogue import shipped
from backend.conventions.classification.sentences import SENTENCES
from backend.desk.pages.stored import Notice
from backend.incidents import access, reasons
from backend.incidents.models import Incident
from backend.incidents.sentences import Sentences
from referral import words
from referral.forms.fields import in_language
from referral.services.references import reference_label

SIGNS = {
    "same-narrative": _("The narratives are the same, or nearly so."),
    "like-narrative": _("The narratives have long pieces in common."),
    "same-indicators": _("They have most of their indicators in common."),
    "same-loss": _("They name the same loss."),
    "same-day": _("They happened on the same day."),
}
# How custody and releases store where an item was and went; the exact name stays, it is what the log has.
WHEREABOUTS = {
    "person": _("the person %(name)s"),
    "node": _("the node %(name)s"),
    "device": _("the device %(name)s"),
}
_NOTICES = Sentences(SENTENCES)
register = template.Library()
_UNITS = ("bytes", "KB", "MB", "GB", "TB")


@register.filter
def word(value: str, group: str) -> Any:
    """The words of a stage, kind, role, …: {{ letter.stage|word:"stage" }}."""
    return words.word(str(value), group)


@register.filter
def whereabouts(value: str) -> str:
    """In words where an evidence item came from or went to: a stored ``person …``, ``node …`` or ``device …``."""
    kind, _space, name = value.partition(" ")
    return WHEREABOUTS[kind] % {"name": name} if kind in WHEREABOUTS else value


@register.filter
def why_set_aside(value: str) -> str:
    """The reason of a quarantine in the language of the page."""
    return reasons.shown(value)


@register.simple_tag(takes_context=True)
def incident_link(context: Mapping[str, Any], incident: Incident, place: str = "") -> str:
    """The reference of an incident: a link to it for whoever may read it, and to a place of its page."""
    if not access.may(context["request"].user, access.Action.READ, at=timezone.now()):
        return incident.reference
    return format_html('<a href="{}{}">{}</a>', reverse("incident", args=[incident.pk]), place, incident.reference)


@register.filter
def instant(value: datetime | None) -> str:
    """An instant in UTC, to the minute, and saying so."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if value else ""


@register.filter
def day(value: date | None) -> str:
    """A day, year first."""
    return f"{value:%Y-%m-%d}" if value else ""


@register.filter
def octets(value: int) -> str:
    """A size in decimal units; bytes below a kilobyte."""
    if value < 1000:
        return ngettext("%(n)d byte", "%(n)d bytes", value) % {"n": value}
    size, unit = float(value), 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.1f} {_UNITS[unit]}"


@register.filter
def state_name(code: str) -> str:
    """A State by its name; its code where the data do not know it."""
    law = shipped()
    return in_language(law.state(code).name) if code in law.state_codes else code.upper()


@register.filter
def sign(value: str) -> Any:
    """What speaks for two incidents being reports of one thing."""
    return SIGNS.get(value, value)


@register.filter
def measure_name(measure_id: str) -> str:
    """A measure by its label."""
    found = shipped().measures.get(measure_id)
    return in_language(found.label) if found else measure_id


@register.filter
def offence_name(code: str) -> str:
    """An offence of the common list by its label."""
    found = shipped().offences.get(code)
    return in_language(found.label) if found else code


@register.filter
def notice(warning: Notice) -> str:
    """What the engine has to say, in the language of the page, with the offence by its label."""
    return _NOTICES.shown(warning.text, offence=f"“{offence_name(warning.offence)}”" if warning.offence else "")


@register.simple_tag
def codes_named(codes: Sequence[str], nothing: str) -> str:
    """Offences by their labels, in one line; the word for none where there are none."""
    return ", ".join(map(offence_name, codes)) or nothing


@register.filter
def reference_name(reference: Any) -> str:
    """How a reference is named in its confirmation."""
    return reference_label(reference)


@register.filter
def item(mapping: Mapping[str, Any], key: str) -> Any:
    """The value under a key; None where there is none."""
    return mapping.get(key)


@register.filter
def cut_hex(value: str) -> str:
    """A digest in groups of eight, for people who compare."""
    return " ".join(value[start : start + 8] for start in range(0, len(value), 8))
