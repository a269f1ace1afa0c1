"""The pages of the register as a prosecutor uses them, and what an auditor sees."""

import re

import pytest
from django.http import HttpResponse
from django.urls import reverse

from backend.conventions.catalogue import shipped
from backend.conventions.provisions import Provision, provisions_of, sources
from referral.models import ConfirmationWithdrawal, ProvisionConfirmation
from referral.words import LISTS
from tests.desk.test_pages import words
from tests.desk.world import World

SEEN = "Official gazette 2014, no. 12"


@pytest.fixture
def provision() -> Provision:
    return next(one for one in provisions_of(shipped(), "gd").values() if not one.verified)


def page(world: World, role: str, name: str, **kwargs: str) -> str:
    answer = world.client(role).get(reverse(name, kwargs=kwargs))
    assert answer.status_code == 200
    return answer.content.decode()


def act(world: World, role: str, provision: Provision, name: str, **given: str) -> HttpResponse:
    where = reverse("provision_act", kwargs={"source": "gd", "digest": provision.digest, "act": name})
    return world.client(role).post(where, given, follow=True)


def test_the_first_page_counts_what_waits_by_state_and_by_instrument(world: World, provision: Provision) -> None:
    waiting = [one for one in provisions_of(shipped(), "gd").values() if not one.verified]
    assert f"Grenada {len(waiting)} 0" in words(page(world, "prosecutor", "law_sources"))
    act(world, "prosecutor", provision, "confirm", source_seen=SEEN)
    read = words(page(world, "auditor", "law_sources"))
    assert f"Grenada {len(waiting) - 1} 1" in read


def test_a_prosecutor_confirms_and_everybody_reads_who_saw_what(world: World, provision: Provision) -> None:
    answer = act(world, "prosecutor", provision, "confirm", source_seen=SEEN)
    assert "The reference is confirmed for this node." in words(answer.content.decode())
    read = words(page(world, "registrar", "law_source", source="gd"))
    assert "Harare Scheme Instrument Confirmed Prosecutor-Person" in read
    assert SEEN in read


def test_every_list_of_the_data_has_a_word() -> None:
    told = [one for source in sources(shipped()) for one in provisions_of(shipped(), source).values()]
    assert {row.part.partition(".")[0] for one in told for row in one.rows} == set(LISTS)


def test_the_page_of_a_reference_shows_all_that_the_data_say(world: World, provision: Provision) -> None:
    read = words(page(world, "prosecutor", "provision", source="gd", digest=provision.digest))
    for key, value in provision.rows[0].lines:
        assert key in read
        assert value[:40] in read
    assert "Confirm: I have seen the source" in read


def test_an_auditor_reads_and_is_offered_nothing(world: World, provision: Provision) -> None:
    act(world, "prosecutor", provision, "confirm", source_seen=SEEN)
    text = page(world, "auditor", "provision", source="gd", digest=provision.digest)
    assert SEEN in text
    assert "provision_act" not in text
    assert re.findall(r'<form[^>]+action="/law/', text) == []


def test_without_a_source_nothing_is_confirmed_and_the_page_says_so(world: World, provision: Provision) -> None:
    answer = act(world, "prosecutor", provision, "confirm", source_seen="  ")
    assert answer.status_code == 400
    assert "This was not done" in words(answer.content.decode())
    assert not ProvisionConfirmation.objects.exists()


def test_a_second_confirmation_is_refused_in_a_sentence(world: World, provision: Provision) -> None:
    act(world, "prosecutor", provision, "confirm", source_seen=SEEN)
    answer = act(world, "approver", provision, "confirm", source_seen=SEEN)
    assert answer.status_code == 400
    assert "Somebody has confirmed this reference already" in words(answer.content.decode())


def test_a_confirmation_is_withdrawn_with_a_reason_and_stays_to_be_read(world: World, provision: Provision) -> None:
    act(world, "prosecutor", provision, "confirm", source_seen=SEEN)
    row = ProvisionConfirmation.objects.get()
    given = {"confirmation": str(row.pk)}
    assert act(world, "signer", provision, "withdraw", **given, reason="").status_code == 400
    assert act(world, "signer", provision, "withdraw", confirmation="zz", reason="x").status_code == 404
    read = words(act(world, "signer", provision, "withdraw", **given, reason="Wrong year.").content.decode())
    assert "The confirmation is withdrawn." in read
    assert "Withdrawn by Signer-Person" in read
    assert "Wrong year." in read
    assert ConfirmationWithdrawal.objects.get().confirmation == row
    assert act(world, "signer", provision, "withdraw", **given, reason="Again.").status_code == 400


def test_what_the_data_no_longer_say_has_no_page(world: World, provision: Provision) -> None:
    client = world.client("prosecutor")
    assert client.get(f"/law/gd/{provision.digest}/").status_code == 200
    assert client.get(f"/law/gd/{'0' * 64}/").status_code == 404
    assert client.get(f"/law/cr/{provision.digest}/").status_code == 404
    assert client.get("/law/atlantis/").status_code == 404


def test_doubtful_references_are_counted_and_never_shown(world: World) -> None:
    doubtful = [one for one in provisions_of(shipped(), "harare").values() if one.doubtful]
    read = words(page(world, "prosecutor", "law_source", source="harare"))
    assert f"{len(doubtful)} more references are doubtful" in read
    shown = {one.ref for one in provisions_of(shipped(), "harare").values() if not one.doubtful}
    assert [one.ref for one in doubtful if one.ref not in shown and f">{one.ref}<" in read] == []
