"""A sealed submission over HTTP: what is taken, and each reason for which it is not."""

import hashlib
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from backend.audit.receipts import verify_receipt
from backend.audit.subjects import System
from backend.directory.cards import confirm_node, import_card
from backend.directory.models import Node, PublishedKey
from backend.intake.models import Submission
from backend.units import services
from backend.vault.sending import Body, Reply
from backend.vault.trusted_card import TrustedCard
from crypto.keyholder.signing import SigningKey
from tests.edge.conftest import RunningEdge, Sending, sealed
from tests.founding import TestDevice, enrol_device, peer_card


def problem_of(reply: Reply) -> str:
    """The kind of problem; every refusal is one and leaves no receipt."""
    assert reply.media_type == "application/problem+json"
    assert reply.receipt is None
    assert reply.problem["status"] == reply.status
    assert reply.problem["detail"]
    return str(reply.problem["type"]).removeprefix("urn:comity:problem:")


@pytest.mark.usefixtures("notary")
def test_a_sealed_report_is_stored_and_acknowledged(sending: Sending, card: TrustedCard, edge: RunningEdge) -> None:
    reply = sending.send()
    assert (reply.status, reply.media_type) == (201, "text/plain")
    receipt = verify_receipt(reply.receipt or b"", trusted=card.log)
    assert (receipt.submission, receipt.kind, receipt.size) == (sending.id, "report", sending.body.size)
    assert receipt.sender == sending.signer.verifying_key.fingerprint
    assert receipt.sha256 == sending.body.sha256.hex()
    row = Submission.objects.get()
    assert bytes(row.sealed or b"") == sending.body.source
    assert edge.files() == []


@pytest.mark.usefixtures("notary")
def test_a_replay_gets_the_same_receipt_and_leaves_no_second_row(sending: Sending) -> None:
    first = sending.send()
    again = sending.send()
    assert (first.status, again.status) == (201, 200)
    assert first.receipt == again.receipt == sending.ask().receipt
    assert Submission.objects.count() == 1


@pytest.mark.usefixtures("notary")
def test_the_same_submission_sent_eight_times_at_once_is_stored_once(sending: Sending, edge: RunningEdge) -> None:
    large = sending.but(kind="evidence", body=Body.of(sealed(200_000)))
    with ThreadPoolExecutor(8) as threads:
        replies = [future.result() for future in [threads.submit(large.send) for _ in range(8)]]
    # Two transactions may meet so closely that neither can say: the sender is told to ask again, and then hears it.
    receipts = {reply.receipt for reply in replies if reply.status != 503}
    assert sorted({reply.status for reply in replies} - {503}) == [200, 201]
    assert receipts == {large.send().receipt}
    assert edge.files() == [Submission.objects.get().stored_as]


@pytest.mark.usefixtures("notary")
def test_another_content_under_the_same_id_is_refused(sending: Sending, edge: RunningEdge) -> None:
    assert sending.send().status == 201
    other = sending.but(body=Body.of(sealed(100_000)))
    assert problem_of(other.send()) == "different-content"
    assert Submission.objects.get().digest == sending.body.sha256
    assert edge.files() == []


@pytest.mark.usefixtures("notary")
def test_the_same_id_of_another_sender_is_another_submission(sending: Sending) -> None:
    other = enrol_device("Another unit (test)", at=datetime.now(UTC))
    assert sending.send().status == 201
    assert sending.but(signer=other.key).send().status == 201
    assert Submission.objects.count() == 2


@pytest.mark.long
def test_without_a_notary_nothing_is_acknowledged(sending: Sending) -> None:
    reply = sending.send()
    assert (reply.status, reply.receipt) == (202, None)
    assert problem_of(sending.ask()) == "no-receipt"
    assert Submission.objects.count() == 1


@pytest.mark.usefixtures("notary")
def test_a_sender_asks_for_its_own_receipts_only(sending: Sending) -> None:
    assert sending.send().receipt == sending.ask().receipt
    other = enrol_device("Another unit (test)", at=datetime.now(UTC))
    assert problem_of(sending.but(signer=other.key).ask()) == "no-receipt"
    assert problem_of(sending.but(body=Body.of(b"other")).ask()) == "no-receipt"
    assert problem_of(sending.but(signer=SigningKey.generate("ed25519")).ask()) == "sender"


@pytest.mark.usefixtures("notary")
def test_whatever_is_wrong_with_the_sender_is_one_answer(sending: Sending, device: TestDevice) -> None:
    assert sending.send().status == 201
    forged = _Forged(device.key)
    replies = [
        sending.but(signer=SigningKey.generate("ed25519")).send(),
        sending.but(signer=SigningKey.generate("ecdsa-p256")).send(),
        sending.but(signer=forged).send(),
        sending.but(kind="packet", body=Body.of(b"PK\x03\x04")).send(),
    ]
    assert {problem_of(reply) for reply in replies} == {"sender"}
    assert len({reply.content for reply in replies}) == 1


class _Forged:
    """Names an enrolled device and signs with another key."""

    def __init__(self, key: SigningKey) -> None:
        self.verifying_key = key.verifying_key
        self.sign = SigningKey.generate("ed25519").sign


@pytest.mark.usefixtures("notary")
def test_what_a_revoked_device_brings_is_taken_and_marked(sending: Sending, device: TestDevice) -> None:
    assert sending.send().status == 201
    services.revoke(device.row, acting=System("tests"), at=datetime.now(UTC))
    assert sending.send().status == 200
    assert sending.but(id=uuid.uuid4()).send().status == 201
    marked = Submission.objects.order_by("received_at").values_list("sender_revoked", flat=True)
    assert list(marked) == [False, True]


@pytest.mark.usefixtures("notary")
def test_what_is_sealed_to_a_key_of_another_node_must_be_sealed_again(sending: Sending) -> None:
    assert sending.send().status == 201
    assert problem_of(sending.but(key_id="0123456789abcdef", id=uuid.uuid4()).send()) == "seal-again"


@pytest.mark.usefixtures("notary")
def test_a_replay_gets_its_receipt_after_the_key_was_destroyed(sending: Sending) -> None:
    first = sending.send()
    Submission.objects.update(stage="opened")
    row = PublishedKey.objects.get(kind="intake", key_id=sending.key_id)
    row.destroyed_at = datetime.now(UTC)
    row.save()
    assert sending.send().receipt == first.receipt
    assert problem_of(sending.but(id=uuid.uuid4()).send()) == "seal-again"


@pytest.mark.usefixtures("notary")
def test_evidence_is_streamed_into_a_file_of_its_own(sending: Sending, edge: RunningEdge, tmp_path: Path) -> None:
    body = tmp_path / "evidence.age"
    body.write_bytes(sealed(3_000_000))
    evidence = sending.but(kind="evidence", body=Body.of(body))
    assert evidence.send().status == 201
    row = Submission.objects.get()
    assert edge.files() == [row.stored_as]
    stored = edge.sealed / str(row.stored_as)
    assert stored.read_bytes() == body.read_bytes()
    assert stored.stat().st_mode & 0o007 == 0


@pytest.mark.long
@pytest.mark.usefixtures("notary")
def test_64_mb_of_evidence_pass_in_less_than_200_mb_of_memory(
    sending: Sending, edge: RunningEdge, tmp_path: Path
) -> None:
    body = tmp_path / "evidence.age"
    body.write_bytes(sealed(64 * 1024 * 1024))
    assert sending.but(kind="evidence", body=Body.of(body)).send().status == 201
    assert edge.peak_kilobytes() < 200_000


@pytest.mark.parametrize("size", [3000, 300_000])
@pytest.mark.usefixtures("notary")
def test_a_body_with_another_digest_is_refused_and_leaves_nothing(
    sending: Sending, edge: RunningEdge, size: int
) -> None:
    good = sending.but(kind="evidence", body=Body.of(sealed(size)))
    assert good.send().status == 201
    files = edge.files()
    whole = bytes(good.body.source)  # type: ignore[arg-type]
    source = whole[:-1] + bytes([whole[-1] ^ 1])
    changed = good.but(id=uuid.uuid4(), body=Body(source, good.body.size, good.body.sha256))
    assert problem_of(changed.send()) == "digest-differs"
    assert edge.files() == files
    assert Submission.objects.count() == 1


@pytest.mark.usefixtures("notary")
def test_what_is_not_sealed_is_refused_before_it_is_stored(sending: Sending, edge: RunningEdge) -> None:
    assert sending.send().status == 201
    readable = sending.but(id=uuid.uuid4(), kind="evidence", body=Body.of(b'{"narrative": "readable"}' * 10_000))
    assert problem_of(readable.send()) == "not-sealed"
    assert edge.files() == []


@pytest.mark.usefixtures("notary")
def test_a_report_over_the_limit_is_refused(sending: Sending) -> None:
    most = b"age-encryption.org/v1\n".ljust(1024 * 1024, b"x")
    assert sending.but(body=Body.of(most)).send().status == 201
    reply = sending.but(body=Body.of(most + b"x"), id=uuid.uuid4()).send()
    assert problem_of(reply) == "too-large"
    assert reply.problem["limit"] == 1024 * 1024


def test_an_announced_size_over_the_limit_is_refused_without_the_body(sending: Sending) -> None:
    body = Body(b"age-encryption.org/v1\n", 12 * 10**9, hashlib.sha256(b"").digest())
    assert problem_of(sending.but(kind="evidence", body=body).send()) == "too-large"


@pytest.mark.usefixtures("notary")
def test_logs_hold_neither_sender_nor_id_nor_digest_nor_key(sending: Sending, edge: RunningEdge) -> None:
    assert sending.send().status == 201
    assert sending.but(signer=SigningKey.generate("ed25519")).send().status == 401
    log = edge.log.read_text()
    assert "reports: 201" in log
    fingerprint = sending.signer.verifying_key.fingerprint
    for secret in (str(sending.id), fingerprint, sending.body.sha256.hex(), sending.key_id, "127.0.0.1"):
        assert secret not in log


def test_the_edges_role_reads_no_table(edge: RunningEdge, as_role: Callable[[str], psycopg.Connection]) -> None:
    connection = as_role("edge")
    assert connection.execute("SELECT count(*) FROM edge_card").fetchone() == (1,)
    for table in ("intake_submission", "units_device", "directory_node", "directory_publishedkey", "audit_receipt"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT 1 FROM {table}")  # noqa: S608


@pytest.mark.usefixtures("notary")
def test_a_packet_is_taken_from_a_confirmed_peer_only(sending: Sending) -> None:
    transport, at = SigningKey.generate("ed25519"), datetime.now(UTC)
    peer = import_card(peer_card("cr", at=at, transport=str(transport.verifying_key)), acting=System("tests"), at=at)
    key_id = Node.objects.get(own=True).exchange_key_id
    packet = sending.but(kind="packet", signer=transport, key_id=key_id, body=Body.of(b"PK\x03\x04" + b"x" * 90_000))
    assert problem_of(packet.send()) == "sender"
    confirm_node(peer, acting=System("tests"), at=at)
    assert packet.send().status == 201
    assert problem_of(packet.but(id=uuid.uuid4(), key_id=sending.key_id).send()) == "seal-again"
    assert problem_of(sending.but(signer=transport).send()) == "sender"
