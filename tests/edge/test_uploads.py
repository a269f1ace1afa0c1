"""Uploads in chunks against the real edge: cut, continued, repeated, refused."""

import hashlib
import json
import os
import select
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from backend.audit.receipts import verify_receipt
from backend.audit.subjects import System
from backend.directory.cards import confirm_node, import_card
from backend.directory.models import Node, PublishedKey
from backend.intake import uploads, wire
from backend.intake.models import Submission
from backend.intake.signatures import Message
from backend.intake.sweeping import remove_orphans
from backend.vault import uploading
from backend.vault.sending import Body, exchange
from backend.vault.trusted_card import TrustedCard
from crypto.keyholder.signing import SigningKey
from tests.edge.conftest import RunningEdge, Sending, sealed
from tests.edge.test_submitting import problem_of
from tests.edge.uploads import Upload, arrived, offset_of, wait_for
from tests.founding import enrol_device, peer_card

SIZE = 300_000


@pytest.fixture
def upload(sending: Sending) -> Upload:
    """A sealed file of evidence of some 300 KB, of which nothing has been sent."""
    return Upload(sending.url, sealed(SIZE), sending.signer, sending.key_id, id=uuid.uuid4())


@pytest.fixture
def begun(upload: Upload) -> Upload:
    """The same, of which the first 100,000 bytes have arrived."""
    assert upload.begin().status == 201
    assert offset_of(upload.chunk(0, 100_000)) == 100_000
    return upload


def nothing_of_it(edge: RunningEdge) -> bool:
    return edge.files() == [] and not Submission.objects.exists()


@pytest.mark.usefixtures("notary")
def test_what_arrived_in_chunks_is_a_submission_with_its_receipt(
    begun: Upload, card: TrustedCard, edge: RunningEdge
) -> None:
    last = begun.chunk(100_000, len(begun.body))
    assert (last.status, offset_of(last), last.content) == (204, len(begun.body), b"")
    receipt = verify_receipt(begun.receipt().receipt or b"", trusted=card.log)
    assert (receipt.submission, receipt.kind, receipt.size) == (begun.id, "evidence", len(begun.body))
    assert receipt.sha256 == hashlib.sha256(begun.body).hexdigest()
    row = Submission.objects.get()
    assert (edge.sealed / str(row.stored_as)).read_bytes() == begun.body
    assert not list(edge.sealed.glob("*.part"))
    assert last.headers["location"] == f"{wire.receipt_path(begun.id)}?digest={receipt.sha256}"


@pytest.mark.usefixtures("notary")
def test_after_a_cut_in_the_middle_of_a_chunk_it_goes_on_at_that_byte(begun: Upload, edge: RunningEdge) -> None:
    begun.cut(100_000, 300_000, 77_777).close()
    wait_for(lambda: arrived(edge.sealed) == 177_777)
    looked = begun.look()
    assert (looked.status, offset_of(looked)) == (200, 177_777)
    assert looked.headers["repr-digest"] == wire.format_digest(hashlib.sha256(begun.body[:177_777]).digest())
    assert looked.headers["upload-length"] == str(len(begun.body))
    assert offset_of(begun.begin()) == 177_777
    assert begun.chunk(177_777, len(begun.body)).status == 204
    assert begun.receipt().status == 200
    row = Submission.objects.get()
    assert (edge.sealed / str(row.stored_as)).read_bytes() == begun.body


def test_a_sender_who_comes_back_takes_over_from_its_own_dead_connection(begun: Upload, edge: RunningEdge) -> None:
    with begun.cut(100_000, 300_000, 50_000) as silent:
        # It is still open, and the edge would wait for more for half a minute. Whoever asks first may be heard last.
        wait_for(lambda: begun.look().status == 200 and bool(select.select([silent], [], [], 0.1)[0]))
        at = offset_of(begun.look())
        answer = silent.recv(65_536)
        assert answer.startswith(b"HTTP/1.1 423 ")
        assert 100_000 <= at <= 150_000
        assert begun.chunk(at, 300_000).status == 204


@pytest.mark.usefixtures("notary")
def test_two_clients_on_one_upload_store_it_once_and_get_the_same_receipt(
    upload: Upload, edge: RunningEdge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "CHUNK", 20_000)
    monkeypatch.setattr(uploading, "PAUSES", (0.01,) * 1000)
    with ThreadPoolExecutor(2) as threads:
        replies = [future.result() for future in [threads.submit(upload.send), threads.submit(upload.send)]]
    assert {reply.status for reply in replies} == {200}
    assert len({reply.content for reply in replies}) == 1
    row = Submission.objects.get()
    assert (edge.sealed / str(row.stored_as)).read_bytes() == upload.body


def test_a_chunk_that_begins_elsewhere_changes_nothing(begun: Upload, edge: RunningEdge) -> None:
    for start in (0, 99_999, 100_001, len(begun.body)):
        reply = begun.chunk(start, start + 10)
        assert (problem_of(reply), reply.problem["offset"]) == ("offset", 100_000)
    assert problem_of(begun.but(body=begun.body + b"x").chunk(100_000, len(begun.body) + 1)) == "too-large"
    assert offset_of(begun.look()) == arrived(edge.sealed) == 100_000


def test_a_chunk_that_is_not_the_signed_one_leaves_nothing(begun: Upload, edge: RunningEdge) -> None:
    changed = begun.but(body=begun.body[:150_000] + bytes([begun.body[150_000] ^ 1]) + begun.body[150_001:])
    digest = wire.format_digest(hashlib.sha256(begun.body[100_000:200_000]).digest())
    assert problem_of(changed.chunk(100_000, 200_000, content_digest=digest)) == "digest-differs"
    assert arrived(edge.sealed) == 100_000
    assert offset_of(begun.chunk(100_000, 200_000)) == 200_000
    assert begun.look().headers["repr-digest"] == wire.format_digest(hashlib.sha256(begun.body[:200_000]).digest())


def test_a_whole_that_is_not_what_was_announced_is_discarded(upload: Upload, edge: RunningEdge) -> None:
    other = upload.but(announced=hashlib.sha256(b"other").digest())
    assert other.begin().status == 201
    assert problem_of(other.chunk(0, len(upload.body))) == "upload-differs"
    assert nothing_of_it(edge)
    assert problem_of(other.chunk(0, 10)) == "no-upload"


def test_what_is_not_sealed_is_discarded_with_its_first_bytes(upload: Upload, edge: RunningEdge) -> None:
    readable = upload.but(body=b'{"narrative": "readable"}' * 10_000)
    assert readable.begin().status == 201
    assert problem_of(readable.chunk(0, 100_000)) == "not-sealed"
    assert nothing_of_it(edge)
    bytewise = upload.but(body=b"age-x" + upload.body)
    assert bytewise.begin().status == 201
    assert offset_of(bytewise.chunk(0, 4)) == 4
    assert problem_of(bytewise.chunk(4, 10)) == "not-sealed"
    assert nothing_of_it(edge)


def test_whatever_is_wrong_with_who_asks_is_the_answer_of_any_request(begun: Upload) -> None:
    stranger = begun.but(signer=SigningKey.generate("ed25519"))
    colleague = begun.but(signer=enrol_device("Another unit (test)", at=datetime.now(UTC)).key)
    assert {problem_of(reply) for reply in (stranger.begin(), stranger.chunk(100_000, 100_010))} == {"sender"}
    assert {reply.status for reply in (stranger.look(), stranger.end())} == {401}
    # Another sender's upload of this id is another upload: there is none.
    assert problem_of(colleague.chunk(100_000, 100_010)) == "no-upload"
    assert (colleague.look().status, colleague.end().status) == (404, 404)
    assert problem_of(begun.but(kind="packet", id=uuid.uuid4(), body=b"PK\x03\x04").begin()) == "sender"
    assert offset_of(begun.look()) == 100_000


def test_a_signed_head_serves_for_its_own_chunk_only(begun: Upload) -> None:
    message, body = begun.signed_chunk(100_000, 100_010, {})
    for header, value in (
        ("upload-offset", "100001"),
        ("content-digest", wire.format_digest(hashlib.sha256(b"other").digest())),
    ):
        message.headers, kept = {**message.headers, header: value}, dict(message.headers)
        assert problem_of(exchange(message, body, timeout=60)) == "sender"
        message.headers = kept
    assert exchange(message, body, timeout=60).status == 204


MALFORMED = [
    ({"upload_length": "0"}, "malformed"),
    ({"upload_length": "-1"}, "malformed"),
    ({"upload_length": "1e9"}, "malformed"),
    ({"upload_length": "11000000001"}, "too-large"),
    ({"upload_length": "9" * 40}, "malformed"),
    ({"upload_metadata": "kind cmVwb3J0"}, "malformed"),
    ({"upload_metadata": "filename YQ=="}, "malformed"),
    ({"repr_digest": "sha-512=:AAAA:"}, "malformed"),
    ({"idempotency_key": '"../../etc/passwd"'}, "malformed"),
    ({"comity_intake_key": "x"}, "malformed"),
    ({"comity_intake_key": "0123456789abcde0"}, "seal-again"),
    ({"tus_resumable": "0.2.2"}, "tus-version"),
]


def test_a_beginning_that_is_not_of_its_form_begins_nothing(upload: Upload, edge: RunningEdge) -> None:
    for changed, problem in MALFORMED:
        assert problem_of(upload.begin(**changed)) == problem, changed
    assert edge.files() == []
    assert upload.begin().status == 201


def test_a_chunk_that_is_not_of_its_form_changes_nothing(begun: Upload) -> None:
    for changed, problem in (
        ({"upload_offset": "+100000"}, "malformed"),
        ({"upload_offset": "0100000"}, "malformed"),
        ({"upload_offset": "1e5"}, "malformed"),
        ({"content_type": "application/octet-stream"}, "media-type"),
        ({"tus_resumable": "2.0.0"}, "tus-version"),
    ):
        assert problem_of(begun.chunk(100_000, 100_010, **changed)) == problem, changed
    assert offset_of(begun.look()) == 100_000


def test_an_upload_of_another_content_under_the_same_id_is_refused(begun: Upload) -> None:
    assert problem_of(begun.but(body=sealed(1000)).begin()) == "different-content"
    assert offset_of(begun.look()) == 100_000


def test_a_given_up_upload_is_gone_and_may_be_begun_anew(begun: Upload, edge: RunningEdge) -> None:
    assert begun.end().status == 204
    assert nothing_of_it(edge)
    assert (begun.look().status, begun.end().status) == (404, 404)
    assert offset_of(begun.begin()) == 0


def test_an_expired_upload_is_not_continued_and_the_sweep_removes_it(begun: Upload, edge: RunningEdge) -> None:
    other = begun.but(id=uuid.uuid4())
    assert other.begin().status == 201
    # In two days, both are there; the one that nothing more came of ends after three, with nobody asking.
    assert remove_orphans(edge.sealed, at=datetime.now(UTC) + timedelta(days=2)) == 0
    assert len(edge.files()) == 3
    old = datetime.now(UTC) - uploads.EXPIRES_AFTER
    (part,) = edge.sealed.glob("*.part")
    os.utime(part, (old.timestamp(), old.timestamp()))
    state = part.with_suffix(".upload")
    said = json.loads(state.read_bytes())
    state.write_bytes(json.dumps({**said, "begun_at": old.isoformat()}).encode())
    assert problem_of(begun.chunk(100_000, 100_010)) == "upload-expired"
    assert begun.look().status == 410
    assert remove_orphans(edge.sealed, at=datetime.now(UTC)) == 1
    assert problem_of(begun.chunk(100_000, 100_010)) == "no-upload"
    assert offset_of(other.look()) == 0
    assert offset_of(begun.begin()) == 0


def test_of_one_sender_only_so_many_uploads_are_unfinished(upload: Upload) -> None:
    for _ in range(uploads.MOST_UNFINISHED):
        assert upload.but(id=uuid.uuid4()).begin().status == 201
    assert problem_of(upload.begin()) == "too-many-uploads"
    other = enrol_device("Another unit (test)", at=datetime.now(UTC))
    assert upload.but(signer=other.key).begin().status == 201


@pytest.mark.long
def test_what_was_stored_before_its_receipt_is_only_asked_about_again(
    begun: Upload, request: pytest.FixtureRequest
) -> None:
    end = len(begun.body)
    assert begun.chunk(100_000, end).status == 204
    assert problem_of(begun.receipt()) == "no-receipt"
    # Nobody signs yet: it is neither acknowledged nor wanted again.
    assert (begun.begin().status, offset_of(begun.begin()), offset_of(begun.look())) == (201, end, end)
    request.getfixturevalue("notary")
    assert begun.chunk(end, end).status == 204
    assert begun.receipt().status == 200
    assert begun.begin().receipt == begun.receipt().receipt
    assert Submission.objects.count() == 1


@pytest.mark.usefixtures("notary")
def test_what_came_in_one_request_before_gets_its_receipt_and_no_upload(sending: Sending, edge: RunningEdge) -> None:
    body = sealed(SIZE)
    first = sending.but(kind="evidence", body=Body.of(body)).send()
    again = Upload(sending.url, body, sending.signer, sending.key_id, id=sending.id).begin()
    assert (again.status, again.receipt) == (200, first.receipt)
    assert not list(edge.sealed.glob("*.upload"))


def test_a_key_that_ended_meanwhile_ends_the_upload(begun: Upload, edge: RunningEdge) -> None:
    PublishedKey.objects.filter(key_id=begun.key_id).update(destroyed_at=datetime.now(UTC))
    assert problem_of(begun.chunk(100_000, len(begun.body))) == "seal-again"
    assert nothing_of_it(edge)


@pytest.mark.usefixtures("notary")
def test_a_packet_of_a_confirmed_peer_goes_the_same_way(upload: Upload) -> None:
    transport, at = SigningKey.generate("ed25519"), datetime.now(UTC)
    peer = import_card(peer_card("cr", at=at, transport=str(transport.verifying_key)), acting=System("tests"), at=at)
    confirm_node(peer, acting=System("tests"), at=at)
    key_id = Node.objects.get(own=True).exchange_key_id
    packet = upload.but(kind="packet", signer=transport, key_id=key_id, body=b"PK\x03\x04" + b"x" * 90_000)
    assert packet.begin().status == 201
    assert packet.chunk(0, len(packet.body)).status == 204
    assert (packet.receipt().status, Submission.objects.get().kind) == (200, "packet")
    assert problem_of(packet.but(kind="evidence", id=uuid.uuid4()).begin()) == "sender"


def test_the_edge_says_what_it_knows_of_the_protocol(edge: RunningEdge) -> None:
    reply = exchange(Message("OPTIONS", edge.url + wire.UPLOADS), None, timeout=30)
    assert reply.status == 204
    assert (reply.headers["tus-version"], reply.headers["tus-extension"]) == (
        "1.0.0",
        "creation,expiration,termination",
    )
