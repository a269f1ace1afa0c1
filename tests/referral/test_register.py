"""The register: a reference confirmed once for every later letter, as long as the data say the same."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from django.db import IntegrityError, connection, transaction
from django.http import Http404

from backend.accounts.models import Role
from backend.audit.models import AuditEvent
from backend.conventions.catalogue import SHIPPED, Catalogue, shipped
from backend.conventions.provisions import Provision, provisions_of
from referral import register, services
from referral.columns import content_of
from referral.composing import draft_of
from referral.drafting import references
from referral.letters.content import LegalReference
from referral.lifecycle import Stage
from referral.models import ConfirmationWithdrawal, LetterOfRequest, ProvisionConfirmation
from referral.problems import REFUSALS
from referral.services.contents import compose_letter
from referral.services.references import reference_label
from referral.services.register import (
    NothingToConfirm,
    NotStanding,
    confirm_provision,
    provision_with,
    withdraw_confirmation,
)
from referral.services.signing import ConfirmationWithdrawn, UnverifiedReference
from tests.desk.conftest import undone
from tests.founding import NOW, person
from tests.referral.test_acts import Office, stored_data_letter

pytestmark = pytest.mark.django_db
SEEN = "Official gazette of 2014, read on 2026-11-24"
LATER = NOW + timedelta(hours=1)


@pytest.fixture(scope="module")
def founded(django_db_setup: None, django_db_blocker: Any) -> Iterator[Office]:
    """One office for the tests of this file; what a test changes is rolled back to it."""
    with django_db_blocker.unblock(), undone():
        yield Office()


@pytest.fixture
def office(founded: Office, db: None) -> Office:
    return founded


def composed(office: Office) -> LetterOfRequest:
    """A complete letter that relies on what nobody has verified."""
    return stored_data_letter(office)


def unverified_of(letter: LetterOfRequest) -> list[LegalReference]:
    return [one for one in references(content_of(letter)) if not one.verified]


def waiting(source: str) -> list[Provision]:
    return [one for one in provisions_of(shipped(), source).values() if not one.verified and not one.doubtful]


def confirm_all(office: Office) -> list[ProvisionConfirmation]:
    """Every unverified reference on which such a letter may rely, confirmed by the prosecutor."""
    return [
        confirm_provision(source, one.digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
        for source in ("gd", "cr", "budapest", "oas-mla", "untoc")
        for one in waiting(source)
    ]


# What a letter takes over ---------------------------------------------------------------------------------------------


def test_a_letter_composed_later_takes_the_confirmation_over_and_an_earlier_one_stays(office: Office) -> None:
    earlier = composed(office)
    assert unverified_of(earlier), "the letter relies on nothing unverified: choose another for the test"
    confirm_all(office)
    confirmed = [one.confirmed for one in unverified_of(composed(office))]
    assert all(one and (one.by, one.on, one.source) == ("prosecutor", NOW.date(), SEEN) for one in confirmed)
    earlier.refresh_from_db()
    assert {one.confirmed for one in unverified_of(earlier)} == {None}


def written_anew(office: Office, letter: LetterOfRequest, at: datetime) -> LetterOfRequest:
    letter = services.return_to_draft(letter, acting=office.prosecutor, at=at)
    return services.redraft_letter(letter, draft_of(content_of(letter)), acting=office.prosecutor, at=at)


def test_written_anew_a_draft_takes_over_what_was_confirmed_since(office: Office) -> None:
    letter = composed(office)
    confirm_all(office)
    assert all(one.stands for one in references(content_of(written_anew(office, letter, NOW))))


def approved(office: Office, letter: LetterOfRequest) -> LetterOfRequest:
    return services.approve_letter(letter, acting=office.approver, at=NOW)


def test_a_letter_on_the_register_is_signed_and_says_who_saw_which_source(office: Office) -> None:
    refused = approved(office, composed(office))
    with pytest.raises(UnverifiedReference):
        services.sign_letter(refused, acting=office.signer, at=NOW)
    confirm_all(office)
    letter = services.sign_letter(approved(office, composed(office)), acting=office.signer, at=NOW)
    assert letter.stage == Stage.SIGNED
    assert {one.confirmed.source for one in unverified_of(letter) if one.confirmed} == {SEEN}


# Withdrawing ----------------------------------------------------------------------------------------------------------


def is_cited(row: ProvisionConfirmation, reference: LegalReference) -> bool:
    """A section of a statute is cited with its heading."""
    return reference.ref == row.ref or reference.ref.startswith(f"{row.ref}, ")


def test_after_a_withdrawal_no_letter_is_signed_on_it_and_signed_ones_stay(office: Office) -> None:
    rows = confirm_all(office)
    signed = services.sign_letter(approved(office, composed(office)), acting=office.signer, at=NOW)
    letter = approved(office, composed(office))
    row = next(row for row in rows if any(is_cited(row, one) for one in unverified_of(letter)))
    withdraw_confirmation(row, reason="The gazette was of another year.", acting=office.approver, at=LATER)
    with pytest.raises(ConfirmationWithdrawn) as refusal:
        services.sign_letter(letter, acting=office.signer, at=LATER)
    assert isinstance(refusal.value, REFUSALS)
    assert {row.ref in label for label in refusal.value.references} == {True}
    signed.refresh_from_db()
    assert all(one.confirmed for one in unverified_of(signed))
    # Written anew the draft has lost it, and only it.
    letter = written_anew(office, letter, LATER)
    assert {one.ref for one in unverified_of(letter) if not one.confirmed} == {
        one.ref for one in unverified_of(signed) if is_cited(row, one)
    }


def test_what_was_confirmed_for_the_letter_itself_is_not_lost_by_a_withdrawal(office: Office) -> None:
    letter = composed(office)
    for label in {reference_label(one) for one in unverified_of(letter)}:
        services.confirm_reference(letter, label, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    for row in confirm_all(office):
        withdraw_confirmation(row, reason="Wrong edition.", acting=office.approver, at=LATER)
    letter = services.approve_letter(letter, acting=office.approver, at=LATER)
    assert services.sign_letter(letter, acting=office.signer, at=LATER).stage == Stage.SIGNED


def test_a_withdrawn_reference_may_be_confirmed_again(office: Office) -> None:
    one = waiting("gd")[0]
    first = confirm_provision("gd", one.digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    withdraw_confirmation(first, reason="Wrong edition.", acting=office.signer, at=NOW)
    with pytest.raises(NotStanding):
        withdraw_confirmation(first, reason="Again.", acting=office.signer, at=NOW)
    confirm_provision("gd", one.digest, source_seen=f"{SEEN}, 2nd ed.", acting=office.approver, at=LATER)
    shown = register.provision_page(office.prosecutor.user, "gd", one.digest, at=LATER)
    assert shown.standing == register.CONFIRMED
    assert [line.standing for line in shown.lines] == [register.CONFIRMED, register.WITHDRAWN]


# Refusals -------------------------------------------------------------------------------------------------------------


def test_a_reference_is_confirmed_once(office: Office) -> None:
    one = waiting("gd")[0]
    confirm_provision("gd", one.digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    with pytest.raises(NothingToConfirm, match="already"):
        confirm_provision("gd", one.digest, source_seen=SEEN, acting=office.approver, at=NOW)
    assert ProvisionConfirmation.objects.count() == 1


@pytest.mark.parametrize(
    ("why", "chosen", "says"),
    [
        (
            "verified",
            lambda: next(one for one in provisions_of(shipped(), "gd").values() if one.verified),
            "as verified",
        ),
        ("doubtful", lambda: next(one for one in provisions_of(shipped(), "harare").values() if one.doubtful), "wrong"),
    ],
)
def test_what_waits_for_nobody_is_not_confirmed(office: Office, why: str, chosen: Any, says: str) -> None:
    one = chosen()
    with pytest.raises(NothingToConfirm, match=says):
        confirm_provision(one.source, one.digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    with pytest.raises(Http404):
        register.provision_page(office.prosecutor.user, one.source, one.digest, at=NOW)


@pytest.mark.parametrize("role", [Role.DUTY, Role.OFFICER, Role.REGISTRAR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_other_roles_neither_confirm_nor_withdraw(office: Office, role: Role) -> None:
    one, stranger = waiting("gd")[0], person(role, f"other-{role}")
    with pytest.raises(Http404):
        confirm_provision("gd", one.digest, source_seen=SEEN, acting=stranger, at=NOW)
    row = confirm_provision("gd", one.digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    with pytest.raises(Http404):
        withdraw_confirmation(row, reason="No.", acting=stranger, at=NOW)
    assert not ConfirmationWithdrawal.objects.exists()


def test_both_acts_are_on_record(office: Office) -> None:
    one = waiting("gd")[0]
    row = confirm_provision("gd", one.digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    withdraw_confirmation(row, reason="Wrong edition.", acting=office.signer, at=LATER)
    confirmed, withdrawn = AuditEvent.objects.filter(subject_id=str(row.pk)).order_by("at")
    assert (confirmed.event, confirmed.acting_id) == ("provision:confirmed", "prosecutor")
    assert confirmed.detail == {"source": "gd", "ref": one.ref, "digest": one.digest, "seen": SEEN}
    assert (withdrawn.event, withdrawn.acting_role) == ("provision:confirmation_withdrawn", "signer")
    assert withdrawn.detail["reason"] == "Wrong edition."


# What the database refuses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "statement"),
    [
        ("changed", "UPDATE referral_provisionconfirmation SET source_seen = 'another'"),
        ("removed", "DELETE FROM referral_provisionconfirmation"),
        ("changed", "UPDATE referral_confirmationwithdrawal SET reason = 'another'"),
        ("removed", "DELETE FROM referral_confirmationwithdrawal"),
    ],
)
def test_the_register_only_grows(office: Office, what: str, statement: str) -> None:
    row = confirm_provision("gd", waiting("gd")[0].digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    withdraw_confirmation(row, reason="Wrong edition.", acting=office.signer, at=NOW)
    with pytest.raises(IntegrityError, match="not changed or removed"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [({"source_seen": ""}, "names_a_source"), ({"digest": "x" * 64}, "has_a_digest")],
)
def test_a_line_says_what_was_seen_of_what(office: Office, change: dict[str, str], constraint: str) -> None:
    line = {"source": "gd", "ref": "s. 1", "digest": "0" * 64, "source_seen": SEEN, "confirmed_at": NOW}
    ProvisionConfirmation.objects.create(**line, confirmed_by=office.signer.user)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ProvisionConfirmation.objects.create(**line | change, confirmed_by=office.signer.user)


def test_a_withdrawal_has_a_reason_and_comes_after_the_confirmation(office: Office) -> None:
    row = confirm_provision("gd", waiting("gd")[0].digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    given = {"confirmation": row, "withdrawn_by": office.signer.user}
    for change, says in (
        ({"reason": "", "withdrawn_at": NOW}, "withdrawal_has_a_reason"),
        ({"reason": "x", "withdrawn_at": NOW - timedelta(seconds=1)}, "after it was made"),
    ):
        with pytest.raises(IntegrityError, match=says), transaction.atomic():
            ConfirmationWithdrawal.objects.create(**given, **change)
    ConfirmationWithdrawal.objects.create(**given, reason="x", withdrawn_at=NOW)


# An upgrade of the data -----------------------------------------------------------------------------------------------


@pytest.fixture
def upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[Any], object]], None]]:
    """The node starts anew on other data: those of the repository with a change in the file of Grenada."""

    def upgrade(change: Callable[[Any], object]) -> None:
        (folder := tmp_path / "data").mkdir()
        for path in SHIPPED.iterdir():
            (folder / path.name).symlink_to(path)
        (folder / "states").unlink()
        (folder / "states").mkdir()
        for path in (SHIPPED / "states").iterdir():
            (folder / "states" / path.name).symlink_to(path)
        document = yaml.load((SHIPPED / "states/gd.yaml").read_bytes(), Loader=yaml.CSafeLoader)  # noqa: S506
        change(document)
        (folder / "states/gd.yaml").unlink()
        (folder / "states/gd.yaml").write_bytes(msgspec.json.encode(document))
        law = Catalogue(folder)
        for module in ("referral.services.register", "referral.services.contents"):
            monkeypatch.setattr(f"{module}.shipped", lambda: law)

    return upgrade


def an_office(document: Any) -> dict[str, Any]:
    return next(row for row in document["authorities"] if not row["verified"] and row["basis"])


def test_a_confirmation_survives_an_upgrade_that_leaves_the_row_as_it_is(
    office: Office, upgraded: Callable[[Callable[[Any], object]], None]
) -> None:
    one = next(one for one in waiting("gd") if one.rows[0].part == "authorities")
    confirm_provision("gd", one.digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    # The list is sorted anew, another row changes, and somebody noted how sure the data are of this one.
    upgraded(lambda d: (d["treaties"].reverse(), d["notes"].append("New."), an_office(d).update(confidence="low")))
    shown = register.provision_page(office.prosecutor.user, "gd", one.digest, at=NOW)
    assert shown.standing == register.CONFIRMED


def test_a_confirmation_of_an_earlier_wording_is_shown_as_such_and_counts_no_longer(
    office: Office, upgraded: Callable[[Callable[[Any], object]], None]
) -> None:
    one = next(one for one in waiting("gd") if one.rows[0].part == "authorities")
    confirm_provision("gd", one.digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    upgraded(lambda d: an_office(d).update(title="Director of Public Prosecutions"))
    assert provision_with("gd", one.digest, at=NOW) is None
    page = register.source_page(office.prosecutor.user, "gd", at=NOW)
    (shown,) = [shown for shown in page.provisions if shown.provision.ref == one.ref]
    assert shown.standing == register.EARLIER
    assert [line.standing for line in shown.lines] == [register.EARLIER]
    from referral.services.taking_over import confirmed_for_letters  # after the data were exchanged

    assert ("gd", one.ref) not in confirmed_for_letters(at=NOW)
    # Confirmed anew it counts again, and the earlier line stays.
    confirm_provision("gd", shown.provision.digest, source_seen=SEEN, acting=office.approver, at=LATER)
    assert ("gd", one.ref) in confirmed_for_letters(at=LATER)


def test_a_letter_cites_the_sections_of_its_day(
    office: Office, upgraded: Callable[[Callable[[Any], object]], None]
) -> None:
    """A penalty provision is replaced from a day: the letter of the day before is composed by the old row."""
    change = (NOW + timedelta(days=30)).date().isoformat()

    def amended(document: Any) -> None:
        rows = document["cybercrime_statute"]["offences"]
        old = next(row for row in rows if row["offence"] == "computer-fraud" and row["ref"])
        rows.append(old | {"ref": "s. 99", "valid_from": change})
        old["valid_until"] = change

    upgraded(amended)
    letter = composed(office)
    draft = draft_of(content_of(letter))
    days = (NOW, NOW + timedelta(days=31), NOW)
    cited = [{one.ref for one in references(compose_letter(letter, draft, [], at=at))} for at in days]
    assert cited[0] == cited[2]
    assert [any(ref.startswith("s. 99, ") for ref in refs) for refs in cited] == [False, True, False]
    assert cited[0] - cited[1]


def test_a_row_that_ends_on_a_day_keeps_its_confirmation_for_its_days(
    office: Office, upgraded: Callable[[Callable[[Any], object]], None]
) -> None:
    one = next(one for one in waiting("gd") if one.rows[0].part == "authorities")
    confirm_provision("gd", one.digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    change = (NOW + timedelta(days=30)).date().isoformat()

    def amended(document: Any) -> None:
        row = an_office(document)
        document["authorities"].append(row | {"title": "Another office", "valid_from": change})
        row["valid_until"] = change

    upgraded(amended)
    standings = {
        at: next(
            shown.standing
            for shown in register.source_page(office.prosecutor.user, "gd", at=at).provisions
            if shown.provision.ref == one.ref
        )
        for at in (NOW, NOW + timedelta(days=31))
    }
    assert list(standings.values()) == [register.CONFIRMED, register.EARLIER]
