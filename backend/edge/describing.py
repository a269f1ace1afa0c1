"""What the parts of the description in OpenAPI have in common."""

from typing import Any

Object = dict[str, Any]

PROBLEM = "application/problem+json"
RECEIPT = "text/plain"
UUID_TEXT = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def submission_in_path() -> Object:
    """The id of a submission as a part of the path."""
    schema = {"type": "string", "pattern": f"^{UUID_TEXT}$"}
    return {"name": "submission", "in": "path", "required": True, "schema": schema}


def header(name: str, text: str, pattern: str) -> Object:
    """A header of a request, which has to be there."""
    title = "-".join(part.capitalize() for part in name.split("-"))
    schema = {"type": "string", "pattern": pattern}
    return {"name": title, "in": "header", "required": True, "description": text, "schema": schema}


def receipt_answer(text: str) -> Object:
    """An answer whose body is a receipt."""
    return {"description": f"{text}, a C2SP tlog-proof", "content": {RECEIPT: {"schema": {"type": "string"}}}}


def problems(*statuses: str) -> Object:
    """The refusals with these statuses, and that for asking too often, which may come from any address."""
    schema = {"$ref": "#/components/schemas/Problem"}
    refused = {"description": "Refused", "content": {PROBLEM: {"schema": schema}}}
    return dict.fromkeys(sorted({*statuses, "429"}), refused)
