"""The JSON Schema (2020-12) of a report, as published in docs/api/report.schema.json."""

from typing import Any

import msgspec

from backend.conventions.catalogue import Catalogue, shipped
from backend.incidents.blocks import VOCABULARY
from backend.incidents.report import CONTENT, SCHEMA, Report


def report_schema(law: Catalogue | None = None) -> dict[str, Any]:
    """The schema of the types, with the closed vocabularies that the law data have and the rules of each kind."""
    law = law or shipped()
    named = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:{SCHEMA.replace('/', ':')}"}
    schema: dict[str, Any] = {**named, **msgspec.json.schema(Report)}
    used: set[str] = set()
    _refer(schema, used)
    report = schema["$defs"]["Report"]
    for name in sorted(used):
        schema["$defs"][name] = {"enum": sorted(getattr(law.report_terms, name))}
    report["properties"]["facts"]["propertyNames"] = {"enum": list(law.facts)}
    report["properties"]["offences"]["items"] = {"enum": list(law.offences)}
    report["allOf"] = _kinds()
    return schema


def _refer(node: Any, used: set[str]) -> None:
    """Where the types name a list of the data, refer to its definition; which lists that were."""
    if isinstance(node, list):
        for child in node:
            _refer(child, used)
    if not isinstance(node, dict):
        return
    for child in node.values():
        _refer(child, used)
    if isinstance(node.get(VOCABULARY), str):
        used.add(node[VOCABULARY])
        reference = {"$ref": f"#/$defs/{node[VOCABULARY]}"}
        node.clear()
        node.update(reference)


def _kinds() -> list[dict[str, Any]]:
    """What a supplement and a retraction must and must not have; any other is a first report."""
    words = {"type": "string", "pattern": r"\S"}
    absent = dict.fromkeys(("of", "withdraws"), {"type": "null"})
    empty: dict[str, Any] = {"enum": [None, "", [], {}]}
    first = {"properties": {"title": words, "narrative": words, **absent}, "required": ["title", "narrative"]}
    supplement = {
        "properties": {"of": {"type": "string"}, "withdraws": {"type": "null"}},
        "required": ["of"],
        "anyOf": [{"properties": {name: {"not": empty}}, "required": [name]} for name in CONTENT],
    }
    retraction = {
        "properties": {"of": {"type": "string"}, "reason": words, **dict.fromkeys(CONTENT, empty)},
        "required": ["of", "reason"],
    }
    return [_when("supplement", supplement), _when("retraction", retraction), _unless_named(first)]


def _when(kind: str, then: dict[str, Any]) -> dict[str, Any]:
    return {"if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]}, "then": then}


def _unless_named(then: dict[str, Any]) -> dict[str, Any]:
    later = {"properties": {"kind": {"enum": ["supplement", "retraction"]}}, "required": ["kind"]}
    return {"if": {"not": later}, "then": then}
