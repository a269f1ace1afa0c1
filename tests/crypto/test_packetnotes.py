"""The note on a packet."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.errors import CryptoError, MalformedDocument
from crypto.keyholder.signing import SigningKey
from crypto.packetnotes import PacketNote, sign_packet_note, verify_packet_note
from tests.crypto.vectors import flipped, load, signing_key

VECTOR = load("packet-note")
TRANSPORT = signing_key("transport")
NOTE = PacketNote(**VECTOR["fields"])


def test_the_note_of_the_vectors_verifies_and_is_made_to_the_byte():
    verified = verify_packet_note(VECTOR["note"].encode(), sender="gd", key=TRANSPORT.verifying_key)

    assert verified.note == NOTE
    assert NOTE.text() == VECTOR["text"]
    assert sign_packet_note(NOTE, TRANSPORT).decode() == VECTOR["note"]


@pytest.mark.parametrize("refused", VECTOR["refused"], ids=lambda refused: refused["why"])
def test_other_notes_are_refused(refused: dict[str, str]):
    with pytest.raises(CryptoError):
        verify_packet_note(refused["note"].encode(), sender="gd", key=TRANSPORT.verifying_key)


@settings(max_examples=300)
@given(position=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_note_with_any_bit_flipped_is_refused(position: int, bit: int):
    with pytest.raises(CryptoError):
        verify_packet_note(flipped(VECTOR["note"].encode(), position, bit), sender="gd", key=TRANSPORT.verifying_key)


def test_a_note_stripped_and_signed_anew_is_refused():
    forged = sign_packet_note(NOTE, SigningKey.generate("ed25519"))

    with pytest.raises(CryptoError):
        verify_packet_note(forged, sender="gd", key=TRANSPORT.verifying_key)


@pytest.mark.parametrize(
    "field",
    [
        ("sender", "GD"),
        ("addressee", "c r"),
        ("exchange_key", "123"),
        ("packet", "7"),
        ("manifest_sha256", "AB" * 32),
        ("packet", "x\ny"),
    ],
    ids=str,
)
def test_values_that_are_not_of_their_form_are_not_signed(field: tuple[str, str]):
    with pytest.raises(MalformedDocument):
        sign_packet_note(dataclasses.replace(NOTE, **{field[0]: field[1]}), TRANSPORT)


def test_parse_after_text_is_the_identity():
    assert PacketNote.parse(NOTE.text()) == NOTE
    for text in ("", "\n", NOTE.text()[:-1], NOTE.text() + "\n", NOTE.text().replace("sender", "from")):
        with pytest.raises(MalformedDocument):
            PacketNote.parse(text)
