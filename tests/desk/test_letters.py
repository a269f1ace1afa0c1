"""Acts on referrals and letters as people do them at the desk, and how the desk says no."""

from datetime import timedelta

import msgspec
import pytest
from django.http import HttpResponse
from django.urls import reverse

from backend.accounts.models import Role
from backend.accounts.services import appoint
from backend.directory.models import Authority
from referral import services
from referral.columns import content_of
from referral.composing import DraftMeasure, draft_of
from referral.lifecycle import LetterKind
from referral.models import LetterOfRequest, Referral
from referral.selectors import open_references
from referral.services.references import reference_label
from tests.desk.test_pages import shown, words
from tests.desk.world import FILLED, World
from tests.founding import TESTS

TEXTS = {"en": "Words of the exercise.", "es": "Palabras del ejercicio."}


def do(world: World, role: str, act: str, letter: LetterOfRequest | None = None, **fields: object) -> HttpResponse:
    pk = (letter or world.draft).pk
    return world.client(role).post(reverse("letter_act", kwargs={"pk": pk, "act": act}), fields)


def stage(letter: LetterOfRequest) -> str:
    return LetterOfRequest.objects.get(pk=letter.pk).stage


def stored_data(world: World) -> LetterOfRequest:
    """A draft for stored data, which relies on references that the data have as unverified."""
    fields = ("necessity", "purpose", "nature-of-proceedings", "transmission-channel", "translation")
    draft = msgspec.structs.replace(
        FILLED,
        measures=(DraftMeasure(measure="stored-data", description=TEXTS, data=FILLED.measures[0].data),),
        penalties={"computer-fraud": TEXTS},
        particulars=dict.fromkeys(fields, TEXTS),
    )
    return services.draft_letter(
        world.referral,
        LetterKind.REQUEST,
        draft,
        from_authority=world.authority,
        to_authority=Authority.objects.get(id="cr-central"),
        acting=world.people["prosecutor"],
        at=world.at,
    )


def confirm_all(world: World, letter: LetterOfRequest) -> None:
    for reference in open_references(content_of(LetterOfRequest.objects.get(pk=letter.pk))):
        label = reference_label(reference)
        done = do(world, "prosecutor", "confirm-reference", letter, reference=label, source_seen="Gazette, seen today")
        assert done.status_code == 302


@pytest.mark.long
def test_a_letter_goes_from_an_incident_to_its_signature(world: World) -> None:
    prosecutor = world.client("prosecutor")
    opening = reverse("open_referral", kwargs={"pk": world.incident.pk})
    found = words(prosecutor.get(opening, {"state": "cr", "measure": "preservation"}).content.decode())
    assert "Budapest Convention Applicable" in found
    assert "What is not known" in found
    begun = prosecutor.post(opening, {"state": "cr", "measure": "preservation"})
    referral = Referral.objects.exclude(pk=world.referral.pk).get(direction="out")
    assert begun.headers["Location"] == f"/referrals/{referral.pk}/letter/?measure=preservation"
    form = prosecutor.get(begun.headers["Location"]).context["form"]
    assert form.initial["kind"] == "preservation-request"
    assert "illegal-access" in form.initial["offences"]
    chosen = form.initial | {"from_authority": world.authority.pk, "to_authority": "cr-24-7", "second_measure": ""}
    edit = prosecutor.post(begun.headers["Location"], chosen).headers["Location"]
    letter = LetterOfRequest.objects.get(referral=referral)
    missing = words(shown(world, "prosecutor", "letter", pk=letter.pk))
    assert "Still missing" in missing
    assert "Short summary of the facts, with dates, places and time zone" in missing
    written = {
        name: initial if initial is not None else ""
        for name, initial in initial_of(prosecutor.get(edit).context["form"]).items()
    }
    for language, text in TEXTS.items():
        for name in ("facts", "m1-description", "m1-reason"):
            written[f"{name}-{language}"] = text
        for name in FILLED.particulars:
            if f"particular-{name}-{language}" in written:
                written[f"particular-{name}-{language}"] = (FILLED.particulars[name] or {})[language]
    written |= {"m1-custodian": "Correo Ejemplo S.A. (fictional)", "m1-d1-value": "accounts@example.test"}
    assert prosecutor.post(edit, written).status_code == 302
    assert "Still missing" not in shown(world, "prosecutor", "letter", pk=letter.pk)
    confirm_all(world, letter)
    assert do(world, "prosecutor", "complete", letter).status_code == 302
    assert do(world, "approver", "approve", letter).status_code == 302
    assert do(world, "signer", "sign", letter).status_code == 302
    assert stage(letter) == "signed"
    signed = world.client("signer").get(reverse("letter_pdf", kwargs={"pk": letter.pk}))
    assert b"/ByteRange" in signed.content


def initial_of(form: object) -> dict[str, object]:
    return {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}  # type: ignore[attr-defined]


def test_what_the_form_does_not_touch_is_kept(world: World) -> None:
    before = content_of(world.draft)
    client, where = world.client("prosecutor"), reverse("edit_letter", kwargs={"pk": world.draft.pk})
    form = client.get(where).context["form"]
    fields = {name: form[name].value() for name in form.fields}
    posted = {name: "" if value is None or value is False else value for name, value in fields.items()}
    assert client.post(where, posted).status_code == 302
    assert draft_of(content_of(LetterOfRequest.objects.get(pk=world.draft.pk))) == draft_of(before)


def test_urgency_without_a_reason_is_asked_for_at_its_field(world: World) -> None:
    client, where = world.client("prosecutor"), reverse("edit_letter", kwargs={"pk": world.draft.pk})
    page = client.post(where, {"life_at_risk": "on"}).content.decode()
    assert '<a href="#id_urgency-en">' in page
    assert "Say why it is urgent." in page


def test_only_a_draft_is_written_on(world: World) -> None:
    where = reverse("edit_letter", kwargs={"pk": world.draft.pk})
    world.complete()
    before = content_of(world.draft)
    for answer in (world.client("prosecutor").get(where), world.client("prosecutor").post(where, {"facts-en": "x"})):
        assert answer.status_code == 400
        assert "Only a draft can be written on." in answer.content.decode()
    assert content_of(LetterOfRequest.objects.get(pk=world.draft.pk)) == before


def test_an_incomplete_letter_is_refused_in_one_sentence(world: World) -> None:
    client, where = world.client("prosecutor"), reverse("edit_letter", kwargs={"pk": world.draft.pk})
    client.post(where, {"facts-en": "Only this."})
    answer = do(world, "prosecutor", "complete")
    assert answer.status_code == 400
    assert "The letter lacks mandatory contents" in words(answer.content.decode())
    assert stage(world.draft) == "draft"


def test_the_drafter_with_the_approver_s_role_is_told_that_a_second_person_is_needed(world: World) -> None:
    world.complete()
    appoint(world.people["prosecutor"].user, Role.APPROVER, acting=TESTS, at=world.at)
    page = words(shown(world, "prosecutor", "letter", pk=world.draft.pk))
    assert "must be taken by another person than the one who drafted the letter" in page
    answer = do(world, "prosecutor", "approve")
    assert answer.status_code == 400
    assert "must be taken by another person" in words(answer.content.decode())
    assert stage(world.draft) == "complete"
    assert do(world, "approver", "approve").status_code == 302


@pytest.mark.long
def test_the_urgent_form_wants_a_ground_and_then_leaves_the_second_person_due(world: World) -> None:
    world.complete()
    without = do(world, "signer", "sign-urgent")
    assert without.status_code == 400
    assert '<a href="#id_grounds">' in without.content.decode()
    assert do(world, "signer", "sign-urgent", grounds="data_would_be_lost").status_code == 302
    assert stage(world.draft) == "signed"
    assert "Confirmation by a second person: due" in words(shown(world, "approver", "letter", pk=world.draft.pk))
    assert do(world, "approver", "confirm-urgent-form").status_code == 302
    assert "Confirmation by a second person: due" not in words(shown(world, "approver", "letter", pk=world.draft.pk))


def test_a_reference_nobody_verified_keeps_an_approved_letter_from_its_ordinary_signature(world: World) -> None:
    letter = stored_data(world)
    assert "References that nobody has verified" in shown(world, "prosecutor", "letter", pk=letter.pk)
    assert do(world, "prosecutor", "complete", letter).status_code == 302
    assert do(world, "approver", "approve", letter).status_code == 302
    answer = do(world, "signer", "sign", letter)
    assert answer.status_code == 400
    assert "a person must see the source" in words(answer.content.decode())


def test_a_reference_is_confirmed_with_the_source_seen(world: World) -> None:
    letter = stored_data(world)
    label = reference_label(open_references(content_of(letter))[0])
    without = do(world, "prosecutor", "confirm-reference", letter, reference=label)
    assert '<a href="#id_source_seen">' in without.content.decode()
    seen = {"reference": label, "source_seen": "Gazette of today"}
    assert do(world, "prosecutor", "confirm-reference", letter, **seen).status_code == 302
    assert "Gazette of today" in shown(world, "prosecutor", "letter", pk=letter.pk)
    again = do(world, "prosecutor", "confirm-reference", letter, **seen)
    assert again.status_code == 400


def test_a_letter_goes_back_to_its_drafter(world: World) -> None:
    world.complete()
    assert do(world, "approver", "return").status_code == 302
    assert stage(world.draft) == "draft"


def test_a_received_letter_is_acknowledged_and_answered(world: World) -> None:
    assert do(world, "registrar", "acknowledge", world.received).status_code == 302
    assert stage(world.received) == "acknowledged"
    until = (world.at + timedelta(days=90)).date().isoformat()
    past = do(world, "duty", "answer-preserved", world.received, until="2020-01-01", custodian="Exercise Telecom")
    assert past.status_code == 400
    assert "has passed; name the day until which" in words(past.content.decode())
    done = do(world, "duty", "answer-preserved", world.received, until=until, custodian="Exercise Telecom")
    assert done.status_code == 302
    page = words(shown(world, "duty", "letter", pk=world.received.pk))
    assert f"Preserved until {until} , Exercise Telecom" in page
    assert "Acknowledgement of receipt" in page
    assert "Answer: data preserved" in page


def test_nothing_is_done_twice(world: World) -> None:
    assert do(world, "registrar", "acknowledge", world.received).status_code == 302
    again = do(world, "registrar", "acknowledge", world.received)
    assert again.status_code == 400
    assert "is not permitted" in words(again.content.decode())
    assert LetterOfRequest.objects.filter(in_answer_to=world.received).count() == 1


def test_a_referral_to_nowhere_is_asked_again(world: World) -> None:
    client, where = world.client("duty"), reverse("open_referral", kwargs={"pk": world.incident.pk})
    answer = client.post(where, {"state": "zz", "measure": "preservation"})
    assert answer.status_code == 400
    assert '<a href="#id_state">' in answer.content.decode()
    assert Referral.objects.filter(direction="out").count() == 1


def test_the_24_7_point_is_told_that_a_letter_of_request_is_the_prosecutor_s(world: World) -> None:
    client, where = world.client("duty"), reverse("draft_letter", kwargs={"pk": world.referral.pk})
    form = client.get(where).context["form"]
    chosen = {
        "kind": "request", "from_authority": world.authority.pk, "to_authority": "cr-24-7", "authentic": "en",
        "measure": "preservation", "offences": form.initial["offences"],
    }  # fmt: skip
    answer = client.post(where, chosen)
    assert answer.status_code == 400
    assert "needs one of the roles Prosecutor" in words(answer.content.decode())
    assert client.post(where, chosen | {"kind": "preservation-request"}).status_code == 302
