"""What was declared sensitive stays so, is never decoded, and leaves by an act of two persons alone."""

import hashlib
import re
import stat
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.http import Http404

from backend.accounts.models import Role
from backend.accounts.services import appoint
from backend.audit.models import AuditEvent
from backend.cli.node.home import CHECKOUT
from backend.incidents import custody, opening, releasing
from backend.incidents.evidence import payload_path
from backend.incidents.models import CustodyEvent, EvidenceItem, Release, ReleaseDecision
from backend.incidents.releasing import NotReleased, Outcome, decide_release, propose_release
from tests.founding import FRAUD_REPORT, NOW, TESTS, SealedReport, enrol_device, person
from tests.incidents.custody import BASIS, CONTENT, WHY, abuse_material, approver, prosecutor, received_items, release

pytestmark = pytest.mark.django_db


@pytest.fixture
def item() -> EvidenceItem:
    return abuse_material()


def hand(item: EvidenceItem, *, node: str = "cr", letter: str = "GD-L-2026-00001", at: datetime = NOW) -> CustodyEvent:
    return custody.hand_to_node(item, node, letter, acting=approver(), at=at)


def test_what_the_reporter_declares_is_kept_and_never_lowered(item: EvidenceItem) -> None:
    assert (item.sensitivity, item.sensitive) == ("abuse-material", True)
    for lower in ("none", "intimate-image", "harmless"):
        with pytest.raises(IntegrityError), transaction.atomic():
            EvidenceItem.objects.update(sensitivity=lower)
    item.refresh_from_db()
    assert item.sensitivity == "abuse-material"


def test_without_a_release_it_neither_goes_to_a_node_nor_to_a_person(item: EvidenceItem) -> None:
    with pytest.raises(custody.NotHanded, match="declared sensitive"):
        hand(item)
    with pytest.raises(custody.NotHanded, match="declared sensitive"):
        custody.read_content(item, purpose="court", note=WHY, acting=prosecutor(), at=NOW)
    assert list(item.custody.values_list("act", flat=True)) == ["received"]


def test_nothing_counts_as_handed_on_while_an_item_of_the_letter_is_held() -> None:
    items = received_items({"image": "abuse-material"}, mail=CONTENT, image=b"a harmless stand-in")
    to = ("cr", "GD-L-2026-00001")
    with pytest.raises(custody.NotHanded, match="declared sensitive"):
        custody.hand_all_to_node(items, *to, acting=approver(), at=NOW)
    assert not CustodyEvent.objects.filter(act="readdressed").exists()
    release(items[1], "node cr", to[1])
    handed = custody.hand_all_to_node(items, *to, acting=approver(), at=NOW)
    assert [event.item_id for event in handed] == [item.pk for item in items]
    assert custody.hand_all_to_node(items, *to, acting=approver(), at=NOW) == handed


def test_a_release_serves_once_for_whom_and_for_what_it_was_approved(item: EvidenceItem) -> None:
    release(item, "node cr", "GD-L-2026-00001")
    for wrong in ({"node": "bz"}, {"letter": "GD-L-2026-00002"}, {"at": NOW + timedelta(days=31)}):
        with pytest.raises(custody.NotHanded):
            hand(item, **wrong)  # type: ignore[arg-type]
    with pytest.raises(custody.NotHanded):
        custody.read_content(item, purpose="court", note=WHY, acting=prosecutor(), at=NOW)
    event = hand(item)
    assert (event.went_to, event.letter, event.release) == ("node cr", "GD-L-2026-00001", Release.objects.get())
    assert hand(item).pk == event.pk  # the same packet built again
    assert releasing.release_for(item, "node cr", "GD-L-2026-00001", at=NOW) is None


def test_nothing_leaves_on_a_proposal_alone_or_a_refusal(item: EvidenceItem) -> None:
    release(item, "node cr", "GD-L-2026-00001", Outcome.REFUSED)
    propose_release(item, "node cr", BASIS, letter="GD-L-2026-00002", acting=prosecutor(), at=NOW)
    for letter in ("GD-L-2026-00001", "GD-L-2026-00002"):
        with pytest.raises(custody.NotHanded):
            hand(item, letter=letter)


def test_basis_and_reason_are_kept_encrypted_and_on_record(item: EvidenceItem) -> None:
    release(item, "person prosecutor")
    proposed = Release.objects.get()
    assert releasing.basis_of(proposed) == BASIS
    assert releasing.reason_of(proposed.decision) == "As ordered by the magistrate."
    logged = AuditEvent.objects.filter(subject_kind="release").order_by("pk").values_list("event", "acting_id")
    assert sorted(logged) == [("release:approved", "approver"), ("release:proposed", "prosecutor")]
    assert not any("Magistrate" in repr(row.detail) for row in AuditEvent.objects.all())


def _both_roles() -> None:
    """One person who is prosecutor and approver, as in a small office at night."""
    appoint(prosecutor().user, Role.APPROVER, acting=TESTS, at=NOW)


def test_the_second_person_is_another_one_whoever_asks(item: EvidenceItem) -> None:
    _both_roles()
    to_node = propose_release(item, "node cr", BASIS, letter="GD-L-1", acting=prosecutor(), at=NOW)
    to_approver = propose_release(item, "person approver", BASIS, acting=prosecutor(), at=NOW)
    for proposed, who in ((to_node, prosecutor()), (to_approver, approver())):
        with pytest.raises(NotReleased, match="Another person"):
            decide_release(proposed, Outcome.APPROVED, "I may.", acting=who, at=NOW)
        with pytest.raises(IntegrityError, match="another person"), transaction.atomic():
            ReleaseDecision.objects.create(
                release=proposed, outcome="approved", reason_ct=b"n" * 40, decided_at=NOW, decided_by=who.user
            )
    decide_release(to_node, Outcome.APPROVED, "As ordered.", acting=approver(), at=NOW)
    with pytest.raises(NotReleased, match="already"):
        decide_release(to_node, Outcome.REFUSED, "On second thoughts.", acting=approver(), at=NOW)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.APPROVER, Role.ADMINISTRATOR, Role.AUDITOR, Role.REGISTRAR])
def test_only_whoever_drafts_letters_proposes(item: EvidenceItem, role: Role) -> None:
    with pytest.raises(Http404):
        propose_release(item, "node cr", BASIS, letter="GD-L-1", acting=person(role, role.value), at=NOW)


Changed = Callable[[EvidenceItem], object]
BY_HAND: list[Changed] = [
    lambda _: Release.objects.update(letter="GD-L-9"),
    lambda _: Release.objects.all()._raw_delete("default"),
    lambda _: ReleaseDecision.objects.update(outcome="approved"),
    lambda _: ReleaseDecision.objects.all()._raw_delete("default"),
    lambda item: Release.objects.create(
        item=item, went_to="node cr", letter="L", basis_ct=b"", proposed_at=NOW, proposed_by=prosecutor().user
    ),
    lambda item: Release.objects.create(
        item=item, went_to="node cr", basis_ct=b"n" * 40, proposed_at=NOW, proposed_by=prosecutor().user
    ),
    lambda item: _by_hand(item, release=None),
    lambda item: _by_hand(item, release=Release.objects.get()),
]


def _by_hand(item: EvidenceItem, *, release: Release | None) -> object:
    return CustodyEvent.objects.create(
        item=item, act="readdressed", at=NOW, by_role="worker", by_id="worker", came_from="node gd", went_to="node cr",
        reason="packed with a letter", letter="GD-L-1", release=release,
    )  # fmt: skip


@pytest.mark.parametrize("act", BY_HAND, ids=[str(number) for number in range(len(BY_HAND))])
def test_the_database_refuses_what_goes_round_the_second_person(item: EvidenceItem, act: Changed) -> None:
    release(item, "node cr", "GD-L-1", Outcome.REFUSED)
    with pytest.raises(IntegrityError), transaction.atomic():
        act(item)


def test_only_what_is_sensitive_needs_a_release() -> None:
    (plain,) = received_items()
    with pytest.raises(NotReleased, match="declared sensitive"):
        propose_release(plain, "node cr", BASIS, letter="GD-L-1", acting=prosecutor(), at=NOW)
    assert hand(plain).release is None


def test_its_plaintext_digest_stands_in_no_column_and_no_event(item: EvidenceItem) -> None:
    release(item, "node cr", "GD-L-2026-00001")
    hand(item)
    digest = hashlib.sha256(CONTENT)
    seen = 0
    for model in apps.get_models():
        for row in model.objects.all().values():
            text = repr({k: bytes(v) if isinstance(v, memoryview) else v for k, v in row.items()})
            assert digest.hexdigest() not in text, model._meta.db_table
            assert repr(digest.digest())[2:-1] not in text, model._meta.db_table
            seen += item.payload_sha256 in text
    assert seen >= 2  # what is looked for would be found: the payload's digest stands in the item and in an event


def _commit_as_received(rows: "QuerySet[EvidenceItem]") -> None:
    rows.update(stage="received")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as at the transaction's end


def test_an_item_is_received_with_its_key_and_its_event_or_not_at_all(item: EvidenceItem) -> None:
    SealedReport(enrol_device(), FRAUD_REPORT, files={"late.txt": b"late"}).send()
    assert opening.open_waiting(at=NOW)
    awaited = EvidenceItem.objects.filter(stage="awaited")
    assert awaited.count() == 1
    with pytest.raises(IntegrityError, match="with its key and a custody event"), transaction.atomic():
        _commit_as_received(awaited)
    received = EvidenceItem.objects.filter(pk=item.pk)
    for changed in ({"stage": "awaited"}, {"payload_sha256": "0" * 64}, {"size": 1}, {"sender": "x"}):
        with pytest.raises(IntegrityError, match="stays what it is"), transaction.atomic():
            received.update(**changed)


def test_no_part_of_the_node_knows_how_to_decode_a_picture_or_film() -> None:
    decoders = {"PIL", "cv2", "magic", "imageio", "imagehash", "wand", "exifread", "ffmpeg", "moviepy", "av"}
    texts = (path.read_text() for top in ("backend", "crypto", "referral") for path in (CHECKOUT / top).rglob("*.py"))
    imported = {name for text in texts for name in re.findall(r"^ *(?:from|import) (\w+)", text, re.MULTILINE)}
    assert "cryptography" in imported
    assert not imported & decoders


def test_a_received_file_lies_inert_as_it_was_sealed(item: EvidenceItem) -> None:
    path = payload_path(item)
    assert path.name == f"{item.id}.payload"
    assert not path.stat().st_mode & (stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    for file in path.parent.iterdir():
        if str(item.id) in file.name:
            data = file.read_bytes()
            assert CONTENT[:20] not in data
            assert b"<script>" not in data
    assert sorted(one.name for one in path.parent.glob(f"*{item.id}*")) == [path.name]  # no thumbnail beside it
    assert path.parent == settings.COMITY.evidence
