"""The shapes of the desk's API, for its description: those of `comity classify`. Answers may get further keys."""

from typing import Any

from django.db.models import BigIntegerField
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from backend.incidents.looking_up import LONGEST

Object = dict[str, Any]


def _text(**more: Any) -> Object:
    return {"type": "string", **more}


def _list(items: Object, **more: Any) -> Object:
    return {"type": "array", "items": items, **more}


def _object(properties: Object, *, required: tuple[str, ...] = (), **more: Any) -> Object:
    """An object with these properties, all required where none are named."""
    return {"type": "object", "properties": properties, "required": list(required or properties), **more}


def _optional(schema: Object) -> Object:
    return {"anyOf": [schema, {"type": "null"}]}


TOKEN = OpenApiParameter("X-CSRFToken", str, OpenApiParameter.HEADER, True, "The token of a page of the same session.")
SPANS = _list(
    {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 2, "maxItems": 2},
    description="[start, end) in code points of the narrative",
)
NARRATIVE = _object(
    {
        "narrative": _text(description="What happened, in English, Spanish, French or Dutch, or several of them"),
        "id": {"type": ["string", "integer", "null"], "description": "Given back in the answer"},
        "lang": {"type": ["string", "null"], "maxLength": 10, "description": "Left out, it is detected"},
        "facts": {
            "type": ["object", "null"],
            "maxProperties": 200,
            "additionalProperties": {"enum": ["yes", "no", "unknown"]},
            "description": "Questions of facts.yaml by id, and their answers",
        },
        "states": {
            "type": ["array", "null"],
            "items": _text(maxLength=10),
            "maxItems": 60,
            "description": "States whose statutes are looked up; telephone numbers are read as those of the first",
        },
    },
    required=("narrative",),
    additionalProperties=False,
)
ELEMENT = _object(
    {
        "id": _text(),
        "text": _text(),
        "kind": _text(),
        "required": {"type": "boolean"},
        "standing": {"enum": ["established", "indicated", "contradicted", "open"]},
        "spans": SPANS,
        "denied_spans": SPANS,
        "facts": _list(_text()),
    }
)
ARTICLE = _object({"instrument": _text(), "ref": _text(), "title": _text(), "verified": {"type": "boolean"}})
SECTION = _object(
    {
        "state": _text(),
        "ref": _optional(_text()),
        "title": _text(),
        "max_years": _optional({"type": "integer"}),
        "verified": {"type": "boolean"},
        "doubtful": {"type": "boolean"},
    }
)
QUESTION = _object({"text": _object({"en": _text()})}, description="The question whose answer tells most")
OFFENCE = _object(
    {
        "code": _text(),
        "label": _text(),
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "articles": _list(ARTICLE),
        "sections": _list(SECTION),
        "elements": _list(ELEMENT),
        "next_question": _optional(QUESTION),
        "crosswalk": {"type": "object", "description": "Classes of incident taxonomies and crime statistics"},
    },
    required=("code", "label", "score", "articles", "sections", "elements"),
)
INDICATOR = _object(
    {
        "type": _text(),
        "value": _text(),
        "span": {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 2, "maxItems": 2},
    }
)
NOTICE = _object({"code": _text(), "text": _text(), "offence": _optional(_text())})
CLASSIFICATION = _object(
    {
        "id": {"type": ["string", "integer", "null"]},
        "languages": _list(_text()),
        "codes": _list(_text(), description="Common offence codes, best first; empty where nothing is found"),
        "indicators": _list(INDICATOR),
        "offences": _list(OFFENCE),
        "warnings": _list(NOTICE),
        "next_question": _optional(QUESTION),
    },
    required=("id", "languages", "codes", "indicators", "offences", "warnings"),
)
PROBLEM = _object(
    {"type": _text(format="uri"), "title": _text(), "status": {"type": "integer"}, "detail": _text()},
    description="RFC 9457. Types are urn:comity:problem:… and do not change.",
)


def problems(*statuses: str) -> dict[Any, OpenApiResponse]:
    """A refusal for each status."""
    return {(int(status), "application/problem+json"): OpenApiResponse(PROBLEM, "Refused") for status in statuses}


QUESTION_ASKED = _object(
    {
        "value": _text(maxLength=LONGEST, description="An indicator, or a text with up to ten"),
        "type": {"type": ["string", "null"], "maxLength": 60, "description": "Left out, it is recognised"},
        "older": {
            "type": ["integer", "null"],
            "minimum": 1,
            "maximum": BigIntegerField.MAX_BIGINT,
            "description": "Of an answer",
        },
    },
    required=("value",),
    additionalProperties=False,
)
FOUND = _object(
    {
        "id": _text(format="uuid"),
        "reference": _text(),
        "title": _optional(_text()),
        "unit": _text(),
        "received_at": _text(format="date-time"),
    },
    description="The title of an erased incident is null",
)
LOOKED_UP = _object(
    {
        "indicators": _list(
            _object(
                {
                    "type": _text(),
                    "value": _text(description="Normalised"),
                    "common": {"type": "boolean", "description": "A site that everybody uses, which is not indexed"},
                    "incidents": _list(FOUND),
                    "older": _optional({"type": "integer", "description": "Send it for those that follow"}),
                }
            )
        )
    }
)
