"""What the pages show, and what they must not."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backend.accounts.models import Role
from backend.audit.models import AuditEvent
from backend.desk.pages import errors
from backend.directory.models import Authority
from backend.incidents.models import EvidenceItem
from backend.intake.models import Submission
from crypto.keys import fingerprint_words
from referral.models import DueAct
from tests.desk.world import World
from tests.founding import FRAUD_REPORT
from tests.undoing import undone

BANNER = 'class="exercise-banner"'


def shown(world: World, role: str, name: str, **kwargs: object) -> str:
    answer = world.client(role).get(reverse(name, kwargs=kwargs))
    assert answer.status_code == 200
    return answer.content.decode()


def words(page: str) -> str:
    """The page as read: no markup, single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("&#x27;", "'").split())


def test_the_list_of_incidents_names_title_offences_and_unit(world: World) -> None:
    page = words(shown(world, "prosecutor", "incidents"))
    assert world.incident.reference in page
    assert FRAUD_REPORT["title"] in page
    assert "Illegal access" in page
    assert "Cybercrime Unit (test)" in page


def test_an_incident_shows_report_offences_indicators_and_evidence_with_its_custody(world: World) -> None:
    page = shown(world, "prosecutor", "incident", pk=world.incident.pk)
    read = words(page)
    assert re.search(r"<mark>[^<]*got into the mailbox", page)
    assert "Illegal access" in read
    assert "Budapest Convention, Art. 2" in read
    assert "not verified" in read
    assert "198.51.100.23" in read
    assert "mail.txt plaintext digest checked" in read
    item = EvidenceItem.objects.get(sensitivity="none")
    assert item.payload_sha256[:8] in read
    assert "size and digests agree with what the sender signed" in read


def test_reading_an_incident_and_a_letter_goes_on_record_with_the_role(world: World) -> None:
    shown(world, "approver", "incident", pk=world.incident.pk)
    shown(world, "registrar", "letter", pk=world.received.pk)
    found = AuditEvent.objects.filter(event__in=["incident:read", "letter:read"])
    assert set(found.values_list("event", "subject_id", "acting_role", "acting_id")) == {
        ("incident:read", str(world.incident.pk), "approver", "approver-person"),
        ("letter:read", str(world.received.pk), "registrar", "registrar-person"),
    }


def test_who_is_refused_leaves_no_record_of_reading(world: World) -> None:
    assert world.client("officer").get(reverse("letter", kwargs={"pk": world.draft.pk})).status_code == 404
    assert not AuditEvent.objects.filter(event="letter:read").exists()


def test_a_letter_is_shown_as_text_in_its_languages(world: World) -> None:
    page = shown(world, "prosecutor", "letter", pk=world.draft.pk)
    assert '<article class="letter-text" lang="en">' in page
    assert '<article class="letter-text" lang="es">' in page
    assert "Palabras del ejercicio." in page
    assert "Legal basis" in words(page)


def test_the_draft_and_the_signed_letter_come_as_pdf(world: World) -> None:
    for letter in (world.draft, world.received):
        answer = world.client("prosecutor").get(reverse("letter_pdf", kwargs={"pk": letter.pk}))
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")


def test_a_received_letter_without_its_signed_pdf_is_never_made_up(world: World) -> None:
    world.received.pdf_ct = None
    with undone():
        type(world.received).objects.filter(pk=world.received.pk).update(pdf_ct=None)
        answer = world.client("prosecutor").get(reverse("letter_pdf", kwargs={"pk": world.received.pk}))
    assert answer.status_code == 404


def test_quarantine_shows_reason_sender_and_size_and_nothing_of_the_content(world: World) -> None:
    page = words(shown(world, "administrator", "quarantine"))
    assert "The report does not fit the schema" in page
    assert fingerprint_words(world.quarantined.sender) in page
    row = Submission.objects.get(pk=world.quarantined.pk)
    assert f"{row.size / 1000:.1f} KB" in page or f"{row.size} bytes" in page


def test_the_directory_shows_fingerprint_words_exercise_marks_and_what_is_confirmed(world: World) -> None:
    page = shown(world, "auditor", "directory")
    assert BANNER in page
    read = words(page)
    assert "Costa Rica node cr confirmed" in read
    assert "Punto de contacto 24/7 de ejercicio EXERCISE" in read
    assert len(re.findall(r"(?:[a-z]{5}-){3}[a-z]{5} (?:[a-z]{5}-){3}[a-z]{5}", read)) == 2


def test_the_log_is_shown_to_auditors_without_what_was_reported(world: World) -> None:
    page = shown(world, "auditor", "audit")
    read = words(page)
    assert "There is no checkpoint yet" in read
    assert "incident:opened" in read
    for secret in ("Exampleton", "198.51.100.23", FRAUD_REPORT["title"]):
        assert secret not in page
    # Six digits may stand in an id or a digest by chance.
    assert not re.search("(?<![0-9a-f])184000(?![0-9a-f])", page)


EXERCISE_PAGES = [
    ("incident", "incident"), ("open_referral", "incident"), ("referrals", ""), ("referral", "referral"),
    ("draft_letter", "referral"), ("inbox", ""), ("letter", "draft"), ("letter", "received"),
    ("edit_letter", "draft"), ("directory", ""), ("start", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "about"), EXERCISE_PAGES)
def test_what_belongs_to_an_exercise_is_marked_on_the_page(world: World, name: str, about: str) -> None:
    kwargs = {"pk": getattr(world, about).pk} if about else {}
    page = shown(world, "duty", name, **kwargs)
    assert BANNER in page
    assert "<title>EXERCISE" in page


def test_without_exercise_entries_nothing_is_marked(world: World) -> None:
    Authority.objects.update(exercise=False)
    assert BANNER not in shown(world, "duty", "referral", pk=world.referral.pk)
    assert BANNER not in shown(world, "duty", "directory")


def test_the_start_page_says_what_waits_for_whom(world: World) -> None:
    registrar = words(shown(world, "registrar", "start"))
    assert "Received, to be acknowledged" in registrar
    assert world.received.reference in registrar
    assert "Drafts" in words(shown(world, "prosecutor", "start"))
    assert "1 submission in quarantine" in words(shown(world, "administrator", "start"))
    assert "1 release of sensitive material to decide on" in words(shown(world, "signer", "start"))
    assert "Nothing at the moment" in words(shown(world, "auditor", "start"))


def test_what_an_urgent_form_left_open_is_loudest_when_late(world: World) -> None:
    world.urgent()
    early = words(shown(world, "approver", "letter", pk=world.draft.pk))  # a form's token may have any letters
    assert "Confirmation by a second person: due" in early
    assert "LATE" not in early
    DueAct.objects.update(due_on=world.at.date() - timedelta(days=1))
    for name, pk in (("letter", world.draft.pk), ("referral", world.referral.pk)):
        assert "LATE" in words(shown(world, "approver", name, pk=pk))
    start = shown(world, "approver", "start")
    assert "waiting-loud" in start
    assert start.index("Late: left open by an urgent form") < start.index("LATE")


def every_page(world: World) -> list[tuple[str, str]]:
    found = []
    for role in Role:
        for name in ("start", "incidents", "referrals", "inbox", "quarantine", "directory", "audit", "mfa_index"):
            found.append((role.value, reverse(name)))
        for name, pk in (
            ("incident", world.incident.pk), ("open_referral", world.incident.pk), ("referral", world.referral.pk),
            ("draft_letter", world.referral.pk), ("letter", world.draft.pk), ("letter", world.received.pk),
            ("edit_letter", world.draft.pk),
        ):  # fmt: skip
            found.append((role.value, reverse(name, kwargs={"pk": pk})))
    return found


@pytest.mark.long
def test_every_page_holds_to_the_policy_and_can_be_read_without_a_mouse(world: World) -> None:
    pages = [world.client(role).get(where) for role, where in every_page(world)]
    pages.append(Client().get("/account/sign-in/"))
    for answer in pages:
        page = answer.content.decode()
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store" or "no-cache" in answer.headers["Cache-Control"]
        assert not re.search(r"<script|<style| style=| on[a-z]+=", page)
        assert page.count("<h1") == 1
        assert 'class="skip-link" href="#main"' in page
        assert 'lang="en"' in page
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        for control in re.findall(r"<(?:input|select|textarea)\b[^>]*>", page):
            if 'type="hidden"' not in control:
                assert re.search(r'id="([^"]+)"', control)[1] in re.findall(r'<label for="([^"]+)"', page)
        for table in re.findall(r"<table>.*?</table>", page, re.DOTALL):
            assert "<caption" in table or 'class="break"' in table


def test_what_somebody_reported_is_never_markup(world: World) -> None:
    from backend.incidents.columns import sealed
    from backend.incidents.models import Incident
    from backend.vault.columns import open_data_key

    hostile = b"<script>alert(1)</script>"
    incident = Incident.objects.get()
    title = sealed(open_data_key(incident.data_key), Incident, incident.id, "title_ct", hostile)
    Incident.objects.update(title_ct=title)
    page = shown(world, "prosecutor", "incidents")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>" not in page


def test_a_failure_is_a_page_that_tells_nothing() -> None:
    answer = errors.failed(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


def test_a_page_beyond_the_last_and_a_page_that_is_none_are_no_failure(world: World) -> None:
    for page in ("0", "-1", "99999", "999999999999999", "x", "%C2%B2", ""):
        for name in ("incidents", "referrals", "inbox"):
            assert world.client("duty").get(f"{reverse(name)}?page={page}").status_code == 200
        assert world.client("auditor").get(f"{reverse('audit')}?page={page}").status_code == 200


def test_health_is_told_to_everybody_and_nothing_else(world: World) -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.parametrize(
    ("role", "name"), [("prosecutor", "incident"), ("approver", "letter"), ("prosecutor", "keeping")]
)
def test_what_a_person_may_do_is_looked_up_once_for_a_page(world: World, role: str, name: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        shown(world, role, name, pk=(world.draft if name == "letter" else world.incident).pk)
    assert sum('FROM "accounts_appointment"' in query["sql"] for query in asked) == 1
