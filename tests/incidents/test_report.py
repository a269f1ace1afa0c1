"""The published schema is the one that reports are checked by; hostile reports are refused with the place."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.incidents.published import report_schema
from backend.incidents.report import MAX_REPORT_BYTES, MalformedReport, parse_report
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


@given(st.binary(max_size=400))
def test_any_bytes_are_a_report_or_refused(data: bytes) -> None:
    try:
        parse_report(data)
    except MalformedReport:
        return
