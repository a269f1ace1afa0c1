"""A request is not signed while a block stands; who answered for it, and what stood at the signature, are kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, transaction

from backend.accounts.models import Role
from backend.accounts.services import Person, appoint
from backend.audit.models import AuditEvent
from backend.conventions.refusal_risks import Severity
from backend.directory.models import Authority
from backend.incidents import evidence, opening
from backend.incidents.models import EvidenceItem, Incident
from referral import services
from referral.columns import content_of
from referral.lifecycle import RoleMissing, SecondPersonNeeded, Stage, UrgencyGround
from referral.models import FindingsAtSigning, LetterOfRequest, Preservation, RiskOverride
from referral.services.moving import LetterNotWritable
from referral.services.risks import NoSuchFinding, RisksStand, findings_of, kept_findings, overridden
from tests.founding import FRAUD_REPORT, NOW, TESTS, SealedReport, enrol_device
from tests.referral.test_acts import FOLLOWS, PARTICULARS, Office, preservation_draft, stored_data_letter

pytestmark = pytest.mark.django_db

BOTH = {"en": "Words of the test.", "es": "Palabras de la prueba."}
REASON = "The provider has confirmed by telephone that it knows what is meant."
UNDATED = dict.fromkeys(PARTICULARS, BOTH)
RULE = "mla-intention-missing"


@pytest.fixture
def office() -> Office:
    return Office()


def grades(letter: LetterOfRequest, **way: Any) -> dict[str, Severity]:
    """The rules that speak against the letter, with how gravely."""
    letter.refresh_from_db()
    return {one.rule: one.severity for one in findings_of(letter, content_of(letter), at=NOW, **way)}


def undated(office: Office) -> LetterOfRequest:
    """A complete preservation request that says no date by which the letter follows: a block, no mandatory content."""
    return office.complete(office.draft(draft=preservation_draft(particulars=UNDATED)))


def test_a_letter_with_a_block_is_not_signed_until_a_person_of_the_authority_overrides_it(office: Office) -> None:
    letter = services.approve_letter(undated(office), acting=office.approver, at=NOW)
    with pytest.raises(RisksStand) as refused:
        services.sign_letter(letter, acting=office.signer, at=NOW)
    assert refused.value.rules == (RULE,)
    assert "No date is named" in str(refused.value)
    assert not FindingsAtSigning.objects.exists()
    services.override_risk(letter, RULE, reason=REASON, acting=office.approver, at=NOW)
    assert services.sign_letter(letter, acting=office.signer, at=NOW).stage == Stage.SIGNED
    (answer,) = overridden(letter)
    assert (answer.reason, answer.row.overridden_by, answer.row.rule) == (REASON, office.approver.user, RULE)
    event = AuditEvent.objects.get(event="risk:overridden")
    assert (event.acting_id, event.detail["rule"], event.detail["override"]) == ("approver", RULE, str(answer.row.id))
    assert REASON not in str(event.detail)


def test_a_signed_letter_keeps_its_findings_whatever_the_data_say_later(office: Office) -> None:
    letter = services.approve_letter(office.complete(office.draft()), acting=office.approver, at=NOW)
    before = findings_of(letter, content_of(letter), at=NOW)
    services.sign_letter(letter, acting=office.signer, at=NOW)
    kept = kept_findings(letter)
    assert kept == before
    assert kept
    letter.refresh_from_db()
    Authority.objects.update(confirmed_at=NOW)
    assert findings_of(letter, content_of(letter), at=NOW) != kept
    assert kept_findings(letter) == before
    detail = AuditEvent.objects.get(event="letter:signed").detail
    assert detail["findings_ask"] == sum(one.severity is Severity.ASK for one in kept)
    assert len(detail["findings_sha256"]) == 64
    assert b"Spice" not in bytes(FindingsAtSigning.objects.get(letter=letter).findings_ct)


def test_in_urgent_form_the_block_warns_and_is_due_and_the_answer_after_it_settles_that(office: Office) -> None:
    letter = undated(office)
    assert grades(letter)[RULE] is Severity.BLOCK
    assert grades(letter, urgent=True)[RULE] is Severity.WARN
    services.sign_letter(letter, urgency=[UrgencyGround.DATA_WOULD_BE_LOST], acting=office.signer, at=NOW)
    due = letter.due_acts.get(act="refusal_risks")
    assert (due.due_on, due.done_at) == ((NOW + timedelta(days=3)).date(), None)
    services.override_risk(letter, RULE, reason="Told by telephone.", acting=office.approver, at=NOW)
    due.refresh_from_db()
    assert due.done_by == office.approver.user
    with pytest.raises(LetterNotWritable):
        services.override_risk(letter, RULE, reason="Again.", acting=office.approver, at=NOW)


def test_a_mandatory_content_blocks_in_the_urgent_form_too(office: Office) -> None:
    letter = office.draft(draft=preservation_draft(particulars={"intention-to-submit-mla": FOLLOWS}))
    assert grades(letter, urgent=True)["nexus-missing"] is Severity.BLOCK


def test_an_override_is_about_the_letter_as_it_stands(office: Office) -> None:
    letter = undated(office)
    services.override_risk(letter, RULE, reason=REASON, acting=office.approver, at=NOW)
    services.return_to_draft(letter, acting=office.approver, at=NOW)
    other = {"en": "A letter will follow soon.", "es": "Seguirá una carta."}
    changed = preservation_draft(particulars=UNDATED | {"intention-to-submit-mla": other})
    services.redraft_letter(letter, changed, acting=office.prosecutor, at=NOW)
    services.complete_letter(letter, acting=office.prosecutor, at=NOW)
    services.approve_letter(letter, acting=office.approver, at=NOW)
    with pytest.raises(RisksStand):
        services.sign_letter(letter, acting=office.signer, at=NOW)


def test_the_drafter_does_not_override_nor_does_a_role_that_is_not_the_authority_s(office: Office) -> None:
    letter = undated(office)
    appoint(office.prosecutor.user, Role.APPROVER, acting=TESTS, at=NOW)
    with pytest.raises(SecondPersonNeeded):
        services.override_risk(
            letter, RULE, reason=REASON, acting=Person(office.prosecutor.user, Role.APPROVER), at=NOW
        )
    with pytest.raises(RoleMissing):
        services.override_risk(letter, RULE, reason=REASON, acting=office.prosecutor, at=NOW)
    assert not RiskOverride.objects.exists()


def test_only_a_finding_that_waits_is_answered_for(office: Office) -> None:
    letter = undated(office)
    for rule in ("nexus-missing", "no-such-rule"):
        with pytest.raises(NoSuchFinding):
            services.override_risk(letter, rule, reason=REASON, acting=office.approver, at=NOW)
    services.override_risk(letter, RULE, reason=REASON, acting=office.approver, at=NOW)
    with pytest.raises(NoSuchFinding):
        services.override_risk(letter, RULE, reason=REASON, acting=office.approver, at=NOW)
    draft = office.draft(draft=preservation_draft(particulars=UNDATED))
    with pytest.raises(LetterNotWritable):
        services.override_risk(draft, RULE, reason=REASON, acting=office.approver, at=NOW)


def test_an_unverified_reference_is_confirmed_and_not_overridden(office: Office) -> None:
    letter = stored_data_letter(office)
    services.override_risk(letter, "reference-unverified", reason=REASON, acting=office.approver, at=NOW)
    services.approve_letter(letter, acting=office.approver, at=NOW)
    with pytest.raises(Exception, match="Nobody has verified"):
        services.sign_letter(letter, acting=office.signer, at=NOW)


# What the check reads of the node -------------------------------------------------------------------------------------


def test_conduct_evidence_and_earlier_preservation_are_read_from_the_referral(office: Office) -> None:
    letter = stored_data_letter(office)
    before = grades(letter)
    assert before["dual-criminality-unproved"] is Severity.ASK  # no incident: nothing to compare
    assert before["preservation-about-to-lapse"] is Severity.WARN
    assert "abuse-material-enclosed" not in before
    kept = office.draft(office.duty)
    services.complete_letter(kept, acting=office.duty, at=NOW)
    services.sign_letter(kept, urgency=[UrgencyGround.DATA_WOULD_BE_LOST], acting=office.duty, at=NOW)
    Preservation.objects.filter(letter=kept).update(stage="preserved", until=(NOW + timedelta(days=80)).date())
    SealedReport(enrol_device(), FRAUD_REPORT, files={"mail.txt": b"evidence"}).send()
    opening.open_waiting(at=NOW)
    assert evidence.take_waiting(at=NOW)
    office.referral.incidents.add(Incident.objects.get())
    EvidenceItem.objects.update(sensitivity="abuse-material")
    services.return_to_draft(letter, acting=office.approver, at=NOW)
    letter.evidence.create(item=EvidenceItem.objects.get(), position=1)
    after = grades(letter)
    assert "preservation-about-to-lapse" not in after
    found = findings_of(letter, content_of(letter), at=NOW)
    compared = next((one for one in found if one.rule == "dual-criminality-unproved"), None)
    assert compared is None or "no comparison was made" not in " ".join(compared.to_look)


def test_a_marked_file_keeps_the_letter_from_going(office: Office) -> None:
    SealedReport(enrol_device(), FRAUD_REPORT, files={"mail.txt": b"evidence"}).send()
    opening.open_waiting(at=NOW)
    assert evidence.take_waiting(at=NOW)
    office.referral.incidents.add(Incident.objects.get())
    EvidenceItem.objects.update(sensitivity="abuse-material")
    letter = services.draft_letter(
        office.referral,
        "preservation-request",
        preservation_draft(),
        from_authority=office.contact_point,
        to_authority=office.peer,
        evidence=list(EvidenceItem.objects.all()),
        acting=office.prosecutor,
        at=NOW,
    )
    assert grades(letter)["abuse-material-enclosed"] is Severity.BLOCK


# The database ---------------------------------------------------------------------------------------------------------


def test_what_was_found_and_answered_for_is_never_changed_or_removed(office: Office) -> None:
    letter = undated(office)
    services.override_risk(letter, RULE, reason=REASON, acting=office.approver, at=NOW)
    services.approve_letter(letter, acting=office.approver, at=NOW)
    services.sign_letter(letter, acting=office.signer, at=NOW)
    for rows, change in ((RiskOverride, {"rule": "other"}), (FindingsAtSigning, {"findings_ct": b"x" * 40})):
        for act in (lambda r=rows, c=change: r.objects.update(**c), lambda r=rows: r.objects.all().delete()):
            with pytest.raises(IntegrityError, match="not changed or removed"), transaction.atomic():
                act()


def test_the_database_refuses_an_override_by_whoever_wrote_and_findings_after_the_signature(office: Office) -> None:
    letter = undated(office)
    row = {"letter": letter, "rule": RULE, "about_ct": b"x" * 40, "overridden_at": NOW}
    with pytest.raises(IntegrityError, match="does not override"), transaction.atomic():
        RiskOverride.objects.create(**row, overridden_by=office.prosecutor.user)
    with pytest.raises(IntegrityError, match="override_says_something"), transaction.atomic():
        RiskOverride.objects.create(**row | {"about_ct": b"x"}, overridden_by=office.signer.user)
    RiskOverride.objects.create(**row, overridden_by=office.signer.user)
    signed = services.complete_letter(office.draft(office.duty), acting=office.duty, at=NOW)
    services.sign_letter(signed, urgency=[UrgencyGround.DATA_WOULD_BE_LOST], acting=office.duty, at=NOW)
    draft = office.draft()
    with pytest.raises(IntegrityError, match="when the letter is signed"), transaction.atomic():
        FindingsAtSigning.objects.create(letter=draft, findings_ct=b"x" * 40, made_at=NOW)


def test_the_database_refuses_a_signature_without_findings(office: Office) -> None:
    letter = services.approve_letter(office.complete(office.draft()), acting=office.approver, at=NOW)
    change = {"signed_at": NOW, "signed_by": office.signer.user, "pdf_ct": b"x", "stage": "signed"}
    with pytest.raises(IntegrityError, match="together with what was found"), transaction.atomic():
        LetterOfRequest.objects.filter(pk=letter.pk).update(**change)


@pytest.mark.django_db(transaction=True)
def test_only_the_desk_reads_and_adds_and_nobody_changes(as_role: Callable[[str], psycopg.Connection]) -> None:
    for table in ("referral_riskoverride", "referral_findingsatsigning"):
        as_role("desk").execute(f"SELECT 1 FROM {table}")
        for role, statement in (
            ("desk", f"DELETE FROM {table}"),
            ("desk", f"UPDATE {table} SET letter_id = NULL"),
            ("worker", f"SELECT 1 FROM {table}"),
            ("edge", f"SELECT 1 FROM {table}"),
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                as_role(role).execute(statement)
