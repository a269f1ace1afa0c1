"""What was sent later is on the incident's page, in the list, and before the eyes of whoever writes a letter."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from backend.desk.pages.classification import Piece
from backend.desk.pages.sent_later import sent_later
from backend.incidents import opening
from backend.incidents.whole import Whole, read_whole
from referral.selectors import codes_of
from tests.desk.world import World
from tests.founding import SealedReport, enrol_device
from tests.incidents.test_supplements import ADDED, MORE, later

pytestmark = pytest.mark.django_db


def send(world: World, kind: str, **says: Any) -> SealedReport:
    """Another device of the unit sends something later."""
    at = world.at + timedelta(minutes=5)
    report = later(enrol_device(at=world.at), world.incident.submission.submission_id, kind, **says)
    report.send(at=at)
    assert opening.open_waiting(at=at + timedelta(minutes=1))
    return report


def seen(world: World, name: str, pk: object = None, role: str = "prosecutor") -> str:
    return world.client(role).get(reverse(name, kwargs={"pk": pk} if pk else {})).content.decode()


def test_a_supplement_stands_on_the_page_apart_and_its_blocks_among_the_others(world: World) -> None:
    assert "Sent later" not in seen(world, "incident", world.incident.pk)
    send(world, "supplement", reason="The unit found the <b>log</b>.", **MORE)
    page = seen(world, "incident", world.incident.pk)
    assert "Supplement 1" in page
    assert "The unit found the &lt;b&gt;log&lt;/b&gt;." in page
    assert "Losses: 1, Addresses seen: 1, Indicators: 1, Answers: 1" in page
    assert "2026-11-23 07:10:00 UTC" in page
    assert "50211" in page
    assert "Signed in" in page
    assert "<td>IBAN</td>" in page
    assert "As it was sent" in page
    assert "&quot;event&quot;: &quot;sign-in&quot;" in page
    assert "1 sent later" in seen(world, "incidents")


def test_a_retraction_is_said_above_everything_and_in_the_list(world: World) -> None:
    send(world, "retraction", reason="Sent for the wrong case.")
    page = seen(world, "incident", world.incident.pk)
    assert "The unit withdrew this report on" in page
    assert page.index("Sent for the wrong case.") < page.index('id="report"')
    assert "withdrawn by the unit" in seen(world, "incidents")


@pytest.mark.long
@pytest.mark.parametrize(("kind", "says"), [("supplement", MORE), ("retraction", {"reason": "Wrong case."})])
def test_whoever_writes_or_signs_a_letter_is_told(world: World, kind: str, says: dict[str, Any]) -> None:
    pages = [
        ("letter", world.draft.pk, "signer"),
        ("edit_letter", world.draft.pk, "prosecutor"),
        ("referral", world.referral.pk, "prosecutor"),
        ("draft_letter", world.referral.pk, "prosecutor"),
        ("open_referral", world.incident.pk, "prosecutor"),
    ]
    words = "has withdrawn its report" if kind == "retraction" else "sent 1 addition to"
    before = [seen(world, *page) for page in pages]
    send(world, kind, **says)
    after = [seen(world, *page) for page in pages]
    assert [words in page for page in before] == [False] * 5
    assert [words in page for page in after] == [True] * 5
    assert all(world.incident.reference in page for page in after)


@pytest.mark.parametrize(("role", "links"), [("signer", 2), ("registrar", 0)])
def test_an_incident_is_a_link_for_whoever_may_read_it_alone(world: World, role: str, links: int) -> None:
    send(world, "supplement", **MORE)
    page = seen(world, "referral", world.referral.pk, role)
    where = reverse("incident", args=[world.incident.pk])
    assert "The unit sent 1 addition to" in page
    assert page.count(world.incident.reference) >= 2
    assert page.count(f'href="{where}') == links
    assert world.client(role).get(where).status_code == (200 if links else 404)


def test_the_offences_and_answers_of_the_whole_are_what_a_letter_begins_with(world: World) -> None:
    assert ADDED not in codes_of(world.referral)
    send(world, "supplement", **MORE)
    assert ADDED in codes_of(world.referral)
    assert read_whole(world.incident).report.facts["entered-without-right"] == "yes"


def test_marks_go_back_to_the_part_that_has_the_words(world: World) -> None:
    send(world, "supplement", narrative="bcd")
    send(world, "supplement", title="Without words")
    send(world, "supplement", narrative="efg")
    whole = read_whole(world.incident)
    first = len(whole.first.narrative)
    text = whole.report.narrative
    # One mark that begins in the first narrative and ends in the last.
    pieces = [Piece(text[: first - 2]), Piece(text[first - 2 : -1], "for"), Piece(text[-1:])]
    shown = sent_later(whole, pieces)
    assert "".join(piece.text for piece in shown.first) == whole.first.narrative
    assert shown.first[-1] == Piece(text[first - 2 : first], "for")
    assert [one.pieces for one in shown.later] == [
        (Piece("bcd", "for"),),
        (),
        (Piece("ef", "for"), Piece("g")),
    ]
    assert sent_later(Whole(whole.first, ()), [Piece(whole.first.narrative)]).later == ()


def test_retractions_are_shown_without_a_question_for_each(world: World, django_assert_num_queries: Any) -> None:
    first = send(world, "supplement", narrative="One more mail.")
    second = send(world, "supplement", narrative="And another.")
    for sent in (first, second):
        send(world, "retraction", reason="Not of this case.", withdraws=str(sent.submission))
    whole = read_whole(world.incident)
    with django_assert_num_queries(0):
        shown = sent_later(whole, [])
    assert [one.withdraws for one in shown.later] == [None, None, 1, 2]
