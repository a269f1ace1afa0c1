"""Public keys: their text forms, what is refused, what verifies."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import bech32
from crypto.errors import InvalidSignature, MalformedKey
from crypto.keyholder.identities import generate_pq, generate_x25519, recipient_of
from crypto.keyholder.signing import SigningKey
from crypto.keys import Algorithm, PQRecipient, VerifyingKey, X25519Recipient, fingerprint_words, parse_recipient
from tests.crypto.vectors import flipped, load, signing_key

VECTORS = load("keys")
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.mark.parametrize("entry", VECTORS["signature"], ids=lambda entry: entry["name"])
def test_a_signature_key_has_this_text_fingerprint_and_words(entry: dict[str, str]):
    key = VerifyingKey.parse(entry["text"])

    assert key == signing_key(entry["name"]).verifying_key
    assert str(key) == entry["text"]
    assert key.fingerprint == entry["fingerprint"]
    assert fingerprint_words(key.fingerprint) == entry["words"]


@pytest.mark.parametrize("entry", VECTORS["sealing"], ids=lambda entry: entry["name"])
def test_an_identity_has_this_recipient_and_key_id(entry: dict[str, str]):
    recipient = recipient_of(entry["identity"])

    assert parse_recipient(entry["recipient"]) == recipient
    assert str(recipient) == entry["recipient"]
    assert recipient.key_id == entry["key_id"]


@pytest.mark.parametrize("entry", VECTORS["refused"], ids=lambda entry: entry["why"])
def test_unusable_signature_keys_are_refused(entry: dict[str, Any]):
    with pytest.raises(MalformedKey):
        VerifyingKey.parse(entry["text"])


def test_the_example_of_the_age_specification_has_its_recipient():
    identity = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"

    assert str(recipient_of(identity)) == "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"


@pytest.mark.parametrize("algorithm", ["ed25519", "ecdsa-p256"])
def test_a_signature_verifies_only_over_its_message_and_by_its_key(algorithm: Algorithm):
    key, other = SigningKey.generate(algorithm), SigningKey.generate(algorithm)
    signature = key.sign(b"message")

    key.verifying_key.verify(signature, b"message")
    for changed, message, by in (
        (signature, b"another", key),
        (flipped(signature, 5), b"message", key),
        (signature, b"message", other),
        (signature[:-1], b"message", key),
        (bytes(64), b"message", key),
    ):
        with pytest.raises(InvalidSignature):
            by.verifying_key.verify(changed, message)


def test_both_forms_of_a_p256_signature_verify():
    key = SigningKey.generate("ecdsa-p256")
    signature = key.sign(b"message")
    twin = (P256_ORDER - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")

    key.verifying_key.verify(signature[:32] + twin, b"message")


@pytest.mark.parametrize("algorithm", ["ed25519", "ecdsa-p256"])
def test_a_signing_key_survives_its_file(algorithm: Algorithm):
    key = SigningKey.generate(algorithm)

    assert SigningKey.from_pem(key.to_pem()).verifying_key == key.verifying_key
    with pytest.raises(MalformedKey):
        SigningKey.from_pem(key.to_pem()[:60])


@pytest.mark.parametrize(
    "text",
    [
        "", "age1", "age1qqqq", str(recipient_of(generate_x25519()))[:-1], str(recipient_of(generate_x25519())).upper(),
        generate_x25519(), generate_pq(), bech32.encode("age", bytes(31)), bech32.encode("age1pq", bytes(32)),
        "age1" + "q" * 10_000, "age1é", bech32.encode("bc", bytes(32)),
    ],
)  # fmt: skip
def test_texts_that_are_no_recipients_are_refused(text: str):
    with pytest.raises(MalformedKey):
        parse_recipient(text)


@pytest.mark.parametrize(
    "text",
    [generate_x25519().lower(), generate_pq().lower(), str(recipient_of(generate_x25519())), "AGE-SECRET-KEY-1", ""],
)
def test_texts_that_are_no_identities_are_refused(text: str):
    with pytest.raises(MalformedKey):
        recipient_of(text)


def test_kinds_of_recipients_are_types():
    assert isinstance(recipient_of(generate_pq()), PQRecipient)
    assert isinstance(recipient_of(generate_x25519()), X25519Recipient)
    for wrong in (lambda: PQRecipient(bytes(32)), lambda: X25519Recipient(bytes(1216))):
        with pytest.raises(MalformedKey):
            wrong()


@given(data=st.binary(max_size=100), position=st.integers(0, 10_000))
def test_bech32_finds_every_changed_character(data: bytes, position: int):
    text = bech32.encode("age", data)
    position %= len(text)
    changed = text[:position] + ("q" if text[position] != "q" else "p") + text[position + 1 :]

    assert bech32.decode(text) == ("age", data)
    with pytest.raises(ValueError, match="checksum|prefix|separator|alphabet"):
        bech32.decode(changed)


@pytest.mark.parametrize("fingerprint", ["", "ab", "zz" * 32, "ab" * 33, " " + "ab" * 31 + "a"])
def test_words_are_made_of_whole_fingerprints_only(fingerprint: str):
    with pytest.raises(MalformedKey):
        fingerprint_words(fingerprint)


def test_words_are_proquints():
    assert fingerprint_words("7f000001" + "3f54dcc1" + "7f000001" * 6).startswith("lusab-babad-gutih-tugad ")
