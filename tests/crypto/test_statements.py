"""Signed statements: of the expected type, by the expected key, unchanged; or refused."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.canonical import canonical_json
from crypto.errors import CryptoError, InvalidSignature, MalformedDocument
from crypto.keyholder.signing import SigningKey
from crypto.signer import sign_statement, signed_message
from crypto.verifying import VerifiedStatement, stated_signer, verify_statement
from tests.crypto.vectors import flipped, load, signing_key

VECTORS = load("statements")
KEY = SigningKey.generate("ed25519")
TYPE = "comity/example/v1"
STATEMENT = sign_statement({"type": TYPE, "name": "Ünïcode", "count": 3}, KEY)


@pytest.mark.parametrize("vector", VECTORS["statements"], ids=lambda vector: vector["type"])
def test_a_statement_of_the_vectors_verifies(vector: dict[str, Any]):
    key = signing_key(vector["key"]).verifying_key

    statement = verify_statement(vector["statement"].encode(), type=vector["type"], key=key)

    assert dict(statement.payload) == vector["payload"]
    assert statement.signer == stated_signer(vector["statement"].encode()) == key
    assert signed_message(vector["payload"]).decode() == vector["message"]


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda vector: vector["why"])
def test_the_refused_statements_of_the_vectors_are_refused(vector: dict[str, str]):
    key = signing_key("identity").verifying_key
    good = next(entry for entry in VECTORS["statements"] if entry["type"] == "comity/intake-key/v1")
    verify_statement(good["statement"].encode(), type="comity/intake-key/v1", key=key)

    with pytest.raises((InvalidSignature, MalformedDocument)):
        verify_statement(vector["statement"].encode(), type="comity/intake-key/v1", key=key)


def test_ed25519_signs_the_vectors_to_the_byte():
    for vector in VECTORS["statements"]:
        if vector["key"] == "identity":
            assert sign_statement(vector["payload"], signing_key("identity")).decode() == vector["statement"]


def test_type_and_key_are_part_of_what_is_verified():
    assert verify_statement(STATEMENT, type=TYPE, key=KEY.verifying_key).payload["count"] == 3

    with pytest.raises(InvalidSignature):
        verify_statement(STATEMENT, type="comity/example/v2", key=KEY.verifying_key)
    with pytest.raises(InvalidSignature):
        verify_statement(STATEMENT, type=TYPE, key=SigningKey.generate("ed25519").verifying_key)


@settings(max_examples=300)
@given(position=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_statement_with_any_bit_flipped_is_refused(position: int, bit: int):
    with pytest.raises(CryptoError):
        verify_statement(flipped(STATEMENT, position, bit), type=TYPE, key=KEY.verifying_key)


@pytest.mark.parametrize(
    "document",
    [
        [], "text", {}, {"payload": {}, "signature": "", "signer": ""}, {"payload": [], "signature": "", "signer": ""},
        {"payload": {"type": TYPE}, "signature": 1, "signer": str(KEY.verifying_key)},
        {"payload": {"type": TYPE}, "signature": "", "signer": "ed25519:AA"},
        {"payload": {"type": TYPE}, "signature": "=", "signer": str(KEY.verifying_key)},
    ],
)  # fmt: skip
def test_documents_that_are_no_statements_are_refused(document: Any):
    with pytest.raises(MalformedDocument):
        verify_statement(canonical_json(document), type=TYPE, key=KEY.verifying_key)


def test_a_statement_over_the_bound_is_refused():
    verify_statement(STATEMENT, type=TYPE, key=KEY.verifying_key, max_bytes=len(STATEMENT))

    with pytest.raises(MalformedDocument):
        verify_statement(STATEMENT, type=TYPE, key=KEY.verifying_key, max_bytes=len(STATEMENT) - 1)


@pytest.mark.parametrize("payload", [{}, {"type": 1}, {"type": "other/x/v1"}, {"type": "comity/x\n"}], ids=str)
def test_nothing_is_signed_without_its_type(payload: dict[str, Any]):
    with pytest.raises(MalformedDocument):
        sign_statement(payload, KEY)


def test_a_verified_statement_cannot_be_made_or_changed():
    statement = verify_statement(STATEMENT, type=TYPE, key=KEY.verifying_key)

    with pytest.raises(TypeError):
        VerifiedStatement()
    with pytest.raises(AttributeError):
        statement.payload = {}
    with pytest.raises(TypeError):
        statement.payload["count"] = 4  # type: ignore[index]
    assert "Ünïcode" not in repr(statement)
