"""Looking an indicator up: which incidents have it. What was asked is counted and on record, its value kept nowhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from backend.audit.recording import NewEvent
from backend.conventions.catalogue import shipped
from backend.conventions.indicators import extract, normalised
from backend.incidents import access
from backend.incidents.columns import opened
from backend.incidents.models import Incident, Indicator, LookUp
from backend.vault.columns import OpenDataKey, open_data_keys
from backend.vault.tokens import tokens_to_look_up

# Incidents shown at once, the latest that came to have the indicator first.
PAGE = 25
# What one question may hold, in characters and in indicators.
LONGEST, MOST_ASKED = 2000, 10
EARLIER = 5


class NotUnderstood(Exception):
    """Nothing was looked up; the sentence says why and what to do."""


@dataclass(frozen=True)
class Question:
    """What a person asks for: of a type, or whatever indicators the text holds. `older` goes on where a page ended."""

    text: str
    type: str | None = None
    older: int | None = None


@dataclass(frozen=True)
class Hit:
    """An incident that has the indicator; `title` is None where the incident was erased."""

    incident: Incident
    title: str | None


@dataclass(frozen=True)
class Answer:
    """The incidents that have an indicator; `older` asks for more, None where there are none.

    `common` is a site that everybody uses, which is not indexed. `earlier` are the last who looked it up.
    """

    type: str
    value: str
    common: bool = False
    hits: tuple[Hit, ...] = ()
    older: int | None = None
    earlier: tuple[LookUp, ...] = ()


def look_up(question: Question, *, acting: Person, at: datetime) -> tuple[Answer, ...]:
    """Find the incidents that the person may read, for each indicator of the question; goes on record.

    Raises NotUnderstood, AskedTooOften, and Http404 without the right. However many incidents have an indicator, PAGE
    + 1 rows of it are read.
    """
    access.require(acting.user, access.Action.LOOK_UP, at=at)
    asked = indicators_in(question)
    with transaction.atomic():
        tokens = tokens_to_look_up(asked, acting=acting, at=at)
        answers = [
            _answer(kind, value, token, question.older, acting=acting, at=at)
            for (kind, value), token in zip(asked, tokens, strict=True)
        ]
        _record(answers, tokens, acting=acting, at=at)
    return tuple(answers)


def indicators_in(question: Question) -> list[tuple[str, str]]:
    """Type and normalised value of each indicator that is asked for; raises NotUnderstood."""
    text = question.text.strip()
    if not text or len(text) > LONGEST:
        raise NotUnderstood(
            _("The text has %(got)d characters; write an indicator, at most %(most)d characters.")
            % {"got": len(text), "most": LONGEST}
        )
    if question.type is None:
        found = [(one.type, one.value) for one in extract(text, region=settings.COMITY.state)]
        sentence = _("No indicator was recognised; choose its type, or write it as a report would.")
    elif question.type not in shipped().report_terms.indicators:
        raise NotUnderstood(_("The type is none of those that are offered; choose one of them, or none."))
    else:
        one = normalised(question.type, text, region=settings.COMITY.state)
        found = [one] if one else []
        sentence = _("This is no indicator of that type; look at it again, or choose another type.")
    asked = list(dict.fromkeys(found))
    if not asked:
        raise NotUnderstood(sentence)
    most = MOST_ASKED if question.older is None else 1
    if len(asked) > most:
        raise NotUnderstood(
            _("The text has %(got)d indicators; look up at most %(most)d at once.") % {"got": len(asked), "most": most}
        )
    return asked


def _answer(kind: str, value: str, token: bytes | None, older: int | None, *, acting: Person, at: datetime) -> Answer:
    if token is None:
        return Answer(kind, value, common=True)
    visible = access.visible_incidents(acting.user, at=at)
    rows = Indicator.objects.filter(token=token, incident__in=visible.values("pk"))
    if older is not None:
        rows = rows.filter(pk__lt=older)
    found = list(rows.order_by("-pk").values_list("pk", "incident_id")[: PAGE + 1])
    shown = found[:PAGE]
    earlier = LookUp.objects.filter(token=token).exclude(by=acting.user).select_related("by").order_by("-at")
    return Answer(
        kind,
        value,
        hits=hits_for([incident for _, incident in shown]),
        older=shown[-1][0] if len(found) > PAGE else None,
        earlier=tuple(earlier[:EARLIER]),
    )


def hits_for(incidents: Sequence[object]) -> tuple[Hit, ...]:
    """The incidents with their titles, each once, in this order; the caller saw to it that the person may read them."""
    # What a line shows, and no more.
    shown = Incident.objects.select_related("unit", "data_key").only(
        "reference", "received_at", "title_ct", "unit__name", "data_key"
    )
    rows = shown.in_bulk(incidents)
    keys = open_data_keys(row.data_key for row in rows.values())
    return tuple(Hit(rows[pk], _title(rows[pk], keys)) for pk in dict.fromkeys(incidents) if pk in rows)


def _title(incident: Incident, keys: Mapping[UUID, OpenDataKey]) -> str | None:
    key = keys.get(incident.data_key_id)
    return None if key is None else opened(key, incident, "title_ct").decode()


def _record(answers: Sequence[Answer], tokens: Sequence[bytes | None], *, acting: Person, at: datetime) -> None:
    rows = [
        LookUp(type=answer.type, token=token, found=len(answer.hits), at=at, by=acting.user)
        for answer, token in zip(answers, tokens, strict=True)
        if token is not None
    ]
    LookUp.objects.bulk_create(rows)
    # The log is for ever and the row is not: of the indicator itself only the row has the token.
    told = [NewEvent(Event.INDICATOR_LOOKED_UP, row, acting, {"type": row.type, "found": row.found}) for row in rows]
    recording.record_all(told, at=at)
