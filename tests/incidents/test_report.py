"""The published schema is the one that reports are checked by; hostile reports are refused with the place."""

import json
import shutil
import uuid
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.conventions.catalogue import SHIPPED, Catalogue, shipped
from backend.conventions.indicators import normalised
from backend.incidents.places import Where
from backend.incidents.published import report_schema
from backend.incidents.report import MAX_REPORT_BYTES, MalformedReport, parse_report, read_again
from tests.founding import FRAUD_REPORT

PUBLISHED = Path(__file__).parents[2] / "docs" / "api" / "report.schema.json"


def test_the_published_schema_is_the_one_that_is_used() -> None:
    assert json.loads(PUBLISHED.read_text()) == report_schema()


def test_a_report_fits_the_published_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(report_schema())
    jsonschema.validate(FRAUD_REPORT, report_schema())
    assert parse_report(json.dumps(FRAUD_REPORT).encode()).title == FRAUD_REPORT["title"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 200_000, "at most|nested|not JSON|does not fit"),
        (b"null", "does not fit"),
        (b"x" * (MAX_REPORT_BYTES + 1), "at most"),
        (json.dumps({**FRAUD_REPORT, "title": "x" * 301}).encode(), "title"),
        (json.dumps({**FRAUD_REPORT, "facts": {"a": "maybe"}}).encode(), "facts"),
        (json.dumps({**FRAUD_REPORT, "where": [{"kind": "moon", "value": "x"}]}).encode(), "where"),
    ],
)
def test_what_is_no_report_is_refused_with_the_place(data: bytes, says: str) -> None:
    with pytest.raises(MalformedReport, match=says):
        parse_report(data)


@pytest.mark.parametrize("field", ["language", "Secretname", "losses", "occurred_at"])
def test_a_refusal_never_repeats_what_was_found(field: str) -> None:
    with pytest.raises(MalformedReport) as refused:
        parse_report(json.dumps({**FRAUD_REPORT, field: "Leonie Secretname"}).encode())
    assert "Secretname" not in str(refused.value)


# A report that uses every block; each line of the tables below changes one thing of it.
FULL: dict[str, Any] = FRAUD_REPORT | {
    "unit_reference": "CU/2026/118",
    "occurred_at": "2026-11-23T03:10:00-04:00",
    "occurred_until": "2026-11-23T09:00:00-04:00",
    "noticed_at": "2026-11-23T15:00:00Z",
    "victims": [{"kind": "organisation", "name": "Exampleton Trading", "state": "gd"}],
    "suspects": [{"name": "Unknown", "known_as": ["darkpanda"], "under_18": "unknown"}],
    "losses": [{"amount": "184000.00", "currency": "USD", "still_moving": "yes", "sent_to": "GB60BARC26798414021397"}],
    "where": [
        {"kind": "web", "value": "https://evil.example/pay", "ip": "203.0.113.9"},
        {"kind": "mail", "value": "a@exampleton.example", "message_id": "<1@mail.example>", "state": "cr"},
        {"kind": "chat", "value": "darkpanda", "provider": "Messenger", "room": "deals"},
        {"kind": "social-network", "value": "darkpanda", "profile": "https://social.example/darkpanda"},
        {"kind": "phone", "value": "+506 2222 0187", "imsi": "712011234567890"},
        {"kind": "bank", "value": "0012-345 67", "provider": "Banco Ejemplo", "bic": "BCRICRSJ"},
        {"kind": "wallet", "value": "4AdUndXHHZ", "chain": "monero", "transactions": ["abc"]},
        {"kind": "device", "value": "front desk", "mac": "00:1a:2b:3c:4d:5e"},
        {"kind": "network", "value": "198.51.100.0/24", "asn": 64496, "port": 443},
    ],
    "connections": [
        {
            "ip": "2001:db8::1",
            "at": "2026-11-23T03:10:00-04:00",
            "event": "sign-in",
            "port": 50211,
            "source": "Provider",
        }
    ],
    "indicators": [{"type": "sha256", "value": "ab" * 32, "at": "2026-11-23T07:10:00Z"}],
    "offences": ["illegal-access"],
    "facts": {"entered-without-right": "yes"},
}
SUPPLEMENT = {"schema": "comity/report/v1", "kind": "supplement", "of": str(uuid.uuid4()), "narrative": "More."}
RETRACTION = {"schema": "comity/report/v1", "kind": "retraction", "of": str(uuid.uuid4()), "reason": "Wrong case."}
VALUES = {"ipv4": "203.0.113.9", "ipv6": "2001:db8::1", "phone": "+50622220187", "card": "4539018827345616"}
GONE = object()
SCHEMA = jsonschema.Draft202012Validator(report_schema())


def changed(report: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with another value at `where.0.state`; without the member where the value is GONE."""
    copy = json.loads(json.dumps(report))
    *inner, last = path.split(".")
    found: Any = copy
    for name in inner:
        found = found[int(name)] if isinstance(found, list) else found[name]
    if value is GONE:
        del found[last]
    else:
        found[last] = value
    return copy


@pytest.mark.parametrize("report", [FULL, SUPPLEMENT, RETRACTION, RETRACTION | {"withdraws": str(uuid.uuid4())}])
def test_reports_of_each_kind_fit_both_schema_and_parser(report: dict[str, Any]) -> None:
    SCHEMA.validate(report)
    assert parse_report(json.dumps(report).encode()).kind == report.get("kind", "report")


@pytest.mark.parametrize(
    ("report", "path", "value", "place"),
    [
        (FULL, "where.0.kind", "moon", "$.where[0].kind"),
        (FULL, "where.0.imsi", "712011234567890", "$.where[0]"),
        (FULL, "where.5.bic", "short", "$.where[5].bic"),
        (FULL, "where.6.chain", "moon", "$.where[0].chain|$.where[6].chain"),
        (FULL, "where.7.mac", "00:1a", "$.where[7].mac"),
        (FULL, "where.8.port", 70000, "$.where[8].port"),
        (FULL, "where.1.state", "zz", "$.where[1].state"),
        (FULL, "victims.0.state", "CR", "$.victims[0].state"),
        (FULL, "suspects.0.under_18", "maybe", "$.suspects[0].under_18"),
        (FULL, "losses.0.currency", "DOLLARS", "$.losses[0].currency"),
        (FULL, "losses.0.still_moving", True, "$.losses[0].still_moving"),
        (FULL, "connections.0.event", "hacking", "$.connections[0].event"),
        (FULL, "connections.0.at", GONE, "$.connections[0]"),
        (FULL, "connections.0.port", 0, "$.connections[0].port"),
        (FULL, "indicators.0.type", "colour", "$.indicators[0].type"),
        (FULL, "offences", ["bad-manners"], "$.offences[0]"),
        (FULL, "facts", {"Leonie Secretname": "yes"}, "$.facts[...]"),
        (FULL, "title", "  ", "`title` is missing"),
        (FULL, "narrative", GONE, "`narrative` is missing"),
        (FULL, "of", str(uuid.UUID(int=1)), "no `of`"),
        (SUPPLEMENT, "of", GONE, "`of` is missing"),
        (SUPPLEMENT, "narrative", "", "adds nothing"),
        (SUPPLEMENT, "withdraws", str(uuid.UUID(int=2)), "no `withdraws`"),
        (RETRACTION, "reason", " ", "`reason` is missing"),
        (RETRACTION, "title", "x", "no `title`"),
        (RETRACTION, "kind", "deletion", "$.kind"),
    ],
)
def test_schema_and_parser_refuse_the_same_and_the_parser_names_the_place(
    report: dict[str, Any], path: str, value: Any, place: str
) -> None:
    wrong = changed(report, path, value)
    assert not SCHEMA.is_valid(wrong)
    with pytest.raises(MalformedReport) as refused:
        parse_report(json.dumps(wrong).encode())
    assert any(one in str(refused.value) for one in place.split("|"))
    assert "Secretname" not in str(refused.value)


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("occurred_at", "2026-11-23T03:10:00", "occurred_at`?: a time without a zone"),
        ("losses.0.at", "2026-11-23", "losses"),
        ("occurred_at", "0001-01-01T00:00:00+14:00", "occurred_at: the time cannot be"),
        ("connections.0.at", "9999-12-31T23:59:59-14:00", "connections.0..at: the time cannot be"),
        ("occurred_until", "2026-11-23T03:09:00-04:00", "occurred_until: the time cannot be"),
        ("connections.0.until", "2026-11-23T03:09:00-04:00", "connections.0..until: the time cannot be"),
        ("connections.0.ip", "203.0.113.999", "connections.0..ip"),
        ("connections.0.ip", "fe80::1%eth0", "connections.0..ip"),
        ("evidence", [{"id": str(uuid.UUID(int=1)), "name": "a", "media_type": "", "size": 1}] * 2, "file twice"),
    ],
)
def test_what_a_schema_cannot_say_is_refused_too(path: str, value: Any, says: str) -> None:
    with pytest.raises(MalformedReport, match=says):
        parse_report(json.dumps(changed(FULL, path, value)).encode())


def test_spaces_after_the_report_are_no_part_of_it() -> None:
    body = json.dumps(FULL).encode()
    assert parse_report(body + b" " * 5000 + b"\n") == parse_report(body)


def test_a_report_of_yesterdays_terms_is_still_read_when_they_have_left_the_data(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(SHIPPED, folder)
    terms = folder / "engine" / "report.yaml"
    terms.write_text(terms.read_text().replace("  monero:", "  monero-of-old:"))
    body = json.dumps(FULL).encode()
    with pytest.raises(MalformedReport, match="no term of the law data"):
        parse_report(body, law=Catalogue(folder))
    assert read_again(body) == parse_report(body)


def test_the_kinds_of_places_are_those_of_the_data() -> None:
    kinds = {str(kind.__struct_config__.tag) for kind in get_args(Where)}
    assert kinds == set(shipped().report_terms.places)


def test_declared_types_are_those_that_the_finders_know() -> None:
    known = {
        normalised(kind, VALUES.get(kind, "x1y2z3"), region="gd") is not None
        for kind in shipped().report_terms.indicators
    }
    assert known == {True}


@given(st.binary(max_size=400))
def test_any_bytes_are_a_report_or_refused(data: bytes) -> None:
    try:
        parse_report(data)
    except MalformedReport:
        return
