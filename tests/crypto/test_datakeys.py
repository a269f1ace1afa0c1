"""Encryption at rest and search tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import CannotOpen, MalformedKey
from crypto.keyholder.datakeys import aad, decrypt, encrypt, new_key, token, unwrap_key, wrap_key
from tests.crypto.vectors import flipped, load

VECTOR = load("datakeys")
KEY = new_key()
PLACE = aad("incidents_incident", "42", "narrative", 1)


@given(plaintext=st.binary(max_size=1000), place=st.binary(max_size=50))
def test_decrypt_after_encrypt_is_the_identity(plaintext: bytes, place: bytes):
    assert decrypt(KEY, encrypt(KEY, plaintext, aad=place), aad=place) == plaintext


@given(position=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_ciphertext_with_any_bit_flipped_does_not_open(position: int, bit: int):
    with pytest.raises(CannotOpen):
        decrypt(KEY, flipped(encrypt(KEY, b"content", aad=PLACE), position, bit), aad=PLACE)


def test_a_ciphertext_opens_only_in_its_place_and_with_its_key():
    ciphertext = encrypt(KEY, b"content", aad=PLACE)
    assert decrypt(KEY, ciphertext, aad=PLACE) == b"content"

    others = [
        ("incidents_incident", "43", "narrative", 1),
        ("incidents_incident", "42", "narrative", 2),
        ("x", "42", "y", 1),
    ]
    for place in others:
        with pytest.raises(CannotOpen):
            decrypt(KEY, ciphertext, aad=aad(*place))
    with pytest.raises(CannotOpen):
        decrypt(new_key(), ciphertext, aad=PLACE)
    with pytest.raises(CannotOpen):
        decrypt(KEY, ciphertext[:28], aad=PLACE)


def test_places_cannot_run_into_one_another():
    assert aad("a", "bc", "d", 1) != aad("ab", "c", "d", 1)
    assert aad("a", "b", "c", 1).hex() == "0001610001620001" + "6300000001"


def test_a_wrapped_key_is_no_field_and_a_field_no_wrapped_key():
    data_key = new_key()
    wrapped, field = wrap_key(KEY, data_key, aad=PLACE), encrypt(KEY, data_key, aad=PLACE)
    assert unwrap_key(KEY, wrapped, aad=PLACE) == data_key

    with pytest.raises(CannotOpen):
        decrypt(KEY, wrapped, aad=PLACE)
    with pytest.raises(CannotOpen):
        unwrap_key(KEY, field, aad=PLACE)


def test_only_keys_are_wrapped_and_only_whole_keys_wrap():
    assert len(unwrap_key(KEY, wrap_key(KEY, bytes(16), aad=b""), aad=b"")) == 16

    for call in (lambda: wrap_key(KEY, bytes(15), aad=b""), lambda: encrypt(bytes(16), b"", aad=b"")):
        with pytest.raises(MalformedKey):
            call()


def test_the_same_value_never_has_the_same_ciphertext():
    assert len({encrypt(KEY, b"content", aad=PLACE) for _ in range(100)}) == 100


def test_a_token_is_the_same_for_the_same_value_type_version_and_root_only():
    root = new_key()
    first = token(root, type="email", version=1, value="anna@example.org")

    assert first == token(root, type="email", version=1, value="anna@example.org")
    assert len(first) == 16
    assert first not in {
        token(root, type="email", version=1, value="bert@example.org"),
        token(root, type="domain", version=1, value="anna@example.org"),
        token(root, type="email", version=2, value="anna@example.org"),
        token(new_key(), type="email", version=1, value="anna@example.org"),
    }


def test_the_vectors_hold():
    place, key = aad(**VECTOR["place"]), bytes.fromhex(VECTOR["key"])
    assert place.hex() == VECTOR["place_bytes"]
    assert decrypt(key, bytes.fromhex(VECTOR["field"]), aad=place).decode() == VECTOR["plaintext"]

    root, wrapped = bytes.fromhex(VECTOR["root"]), bytes.fromhex(VECTOR["wrapped_key"])
    assert unwrap_key(root, wrapped, aad=aad(**VECTOR["wrapped_place"])) == key

    token_root = bytes.fromhex(VECTOR["token_root"])
    for entry in VECTOR["tokens"]:
        made = token(token_root, type=entry["type"], version=entry["version"], value=entry["value"])
        assert made.hex() == entry["token"]
