"""Signed notes, checkpoints and log proofs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import merkle, notes
from crypto.canonical import canonical_json
from crypto.encoding import b64_decode, b64_encode
from crypto.errors import CryptoError, InvalidSignature, MalformedDocument
from crypto.keyholder.signing import SigningKey
from crypto.keys import VerifyingKey
from tests.crypto.vectors import flipped, load, signing_key

VECTOR = load("log")
LOG, ORIGIN = signing_key("log"), VECTOR["origin"]
RECEIPT = VECTOR["receipt"].encode()
KEY = SigningKey.generate("ed25519")
NAME = "example.org/key"
NOTE = notes.sign_note("A text.\n\nIn two parts.\n", NAME, KEY)
# The example of the C2SP specification "signed-note".
C2SP_KEY = VerifyingKey("ed25519", b64_decode("AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")[1:])
C2SP_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""


def test_the_example_of_the_c2sp_specification_verifies():
    note = notes.verify_note(C2SP_NOTE.encode(), "example.com/foo", C2SP_KEY)

    assert note.text == "This is an example message.\n"
    assert notes.vkey("example.com/foo", C2SP_KEY) == C2SP_VKEY


def test_a_note_verifies_under_its_name_and_key_only():
    assert notes.verify_note(NOTE, NAME, KEY.verifying_key).text == "A text.\n\nIn two parts.\n"

    with pytest.raises(InvalidSignature):
        notes.verify_note(NOTE, "example.org/other", KEY.verifying_key)
    with pytest.raises(InvalidSignature):
        notes.verify_note(NOTE, NAME, SigningKey.generate("ed25519").verifying_key)


@settings(max_examples=200)
@given(position=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_note_with_any_bit_flipped_is_refused(position: int, bit: int):
    with pytest.raises(CryptoError):
        notes.verify_note(flipped(NOTE, position, bit), NAME, KEY.verifying_key)


def test_signatures_of_others_are_ignored_but_none_of_the_key_may_fail():
    witness = notes.sign_note("A text.\n\nIn two parts.\n", "witness.example", SigningKey.generate("ed25519"))
    line = witness.split(b"\n\n")[-1]
    bad = notes.sign_note("Another text.\n", NAME, KEY).split(b"\n\n")[-1]

    assert notes.verify_note(NOTE + line, NAME, KEY.verifying_key).text.startswith("A text")
    with pytest.raises(InvalidSignature):
        notes.verify_note(NOTE + bad, NAME, KEY.verifying_key)
    with pytest.raises(MalformedDocument):
        notes.verify_note(NOTE + line * 32, NAME, KEY.verifying_key)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text",
        "text\n",
        "text\n\n",
        "text\n\n— a\n",
        "text\n\n— a b\n",
        "text\n\n- a AAAAAAA=\n",
        "a\tb\n\n— a AAAAAAA=\n",
        "\n\n— a AAAAAAA=\n",
        "x" * 70_000,
    ],
    ids=lambda note: repr(note[:20]),
)
def test_texts_that_are_no_notes_are_refused(note: str):
    with pytest.raises(MalformedDocument):
        notes.verify_note(note.encode(), "a", KEY.verifying_key)


@pytest.mark.parametrize(
    ("text", "name"), [("no end", "a"), ("a\rb\n", "a"), ("text\n", ""), ("text\n", "a b"), ("text\n", "a+b")]
)
def test_no_such_note_is_signed(text: str, name: str):
    with pytest.raises(MalformedDocument):
        notes.sign_note(text, name, KEY)


def test_notes_are_signed_by_ed25519_only():
    with pytest.raises(MalformedDocument):
        notes.sign_note("text\n", NAME, SigningKey.generate("ecdsa-p256"))


def test_the_checkpoint_of_the_vectors_verifies():
    checkpoint = notes.verify_checkpoint(VECTOR["checkpoint"].encode(), origin=ORIGIN, key=LOG.verifying_key)

    assert checkpoint == notes.Checkpoint(ORIGIN, 7, bytes.fromhex(VECTOR["roots"][7]))
    assert notes.sign_note(checkpoint.text(), ORIGIN, LOG).decode() == VECTOR["checkpoint"]
    assert notes.vkey(ORIGIN, LOG.verifying_key) == VECTOR["vkey"]


@given(size=st.integers(0, merkle.MAX_SIZE), root=st.binary(min_size=32, max_size=32))
def test_parse_after_text_is_the_identity_for_checkpoints(size: int, root: bytes):
    checkpoint = notes.Checkpoint("comity/gd/log", size, root)

    assert notes.Checkpoint.parse(checkpoint.text()) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "o\n1\n",
        "o\n01\n{root}\n",
        "o\n-1\n{root}\n",
        "o\n1\nAAAA\n",
        "o\n1\n{root}\nextension\n",
        "\n1\n{root}\n",
        "o\n1\n{root}",
        "o\n١\n{root}\n",
    ],
)
def test_texts_that_are_no_checkpoints_are_refused(text: str):
    with pytest.raises(MalformedDocument):
        notes.Checkpoint.parse(text.format(root=b64_encode(bytes(32))))


def test_the_receipt_of_the_vectors_verifies_and_carries_its_event():
    proof = notes.verify_proof(RECEIPT, origin=ORIGIN, key=LOG.verifying_key)

    event = VECTOR["events"][VECTOR["receipt_index"]]
    assert proof.extra == b"comity/audit-event/v1\n" + canonical_json(event)
    assert (proof.index, proof.checkpoint.size) == (VECTOR["receipt_index"], 7)
    assert merkle.leaf_hash(proof.extra).hex() == VECTOR["leaf_hashes"][proof.index]


@pytest.mark.parametrize("refused", VECTOR["refused"], ids=lambda refused: refused["why"])
def test_other_receipts_are_refused(refused: dict[str, str]):
    with pytest.raises(CryptoError):
        notes.verify_proof(refused["receipt"].encode(), origin=ORIGIN, key=LOG.verifying_key)


@settings(max_examples=300)
@given(position=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_receipt_with_any_bit_flipped_is_refused(position: int, bit: int):
    with pytest.raises(CryptoError):
        notes.verify_proof(flipped(RECEIPT, position, bit), origin=ORIGIN, key=LOG.verifying_key)


@given(count=st.integers(1, 40), data=st.data())
def test_every_formatted_proof_verifies(count: int, data: st.DataObject):
    leaves = [bytes([i]) * i for i in range(count)]
    nodes = {
        (level, i): h for level, i, h in merkle.complete_nodes(0, map(merkle.leaf_hash, leaves), lambda _l, _i: b"")
    }
    index = data.draw(st.integers(0, count - 1))
    root = merkle.root_of(count, lambda level, i: nodes[level, i])
    checkpoint = notes.sign_note(notes.Checkpoint(NAME, count, root).text(), NAME, KEY)
    path = merkle.inclusion_path(index, count, lambda level, i: nodes[level, i])

    proof = notes.verify_proof(
        notes.format_proof(leaves[index], index, path, checkpoint), origin=NAME, key=KEY.verifying_key
    )

    assert (proof.extra, proof.index) == (leaves[index], index)


@pytest.mark.parametrize(
    "proof", [b"", b"c2sp.org/tlog-proof@v1\n", b"\xff\n\n", b"x" * 200_000, RECEIPT.replace(b"extra ", b"")]
)
def test_bytes_that_are_no_proof_are_refused(proof: bytes):
    with pytest.raises(MalformedDocument):
        notes.verify_proof(proof, origin=ORIGIN, key=LOG.verifying_key)


def test_a_path_beyond_the_bound_is_refused():
    with pytest.raises(CryptoError):
        notes.verify_proof(
            notes.format_proof(b"", 0, [bytes(32)] * 63, VECTOR["checkpoint"].encode()),
            origin=ORIGIN,
            key=LOG.verifying_key,
        )
