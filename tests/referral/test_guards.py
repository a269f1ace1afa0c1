"""Four eyes and final letters: what services refuse, and what SQL by a process's own role cannot do either."""

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model

from backend.accounts.models import Role
from backend.accounts.services import Person, appoint
from backend.audit.models import AuditEvent
from backend.directory.models import Authority
from backend.incidents import evidence, opening
from backend.incidents.models import EvidenceItem, Incident
from referral import services
from referral.lifecycle import Form, LetterKind, RoleMissing, SecondPersonNeeded, Stage, UrgencyGround
from referral.models import DueAct, LetterOfRequest
from referral.services.drafting import EvidenceNotHere
from referral.services.references import NotOpen
from tests.founding import FRAUD_REPORT, NOW, TESTS, SealedReport, enrol_device, own_authority, person
from tests.referral.test_acts import Office, preservation_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    return Office()


def also(acting: Person, role: Role) -> Person:
    """The same person in a further role."""
    appoint(acting.user, role, acting=TESTS, at=NOW)
    return Person(acting.user, role)


def urgent(office: Office) -> LetterOfRequest:
    """A letter that the duty officer drafted, completed and signed alone."""
    letter = services.complete_letter(office.draft(office.duty), acting=office.duty, at=NOW)
    return services.sign_letter(letter, urgency=[UrgencyGround.DATA_WOULD_BE_LOST], acting=office.duty, at=NOW)


def refused(rows: type[Model], pk: object, **change: object) -> str:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        rows.objects.filter(pk=pk).update(**change)  # type: ignore[attr-defined]
    return str(refusal.value)


# Persons --------------------------------------------------------------------------------------------------------------


def test_who_wrote_on_another_s_draft_neither_approves_nor_signs_it(office: Office) -> None:
    writer = person(Role.PROSECUTOR, "second-prosecutor")
    letter = services.redraft_letter(office.draft(), preservation_draft(offences=[]), acting=writer, at=NOW)
    services.redraft_letter(letter, preservation_draft(), acting=office.prosecutor, at=NOW)
    letter = office.complete(letter)
    with pytest.raises(SecondPersonNeeded):
        services.approve_letter(letter, acting=also(writer, Role.APPROVER), at=NOW)
    assert "writer_approves_nothing" in refused(LetterOfRequest, letter.pk, approved_by=writer.user)
    services.approve_letter(letter, acting=office.approver, at=NOW)
    with pytest.raises(SecondPersonNeeded):
        services.sign_letter(letter, acting=also(writer, Role.SIGNER), at=NOW)
    assert "writer_signs_nothing" in refused(LetterOfRequest, letter.pk, signed_by=writer.user)
    assert services.sign_letter(letter, acting=office.signer, at=NOW).stage == Stage.SIGNED


def test_roles_of_one_authority_do_not_serve_another(office: Office) -> None:
    elsewhere = own_authority("competent")
    letter = office.complete(office.draft())
    stranger = person(Role.APPROVER, "approver-elsewhere", authority=elsewhere)
    with pytest.raises(RoleMissing):
        services.approve_letter(letter, acting=stranger, at=NOW)
    appoint(stranger.user, Role.APPROVER, authority=office.contact_point, acting=TESTS, at=NOW)
    services.approve_letter(letter, acting=stranger, at=NOW)
    with pytest.raises(RoleMissing):
        services.sign_letter(letter, acting=person(Role.SIGNER, "signer-elsewhere", authority=elsewhere), at=NOW)


def test_an_appointment_that_ended_does_not_serve(office: Office) -> None:
    letter = office.complete(office.draft())
    office.approver.user.appointments.update(valid_until=NOW + timedelta(hours=1))
    with pytest.raises(RoleMissing):
        services.approve_letter(letter, acting=office.approver, at=NOW + timedelta(hours=2))


def test_form_and_grounds_of_an_urgent_signature_are_on_record(office: Office) -> None:
    letter = urgent(office)
    detail = AuditEvent.objects.get(event="letter:signed", subject_id=str(letter.id)).detail
    assert (detail["form"], detail["grounds"]) == ("urgent", "data_would_be_lost")


def test_only_a_reference_that_waits_for_it_is_confirmed(office: Office) -> None:
    with pytest.raises(NotOpen):
        services.confirm_reference(
            office.draft(), "Any Act, s. 1", source_seen="nowhere", acting=office.prosecutor, at=NOW
        )


def test_evidence_that_is_awaited_or_of_another_file_is_not_sent(office: Office) -> None:
    SealedReport(enrol_device(), FRAUD_REPORT, files={"mail.txt": b"evidence"}).send()
    opening.open_waiting(at=NOW)
    item = EvidenceItem.objects.get()

    def drafted() -> LetterOfRequest:
        return services.draft_letter(
            office.referral,
            LetterKind.PRESERVATION_REQUEST,
            preservation_draft(),
            from_authority=office.contact_point,
            to_authority=office.peer,
            evidence=[item],
            acting=office.prosecutor,
            at=NOW,
        )

    office.referral.incidents.add(Incident.objects.get())
    with pytest.raises(EvidenceNotHere):
        drafted()
    assert evidence.take_waiting(at=NOW)
    office.referral.incidents.clear()
    with pytest.raises(EvidenceNotHere):
        drafted()
    office.referral.incidents.add(Incident.objects.get())
    assert drafted().evidence.get().item == item


# The database ---------------------------------------------------------------------------------------------------------


def test_a_letter_keeps_what_it_is(office: Office) -> None:
    letter = office.complete(office.draft())
    changes: list[dict[str, object]] = [
        {"direction": "in"},
        {"direction": "in", "stage": "acknowledged"},
        {"kind": "acknowledgement"},
        {"drafted_by": None},
        {"drafted_by": office.signer.user},
        {"writers": []},
        {"from_authority": office.central},
        {"to_authority": Authority.objects.get(id="cr-central")},
        {"reference": "GD-L-2026-1"},
    ]
    for change in changes:
        assert "keeps what it is" in refused(LetterOfRequest, letter.pk, **change), change


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"form": "registry"}, "form_is_open_to_the_kind"),
        ({"form": "own"}, "form_is_open_to_the_kind"),
        ({"stage": "approved"}, "somebody_approved_it"),
        ({"completed_by": None}, "somebody_completed_it"),
        ({"stage": "acknowledged"}, "nothing_leaves_unsigned"),
    ],
)
def test_the_database_refuses_a_form_or_stage_that_nobody_acted_for(
    office: Office, change: dict[str, str], constraint: str
) -> None:
    assert constraint in refused(LetterOfRequest, office.complete(office.draft()).pk, **change)


def test_a_signed_letter_is_final_but_for_its_stage(office: Office) -> None:
    letter = urgent(office)
    changes: list[dict[str, object]] = [
        {"form": Form.ORDINARY, "approved_by": office.approver.user},
        {"completed_by": office.signer.user},
        {"signer_sha256": "0" * 64},
        {"signed_at": None, "signed_by": None, "pdf_ct": None, "stage": "complete"},
        {"writers": [*letter.writers, office.signer.user.pk]},
    ]
    for change in changes:
        assert "final" in refused(LetterOfRequest, letter.pk, **change), change
    assert "draft again" in refused(LetterOfRequest, letter.pk, stage="approved")
    assert LetterOfRequest.objects.filter(pk=letter.pk).update(stage="transmitted") == 1


def test_a_letter_of_this_node_begins_as_a_draft(office: Office) -> None:
    letter = urgent(office)
    letter.pk = letter.id = None
    letter.reference = "GD-L-2026-99999"
    with pytest.raises(IntegrityError, match="begins as a draft"), transaction.atomic():
        letter.save(force_insert=True)


def test_nobody_is_the_second_person_of_what_they_signed(office: Office) -> None:
    due = urgent(office).due_acts.get(act="second_person")
    assert "another one" in refused(DueAct, due.pk, done_by=office.duty.user, done_at=NOW)
    services.confirm_urgent_form(due.letter, acting=office.approver, at=NOW)
    assert "done once" in refused(DueAct, due.pk, done_by=office.signer.user)


def test_what_is_asked_is_written_while_the_letter_is_a_draft(office: Office) -> None:
    letter = office.complete(office.draft())
    measure = letter.measures.get()
    assert "only a draft" in refused(type(measure), measure.pk, measure="stored-data")
    for act in (measure.delete, lambda: letter.measures.create(measure="stored-data", position=2)):
        with pytest.raises(IntegrityError, match="only a draft"), transaction.atomic():
            act()


def test_evidence_is_not_added_to_a_letter_that_others_have_read(office: Office) -> None:
    SealedReport(enrol_device(), FRAUD_REPORT, files={"mail.txt": b"evidence"}).send()
    opening.open_waiting(at=NOW)
    item, letter = EvidenceItem.objects.get(), office.complete(office.draft())
    with pytest.raises(IntegrityError, match="only a draft"), transaction.atomic():
        letter.evidence.create(item=item, position=1)


@pytest.mark.django_db(transaction=True)
def test_the_worker_s_role_can_neither_approve_nor_sign(as_role: Callable[[str], psycopg.Connection]) -> None:
    worker = as_role("worker")
    for column in ("approved_by_id", "signed_by_id", "pdf_ct", "content_ct", "form", "drafted_by_id", "direction"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            worker.execute(f"UPDATE referral_letterofrequest SET {column} = NULL")
    worker.execute("UPDATE referral_letterofrequest SET stage = stage, moved_at = moved_at")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        worker.execute("UPDATE intake_submission SET digest = ''")
