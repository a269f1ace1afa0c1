"""Nobody comes to the content of evidence without an event that was committed first."""

from collections.abc import Callable

import psycopg
import pytest
from django.http import Http404

from backend.accounts.models import Role
from backend.audit.models import AuditEvent
from backend.incidents import custody
from backend.incidents.columns import sealed
from backend.incidents.evidence import payload_path
from backend.incidents.models import ContentOpening, CustodyEvent, EvidenceItem
from backend.vault.columns import open_data_key
from backend.vault.receiving import NoCustody, content_of
from crypto.errors import CannotOpen
from tests.founding import NOW, person
from tests.incidents.custody import CONTENT, WHY, prosecutor, received_items
from tests.incidents.erasure import erased

AsRole = Callable[[str], psycopg.Connection]
pytestmark = pytest.mark.django_db(transaction=True)


def read(item: EvidenceItem, **changed: object) -> bytes:
    asked: dict[str, object] = {"purpose": "investigation", "note": WHY, "acting": prosecutor(), "at": NOW} | changed
    return b"".join(custody.read_content(item, **asked))  # type: ignore[arg-type]


def test_a_reading_is_on_record_before_the_first_byte_and_opens_once() -> None:
    (item,) = received_items()
    pieces = custody.read_content(item, purpose="court", note=WHY, acting=prosecutor(), at=NOW)
    event = CustodyEvent.objects.get(act="read")  # nothing was taken from `pieces` yet
    told = (event.by_role, event.by_id, event.came_from, event.went_to, event.reason)
    assert told == ("prosecutor", "prosecutor", "node gd", "person prosecutor", "court")
    assert custody.note_of(event) == WHY
    assert WHY.encode() not in bytes(event.note_ct or b"")
    logged = AuditEvent.objects.get(event="evidence:read", subject_id=str(item.id))
    assert logged.detail == {
        "custody": event.pk, "to": "person prosecutor", "reason": "court", "letter": None, "release": None,
    }  # fmt: skip
    assert b"".join(pieces) == CONTENT
    assert ContentOpening.objects.get().event == event
    with payload_path(item).open("rb") as payload, pytest.raises(NoCustody):
        content_of(payload, event.pk, data_key=open_data_key(item.data_key), row=item.id)
    assert ContentOpening.objects.count() == 1


def test_nothing_is_read_without_a_right_a_purpose_or_words() -> None:
    (item,) = received_items()
    assert read(item) == CONTENT
    for changed in ({"purpose": "curiosity"}, {"purpose": ""}, {"note": "  "}, {"note": "x" * 2001}):
        with pytest.raises(custody.NotHanded):
            read(item, **changed)
    for role in (Role.OFFICER, Role.AUDITOR, Role.ADMINISTRATOR, Role.REGISTRAR):
        with pytest.raises(Http404):
            read(item, acting=person(role, role.value))
    assert CustodyEvent.objects.filter(act="read").count() == 1


def test_a_payload_that_changed_at_rest_is_never_given_out_whole() -> None:
    (item,) = received_items(mail=b"x" * 3_000_000)
    path = payload_path(item)
    whole = path.read_bytes()
    assert len(read(item)) == 3_000_000
    got: list[bytes] = []
    for changed in (whole[:-1], whole[:-65_552], whole[:100] + bytes([whole[100] ^ 1]) + whole[101:]):
        path.write_bytes(changed)
        got.clear()
        with pytest.raises(CannotOpen):
            got.extend(custody.read_content(item, purpose="court", note=WHY, acting=prosecutor(), at=NOW))
        assert sum(map(len, got)) < 3_000_000
    path.write_bytes(whole)
    key = open_data_key(item.data_key)
    # One payload can be made that opens to two contents: then the digest that was signed for decides.
    item.plaintext_sha256_ct = sealed(key, EvidenceItem, item.id, "plaintext_sha256_ct", b"0" * 64)
    got.clear()
    with pytest.raises(custody.ContentChanged):
        got.extend(custody.read_content(item, purpose="court", note=WHY, acting=prosecutor(), at=NOW))
    assert sum(map(len, got)) < 3_000_000
    assert CustodyEvent.objects.filter(act="read").count() == 5  # a failed reading is on record, too


def event_by_hand(connection: psycopg.Connection, item: EvidenceItem, **changed: object) -> int:
    """A row as the desk's role could write it without our code."""
    row = {
        "item_id": item.id, "act": "read", "at": NOW, "by_role": "prosecutor", "by_id": "p", "came_from": "node gd",
        "went_to": "person p", "reason": "court", "letter": "", "note_ct": b"n" * 40,
    } | changed  # fmt: skip
    names, places = ", ".join(row), ", ".join(["%s"] * len(row))
    found = connection.execute(
        f"INSERT INTO incidents_custodyevent ({names}) VALUES ({places}) RETURNING id",  # noqa: S608
        list(row.values()),
    ).fetchone()
    assert found
    return int(found[0])


def key_for(connection: psycopg.Connection, event: int) -> bytes:
    found = connection.execute("SELECT evidence_key(%s)", [event]).fetchone()
    assert found
    return bytes(found[0])


def test_the_database_gives_a_key_for_a_committed_event_alone(as_role: AsRole) -> None:
    (item,) = received_items()
    desk = as_role("desk")
    event = event_by_hand(desk, item)
    assert len(key_for(desk, event)) == 45  # 16 bytes, wrapped
    with pytest.raises(psycopg.errors.CheckViolation, match="opens the content once"):
        key_for(desk, event)
    undone = pytest.raises(psycopg.errors.CheckViolation, match="committed custody event")
    with undone, desk.transaction():  # an event that its own transaction could undo again
        key_for(desk, event_by_hand(desk, item))
    received = CustodyEvent.objects.get(act="received").pk
    for wrong in (received, 10**9):
        with pytest.raises(psycopg.errors.CheckViolation, match="committed custody event"):
            key_for(desk, wrong)
    for process in ("desk", "worker", "notary", "edge"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_role(process).execute("SELECT file_key_ct FROM incidents_evidencekey")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_role("edge").execute("SELECT evidence_key(1)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        desk.execute("DELETE FROM incidents_contentopening")


INCOMPLETE: list[tuple[dict[str, object], str]] = [
    ({"note_ct": b"n" * 29}, "for which purpose"),
    ({"note_ct": None}, "for which purpose"),
    ({"reason": "curiosity"}, "for which purpose"),
    ({"went_to": "node cr"}, "for which purpose"),
    ({"by_id": ""}, "custody_says_who_why"),
    ({"came_from": ""}, "custody_says_who_why"),
    ({"act": "readdressed", "went_to": "node cr"}, "with a letter"),
    ({"act": "readdressed", "letter": "GD-L-1", "went_to": "person p"}, "with a letter"),
    ({"act": "received"}, "begins once"),
]


def test_the_database_refuses_an_event_that_does_not_say_all(as_role: AsRole) -> None:
    (item,) = received_items()
    desk = as_role("desk")
    event_by_hand(desk, item)
    for changed, refusal in INCOMPLETE:
        with pytest.raises(psycopg.errors.CheckViolation, match=refusal):
            event_by_hand(desk, item, **changed)
    assert CustodyEvent.objects.count() == 2


def test_an_item_that_is_erased_at_the_same_moment_is_refused_in_a_sentence() -> None:
    (item,) = received_items()
    assert not item.erased  # as it was looked up
    erased(item.incident)
    with pytest.raises(custody.NotHanded, match="erased"):
        read(item)
    # A payload that is missing otherwise is the node's failure, and is not said to be an erasure.
    (lost,) = received_items(mail=CONTENT + b"more")
    payload_path(lost).unlink()
    with pytest.raises(FileNotFoundError):
        read(lost)
