"""Letters on their way out: what is built once and durably, and what is not sent."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from backend.directory.models import Node
from backend.intake.queue import MAX_BACKOFF
from backend.vault.sending import Reply
from referral import exchange, packing_letters, services
from referral.lifecycle import UrgencyGround
from referral.models import Packet, Transmission
from tests.founding import NOW
from tests.referral.test_acts import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def transmission(monkeypatch: pytest.MonkeyPatch) -> Transmission:
    """A signed letter that waits to be packed; the log's proof, which the notary would make, is left out."""
    monkeypatch.setattr(packing_letters, "_prove", lambda *_, **__: b"proof")
    office = Office()
    letter = services.complete_letter(office.draft(office.duty), acting=office.duty, at=NOW)
    services.sign_letter(letter, urgency=[UrgencyGround.DATA_WOULD_BE_LOST], acting=office.duty, at=NOW)
    return Transmission.objects.get()


def worked(transmission: Transmission, *, at: object = NOW) -> Transmission:
    assert exchange.transmit_waiting(at=at)  # type: ignore[arg-type]
    transmission.refresh_from_db()
    return transmission


def path_of(transmission: Transmission) -> Path:
    return Path(settings.COMITY.evidence / f"{transmission.packet_id}.packet")


def test_what_an_earlier_attempt_left_is_not_written_into(transmission: Transmission) -> None:
    unfinished = path_of(transmission).with_suffix(".unfinished")
    unfinished.write_bytes(b"left by an attempt whose worker was killed")
    with unfinished.open("r+b") as other:  # a worker that lost its claim and does not know it yet
        packing_letters.build(transmission, at=NOW)
        other.write(b"still writing")
    packet = Packet.objects.get()
    assert packing_letters.Body.of(path_of(transmission)).sha256.hex() == packet.sha256
    assert not unfinished.exists()
    assert (transmission.stage, packet.letter.stage) == ("queued", "transmitted")


def test_a_packet_that_changed_on_the_disk_is_not_sent(transmission: Transmission) -> None:
    assert worked(transmission).stage == "queued"  # nobody listens at the peer's address
    with path_of(transmission).open("ab") as file:
        file.write(b"x")
    assert worked(transmission, at=NOW + timedelta(hours=1)).stage == "failed"
    assert "not the one that was built" in transmission.last_problem


@pytest.mark.parametrize("days", [80, 400])
def test_nothing_is_sealed_to_a_card_that_has_ended(transmission: Transmission, days: int) -> None:
    at = NOW + timedelta(days=days)
    assert worked(transmission, at=at).stage == "to_build"
    assert "import its newest one" in transmission.last_problem
    assert not Packet.objects.exists()


def test_an_unreachable_peer_is_asked_for_days_before_it_is_given_up(transmission: Transmission) -> None:
    worked(transmission)
    Transmission.objects.update(attempts=exchange.MAX_ATTEMPTS - 2)
    assert worked(transmission, at=NOW + timedelta(days=1)).stage == "queued"
    assert worked(transmission, at=NOW + timedelta(days=2)).stage == "failed"
    assert timedelta(days=5) < exchange.MAX_ATTEMPTS * MAX_BACKOFF


def test_what_a_peer_says_is_kept_without_characters_that_a_row_cannot_hold(transmission: Transmission) -> None:
    packing_letters.build(transmission, at=NOW)
    hostile = Reply(403, b'{"type": "urn:x\\u0000\\u001b[31m"}', "application/problem+json")
    with pytest.raises(exchange.Undeliverable) as refused:
        exchange._judge_refusal(hostile, transmission, Packet.objects.get())
    assert str(refused.value).isprintable()


def test_a_revoked_peer_is_sent_nothing(transmission: Transmission) -> None:
    Node.objects.filter(id="cr").update(revoked_at=NOW)
    assert not exchange.transmit_waiting(at=NOW)
