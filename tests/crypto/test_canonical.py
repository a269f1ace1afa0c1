"""Canonical JSON: one value, one sequence of bytes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.canonical import MAX_INTEGER, canonical_json, parse_canonical
from crypto.errors import MalformedDocument
from tests.crypto.vectors import load

VECTORS = load("canonical-json")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=30,
)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["canonical"][:20])
def test_a_value_has_this_canonical_form(case: dict[str, Any]):
    data = case["canonical"].encode()

    assert canonical_json(case["value"]) == data
    assert parse_canonical(data, max_bytes=1000) == case["value"]


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["why"])
def test_what_is_not_canonical_is_refused(case: dict[str, str]):
    with pytest.raises(MalformedDocument):
        parse_canonical(case["text"].encode(), max_bytes=1000)


@given(value=VALUES)
def test_parse_after_write_is_the_identity(value: Any):
    data = canonical_json(value)

    assert parse_canonical(data, max_bytes=100_000) == value
    assert canonical_json(parse_canonical(data, max_bytes=100_000)) == data


@given(data=st.binary(max_size=100))
def test_bytes_are_refused_or_exactly_canonical(data: bytes):
    try:
        value = parse_canonical(data, max_bytes=100)
    except MalformedDocument:
        return
    assert canonical_json(value) == data


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        float("inf"),
        MAX_INTEGER + 1,
        -MAX_INTEGER - 1,
        b"bytes",
        {1: "a"},
        {None: 1},
        "\ud800",
        {1, 2},
    ],
    ids=repr,
)
def test_values_without_a_canonical_form_are_refused(value: Any):
    with pytest.raises(MalformedDocument):
        canonical_json({"value": value} if not isinstance(value, dict) else value)


def test_size_and_depth_are_bounded():
    assert parse_canonical(b"[" * 32 + b"]" * 32, max_bytes=64)
    for data, limit in (
        (b"[" * 33 + b"]" * 33, 66),
        (b"[1,2]", 4),
        (b"[" * 100_000, 100_000),
        (b"9" * 100_000, 100_000),
    ):
        with pytest.raises(MalformedDocument):
            parse_canonical(data, max_bytes=limit)
    deep: Any = []
    for _ in range(32):
        deep = [deep]
    with pytest.raises(MalformedDocument):
        canonical_json(deep)


def test_an_error_does_not_show_the_document():
    with pytest.raises(MalformedDocument) as caught:
        parse_canonical(b'{"name": "Anna Example"}', max_bytes=100)

    assert "Anna" not in f"{caught.value} {caught.value.__cause__}"
