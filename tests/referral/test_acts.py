"""Acts on letters on the real database: four eyes, the urgent form, what the database itself refuses."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from backend.accounts.models import Role
from backend.accounts.services import Person
from backend.audit.models import AuditEvent
from backend.conventions.errors import UnknownName
from backend.directory.models import Authority
from referral import services
from referral.columns import content_of, pdf_of
from referral.composing import Draft, draft_of, parse_draft
from referral.lifecycle import (
    Form,
    LetterKind,
    RoleMissing,
    SecondPersonNeeded,
    Stage,
    TransitionNotPermitted,
    UrgencyGround,
)
from referral.models import LetterOfRequest, Referral, Transmission
from referral.services.drafting import IncompleteLetter
from referral.services.signing import UnverifiedReference
from tests.founding import NOW, confirmed_peer, found_node, own_authority, person

pytestmark = pytest.mark.django_db

FOLLOWS = {
    "en": "A letter of request under Art. 31 follows by 15 January 2027.",
    "es": "La carta rogatoria según el art. 31 seguirá antes del 15 de enero de 2027.",
}
PARTICULARS = ("necessity", "link-to-offence", "intention-to-submit-mla", "reason-provider-has-data", "purpose")


def preservation_draft(**changes: object) -> Draft:
    """A draft that says everything a preservation request must say, in English and Spanish."""
    both = {"en": "Words of the test.", "es": "Palabras de la prueba."}
    draft = {
        "languages": ["en", "es"],
        "offences": ["computer-fraud"],
        "summary_of_facts": both,
        "measures": [
            {
                "measure": "preservation",
                "description": both,
                "custodian": {"name": "Correo Ejemplo S.A. (fictional)"},
                "period": {"start": "2026-11-20T00:00:00Z", "end": "2026-11-24T00:00:00Z"},
                "data": [
                    {"kind": "mailbox", "value": "accounts@exampleton-trading.example", "at": "2026-11-23T10:00:00Z"}
                ],
            }
        ],
        "urgency": {"reason": both},
        "particulars": dict.fromkeys(PARTICULARS, both) | {"intention-to-submit-mla": FOLLOWS},
    }
    return parse_draft(json.dumps({**draft, **changes}).encode())


class Office:
    """A node's people, its authorities, a confirmed peer and an open referral."""

    def __init__(self) -> None:
        found_node()
        confirmed_peer()
        self.central, self.contact_point = own_authority("central"), own_authority("24-7")
        self.peer = Authority.objects.get(id="cr-24-7")
        self.duty = person(Role.DUTY, "duty")
        self.prosecutor = person(Role.PROSECUTOR, "prosecutor")
        self.approver = person(Role.APPROVER, "approver")
        self.signer = person(Role.SIGNER, "signer")
        self.referral: Referral = services.open_referral([], "cr", acting=self.duty, at=NOW)

    def draft(self, acting: Person | None = None, draft: Draft | None = None) -> LetterOfRequest:
        """A drafted preservation request."""
        return services.draft_letter(
            self.referral,
            LetterKind.PRESERVATION_REQUEST,
            draft or preservation_draft(),
            from_authority=self.contact_point,
            to_authority=self.peer,
            acting=acting or self.prosecutor,
            at=NOW,
        )

    def complete(self, letter: LetterOfRequest, acting: Person | None = None) -> LetterOfRequest:
        """Completed, its open references confirmed."""
        from referral.drafting import unverified
        from referral.services.references import reference_label

        for label in dict.fromkeys(reference_label(r) for r in unverified(content_of(letter))):
            services.confirm_reference(letter, label, source_seen="seen in the test", acting=self.prosecutor, at=NOW)
        return services.complete_letter(letter, acting=acting or self.prosecutor, at=NOW)


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_letter_is_drafted_completed_approved_and_signed_by_different_people(office: Office) -> None:
    letter = office.complete(office.draft())
    services.approve_letter(letter, acting=office.approver, at=NOW)
    signed = services.sign_letter(letter, acting=office.signer, at=NOW)
    assert signed.stage == Stage.SIGNED
    pdf = pdf_of(signed)
    assert pdf is not None
    assert pdf.startswith(b"%PDF")
    assert Transmission.objects.get(letter=letter).stage == "to_build"
    events = list(AuditEvent.objects.filter(subject_id=str(letter.id)).order_by("at").values_list("event", flat=True))
    assert {"letter:drafted", "letter:completed", "letter:approved", "letter:signed", "letter:queued"} <= set(events)


def test_the_legal_basis_comes_from_the_data(office: Office) -> None:
    basis = content_of(office.draft()).legal_basis
    assert basis is not None
    cited = {(part.reference.instrument["en"], part.reference.ref) for part in basis.parts}
    assert any(name == "Convention on Cybercrime" and "29" in ref for name, ref in cited)


def test_a_draft_reads_back_and_can_be_written_on(office: Office) -> None:
    letter = office.draft()
    draft = draft_of(content_of(letter))
    assert draft == preservation_draft()
    services.redraft_letter(
        letter, preservation_draft(confidentiality_reason={"en": "x", "es": "y"}), acting=office.prosecutor, at=NOW
    )
    letter.refresh_from_db()
    assert content_of(letter).confidentiality_reason == {"en": "x", "es": "y"}


def test_a_letter_that_lacks_a_mandatory_content_is_not_completed(office: Office) -> None:
    letter = office.draft(draft=preservation_draft(summary_of_facts=None))
    with pytest.raises(IncompleteLetter) as lacking:
        services.complete_letter(letter, acting=office.prosecutor, at=NOW)
    assert "facts-summary" in str(lacking.value)


def test_a_letter_that_lacks_a_translation_is_not_completed(office: Office) -> None:
    letter = office.draft(draft=preservation_draft(summary_of_facts={"en": "only English"}))
    with pytest.raises(IncompleteLetter, match=r"\(es\)"):
        services.complete_letter(letter, acting=office.prosecutor, at=NOW)


def test_who_drafted_or_completed_does_not_approve(office: Office) -> None:
    both = person(Role.APPROVER, "prosecutor")
    from backend.accounts.services import appoint
    from tests.founding import TESTS

    appoint(both.user, Role.APPROVER, acting=TESTS, at=NOW)
    letter = office.complete(office.draft())
    with pytest.raises(SecondPersonNeeded):
        services.approve_letter(letter, acting=Person(both.user, Role.APPROVER), at=NOW)


def test_a_role_that_is_not_held_does_not_help(office: Office) -> None:
    letter = office.complete(office.draft())
    with pytest.raises(RoleMissing):
        services.approve_letter(letter, acting=Person(office.signer.user, Role.APPROVER), at=NOW)


def test_an_unapproved_letter_is_not_signed_in_ordinary_form(office: Office) -> None:
    letter = office.complete(office.draft())
    with pytest.raises(Exception, match="not approved"):
        services.sign_letter(letter, acting=office.signer, at=NOW)
    with pytest.raises(TransitionNotPermitted):
        services.sign_letter(office.draft(), urgency=[UrgencyGround.DATA_WOULD_BE_LOST], acting=office.duty, at=NOW)


def test_the_urgent_form_lets_one_person_sign_and_leaves_the_second_due(office: Office) -> None:
    letter = services.complete_letter(office.draft(office.duty), acting=office.duty, at=NOW)
    signed = services.sign_letter(letter, urgency=[UrgencyGround.DATA_WOULD_BE_LOST], acting=office.duty, at=NOW)
    assert (signed.stage, signed.form) == (Stage.SIGNED, Form.URGENT)
    due = {act.act: act.due_on for act in signed.due_acts.all()}
    assert due["second_person"] == (NOW + timedelta(days=3)).date()
    with pytest.raises(RoleMissing):
        services.confirm_urgent_form(signed, acting=office.signer, at=NOW)
    services.confirm_urgent_form(signed, acting=office.approver, at=NOW)
    assert signed.due_acts.get(act="second_person").done_by == office.approver.user


def stored_data_letter(office: Office) -> LetterOfRequest:
    """A complete letter for stored data, which relies on references that the data have as unverified."""
    both = {"en": "Words of the test.", "es": "Palabras de la prueba."}
    draft = preservation_draft(
        measures=[
            {
                "measure": "stored-data",
                "description": both,
                "custodian": {"name": "Correo Ejemplo S.A. (fictional), Costa Rica"},
                "data": [{"kind": "mailbox", "value": "a@b.example"}],
            }
        ],
        penalties={"computer-fraud": both},
        particulars=dict.fromkeys(
            ("link-to-offence", "necessity", "purpose", "nature-of-proceedings", "transmission-channel", "translation"),
            both,
        ),
    )
    letter = services.draft_letter(
        office.referral,
        LetterKind.REQUEST,
        draft,
        from_authority=office.central,
        to_authority=Authority.objects.get(id="cr-central"),
        acting=office.prosecutor,
        at=NOW,
    )
    return services.complete_letter(letter, acting=office.prosecutor, at=NOW)


def test_an_ordinary_letter_is_not_signed_on_an_unverified_reference_until_a_person_confirmed_it(
    office: Office,
) -> None:
    letter = stored_data_letter(office)
    services.approve_letter(letter, acting=office.approver, at=NOW)
    with pytest.raises(UnverifiedReference) as refused:
        services.sign_letter(letter, acting=office.signer, at=NOW)
    services.return_to_draft(letter, acting=office.approver, at=NOW)
    for reference in refused.value.references:
        services.confirm_reference(letter, reference, source_seen="official copy", acting=office.prosecutor, at=NOW)
    services.complete_letter(letter, acting=office.prosecutor, at=NOW)
    services.approve_letter(letter, acting=office.approver, at=NOW)
    assert services.sign_letter(letter, acting=office.signer, at=NOW).stage == Stage.SIGNED


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"approved_by": "prosecutor"}, "approver_neither_drafted_nor_completed"),
        ({"signed_by": "prosecutor", "approved_by": "approver"}, "signer_did_not_draft"),
        ({"signed_by": "signer"}, "signed_when_approved_or_by_form"),
        ({"stage": "signed"}, "nothing_leaves_unsigned"),
        ({"stage": "transmitted"}, "nothing_leaves_unsigned"),
    ],
)
def test_the_database_refuses_what_breaks_four_eyes(office: Office, change: dict[str, str], constraint: str) -> None:
    letter = office.complete(office.draft())
    values = {k: getattr(office, v).user if hasattr(office, v) else v for k, v in change.items()}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        LetterOfRequest.objects.filter(pk=letter.pk).update(**values)


def test_the_database_refuses_a_change_of_a_signed_letter(office: Office) -> None:
    letter = services.complete_letter(office.draft(office.duty), acting=office.duty, at=NOW)
    services.sign_letter(letter, urgency=[UrgencyGround.DATA_WOULD_BE_LOST], acting=office.duty, at=NOW)
    for change in ({"pdf_ct": b"x"}, {"content_ct": b"x"}, {"reference": "other"}, {"signed_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LetterOfRequest.objects.filter(pk=letter.pk).update(**change)


def test_a_referral_to_a_state_that_the_data_do_not_know_is_refused(office: Office) -> None:
    with pytest.raises(UnknownName):
        services.open_referral([], "xx", acting=office.duty, at=NOW)


def test_after_an_urgent_form_the_last_confirmed_reference_settles_what_was_due(office: Office) -> None:
    from referral.drafting import unverified
    from referral.services.references import NotOpen, reference_label

    letter = stored_data_letter(office)
    services.sign_letter(letter, urgency=[UrgencyGround.LIFE_AT_RISK], acting=office.signer, at=NOW)
    letter.refresh_from_db()
    before = pdf_of(letter)
    waiting = [reference_label(one) for one in unverified(content_of(letter))]
    assert waiting
    for reference in waiting:
        assert letter.due_acts.get(act="confirmation_of_references").done_at is None
        services.confirm_reference(letter, reference, source_seen="official copy", acting=office.prosecutor, at=NOW)
    assert letter.due_acts.get(act="confirmation_of_references").done_by == office.prosecutor.user
    letter.refresh_from_db()
    assert pdf_of(letter) == before
    with pytest.raises(Exception, match="only one in stage") as refused:
        services.confirm_reference(letter, waiting[0], source_seen="again", acting=office.prosecutor, at=NOW)
    assert not isinstance(refused.value, NotOpen)


def test_a_letter_is_withdrawn_before_its_signature_alone(office: Office) -> None:
    letter = services.withdraw_letter(office.complete(office.draft()), acting=office.prosecutor, at=NOW)
    assert letter.stage == Stage.WITHDRAWN
    signed = services.complete_letter(office.draft(office.duty), acting=office.duty, at=NOW)
    services.sign_letter(signed, urgency=[UrgencyGround.DATA_WOULD_BE_LOST], acting=office.duty, at=NOW)
    with pytest.raises(Exception, match="only one in stage"):
        services.withdraw_letter(signed, acting=office.duty, at=NOW)
