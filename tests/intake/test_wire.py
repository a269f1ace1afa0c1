"""The forms of the outer headers: exactly one text for each value, everything else a ValueError."""

import uuid
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.intake import models, storing, wire


@given(st.binary(min_size=32, max_size=32))
def test_a_digest_reads_as_it_was_written(digest: bytes) -> None:
    assert wire.parse_digest(wire.format_digest(digest)) == digest


@given(st.uuids())
def test_an_id_reads_as_it_was_written(submission: uuid.UUID) -> None:
    assert wire.parse_id(wire.format_id(submission)) == submission


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (wire.parse_digest, "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=:"),
        (wire.parse_digest, "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:, sha-512=:AA==:"),
        (wire.parse_digest, "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\n"),
        (wire.parse_id, '"8D3BF4C5-95F5-4B18-9D5C-2B0A4A4B6C2A"'),
        (wire.parse_id, '"8d3bf4c595f54b189d5c2b0a4a4b6c2a"'),
        (wire.parse_id, '"8d3bf4c5-95f5-4b18-9d5c-2b0a4a4b6c2a"\n'),
        (wire.parse_key_id, "0123456789ABCDEF"),
        (wire.parse_key_id, "0123456789abcdef0"),
        (wire.parse_key_id, "0123456789abcdef\n"),
    ],
)
def test_another_text_for_the_same_value_is_refused(parse: Callable[[str], object], text: str) -> None:
    with pytest.raises(ValueError, match="not"):
        parse(text)


@given(st.text())
def test_any_text_reads_or_is_refused(text: str) -> None:
    for parse in (wire.parse_digest, wire.parse_id, wire.parse_key_id):
        try:
            parse(text)
        except ValueError:
            continue


def test_one_number_says_what_goes_into_the_row() -> None:
    assert storing.MAX_IN_ROW == models.MAX_IN_ROW
