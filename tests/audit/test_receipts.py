"""A receipt convinces whoever holds the node's key card, with no node at hand."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from backend.audit.errors import UntrustedCard
from backend.audit.leaves import PREFIX
from backend.audit.receipts import verify_receipt
from backend.audit.trust import TrustedLog, log_of_card
from backend.cli.receipt import command
from crypto import merkle, notes
from crypto.canonical import canonical_json
from crypto.errors import CryptoError, InvalidProof, InvalidSignature, MalformedDocument
from crypto.keyholder.signing import SigningKey
from crypto.signer import sign_statement
from tests.audit.conftest import NOON, ORIGIN

EVENT = {
    "acting": {"id": "ab" * 32, "role": "device"},
    "at": "2026-05-03T12:00:00.250000Z",
    "detail": {
        "sender": "ab" * 32,
        "submission": "3d1f4f7e-5a0b-4c55-8a3c-0d1a5b1b7a10",
        "kind": "report",
        "sha256": "cd" * 32,
        "size": 4096,
    },
    "event": "submission:received",
    "id": "8f3c1d52-7f0e-4b39-9a55-0d0f2f7e9b11",
    "subject": {"id": "8f3c1d52-7f0e-4b39-9a55-0d0f2f7e9b11", "kind": "submission"},
}


def receipt(log_key, event=EVENT, prefix=PREFIX, index=2, size=5, origin=ORIGIN):
    """A receipt as the notary forms it, in a log of five entries."""
    leaf = prefix + canonical_json(event)
    hashes = [merkle.leaf_hash(b"other")] * size
    hashes[index] = merkle.leaf_hash(leaf)
    nodes = {(level, i): value for level, i, value in merkle.complete_nodes(0, hashes, lambda *_: b"")}
    look_up = lambda level, i: nodes[level, i]  # noqa: E731
    text = notes.Checkpoint(origin=origin, size=size, root=merkle.root(hashes)).text()
    note = notes.sign_note(text, origin, log_key)
    return notes.format_proof(leaf, index, merkle.inclusion_path(index, size, look_up), note)


def key_card(log_key, signer, /, **changes):
    payload = {
        "type": "comity/key-card/v1",
        "node": "gd",
        "identity": str(signer.verifying_key),
        "log": {"origin": ORIGIN, "key": str(log_key.verifying_key)},
    }
    return sign_statement({**payload, **changes}, signer)


@pytest.fixture(scope="module")
def identity():
    return SigningKey.generate("ed25519")


def test_a_receipt_says_what_was_received(log_key, trusted):
    verified = verify_receipt(receipt(log_key), trusted=trusted)
    assert str(verified.submission) == EVENT["detail"]["submission"]
    assert (verified.kind, verified.sha256, verified.size) == ("report", "cd" * 32, 4096)
    assert (verified.sender, verified.at, verified.index) == ("ab" * 32, NOON, 2)
    assert verified.at == datetime(2026, 5, 3, 12, 0, 0, 250_000, tzinfo=UTC)


def test_a_receipt_by_another_key_or_of_another_log_is_refused(log_key, trusted):
    verify_receipt(receipt(log_key), trusted=trusted)
    with pytest.raises(InvalidSignature):
        verify_receipt(receipt(SigningKey.generate("ed25519")), trusted=trusted)
    with pytest.raises(InvalidSignature):
        verify_receipt(receipt(log_key, origin="comity/cr/log"), trusted=trusted)


def test_a_proof_of_another_leaf_is_refused(log_key, trusted):
    good, other = receipt(log_key), receipt(log_key, {**EVENT, "at": "2026-05-03T12:00:00.250001Z"})
    verify_receipt(good, trusted=trusted)
    with pytest.raises(InvalidProof):
        verify_receipt(good.split(b"\n\n")[0] + b"\n\n" + other.split(b"\n\n", 1)[1], trusted=trusted)


@pytest.mark.parametrize(
    "event",
    [
        {**EVENT, "event": "submission:opened"},
        {**EVENT, "detail": None},
        {**EVENT, "at": 5},
        {**EVENT, "at": "yesterday"},
        *({**EVENT, "detail": {k: v for k, v in EVENT["detail"].items() if k != part}} for part in EVENT["detail"]),
        {**EVENT, "detail": {**EVENT["detail"], "sha256": "CD" * 32}},
        {**EVENT, "detail": {**EVENT["detail"], "size": True}},
        {**EVENT, "detail": {**EVENT["detail"], "submission": "no uuid"}},
    ],
)
def test_a_logged_event_that_is_no_received_submission_is_no_receipt(log_key, trusted, event):
    verify_receipt(receipt(log_key), trusted=trusted)
    with pytest.raises(MalformedDocument):
        verify_receipt(receipt(log_key, event), trusted=trusted)


def test_a_leaf_of_another_type_is_no_receipt(log_key, trusted):
    with pytest.raises(MalformedDocument):
        verify_receipt(receipt(log_key, prefix=b"comity/other/v1\n"), trusted=trusted)


def test_any_byte_changed_is_refused(log_key, trusted):
    proof = receipt(log_key)
    verify_receipt(proof, trusted=trusted)
    for position in range(len(proof)):
        changed = bytearray(proof)
        changed[position] ^= 1
        with pytest.raises(CryptoError):
            verify_receipt(bytes(changed), trusted=trusted)


def test_a_card_names_its_node_s_log(log_key, identity):
    assert log_of_card(key_card(log_key, identity)) == TrustedLog(ORIGIN, log_key.verifying_key)


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "comity/intake-key/v1"},
        {"identity": str(SigningKey.generate("ed25519").verifying_key)},
        {"node": "cr"},
        {"log": None},
        {"log": {"origin": ORIGIN}},
        {"log": {"origin": ORIGIN, "key": "ed25519:x"}},
    ],
)
def test_what_is_no_card_of_its_own_identity_is_not_trusted(log_key, identity, changes):
    log_of_card(key_card(log_key, identity))
    with pytest.raises(UntrustedCard, match="ask the node"):
        log_of_card(key_card(log_key, identity, **changes))


def test_the_command_prints_what_was_received_and_ends_with_1_otherwise(log_key, identity, tmp_path):
    card, proof, other = tmp_path / "gd.card", tmp_path / "receipt", tmp_path / "other"
    card.write_bytes(key_card(log_key, identity))
    proof.write_bytes(receipt(log_key))
    other.write_bytes(receipt(log_key).replace(b"index 2", b"index 3"))
    good = CliRunner().invoke(command, ["verify", str(proof), "--trust", str(card)])
    assert good.exit_code == 0, good.output
    assert EVENT["detail"]["submission"] in good.output
    assert "cd" * 32 in good.output
    assert "2026-05-03T12:00:00.250+00:00" in good.output
    bad = CliRunner().invoke(command, ["verify", str(other), "--trust", str(card)])
    assert bad.exit_code == 1
    assert "does not hold" in bad.output
    assert "cd" * 32 not in bad.output
