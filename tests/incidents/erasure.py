"""Incidents with everything that they can have, people who order and approve, and rules that a test can look past."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from backend.accounts.models import Role
from backend.accounts.services import Person
from backend.incidents import correlating, erasing, evidence, opening, retaining
from backend.incidents.deciding import decide, standing_decision
from backend.incidents.models import Erasure, Incident, RetentionRule
from backend.incidents.periods import Ties
from tests.founding import FRAUD_REPORT, NOW, SealedReport, TestDevice, enrol_device, found_node, person

FILES = {"mail.txt": b"Received: from mail.example, for Testperson Exampleton", "more.bin": b"x" * 70_000}
ORDER = "Order of the High Court, file 12/2026."
PROVISION = "Plainly fictional Data Act, s. 1."
SCHEMA = {"schema": "comity/report/v1"}
MORE = {"narrative": "The forged invoice named Testperson Exampleton and came from 203.0.113.77 too.", "language": "en"}


def no_ties(incidents: Any) -> dict[UUID, Ties]:
    """As if no referral rested on any incident."""
    return {}


def running(incidents: Any) -> dict[UUID, Ties]:
    """As if a letter ran for each."""
    return {pk: Ties(frozenset({"cr"}), NOW, running=True) for pk in incidents}


def prosecutor() -> Person:
    return person(Role.PROSECUTOR, "prosecutor")


def approver() -> Person:
    return person(Role.APPROVER, "approver")


def administrator() -> Person:
    return person(Role.ADMINISTRATOR, "administrator")


def whole_incident(device: TestDevice | None = None, *, at: datetime = NOW) -> Incident:
    """A report with two files, a supplement to it, a decision, and another report that shares its indicators."""
    if device is None:
        found_node()
        device = enrol_device()
    first = SealedReport(device, FRAUD_REPORT, files=FILES)
    first.send(at=at)
    assert opening.open_waiting(at=at)
    while evidence.take_waiting(at=at):
        pass
    SealedReport(device, SCHEMA | {"kind": "supplement", "of": str(first.submission)} | MORE).send(at=at)
    SealedReport(device, FRAUD_REPORT).send(at=at)
    while opening.open_waiting(at=at):
        pass
    while correlating.correlate_waiting(at=at):
        pass
    with connection.cursor() as cursor:
        # What is looked at when a transaction ends is looked at here: no erasure shares the transaction of an arrival.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return Incident.objects.get(submission__submission_id=first.submission)


def decided(incident: Incident, *codes: str, at: datetime = NOW) -> None:
    """A person decides which offences stand."""
    proposal = incident.classifications.order_by(*type(incident.classifications.first()).NEWEST_FIRST)[0]
    decide(
        incident,
        proposal,
        codes,
        "As the file of Testperson Exampleton bears out.",
        replaces=standing_decision(incident),
        acting=prosecutor(),
        at=at,
    )


def ordered(incident: Incident, *, at: datetime = NOW) -> Erasure:
    """An erasure that a prosecutor ordered and an approver approved."""
    order = erasing.order_erasure(incident, ORDER, no_ties, acting=prosecutor(), at=at)
    erasing.approve_erasure(order, no_ties, acting=approver(), at=at)
    return order


def erased(incident: Incident, *, at: datetime = NOW) -> Incident:
    """The incident after the worker erased it by such an order."""
    ordered(incident, at=at)
    assert erasing.erase_due(no_ties, at=at) == 1
    return Incident.objects.select_related("data_key").get(pk=incident.pk)


def rule(months: int | None, *, state: str = "gd", offence: str = "", at: datetime = NOW) -> RetentionRule:
    """A rule that one person wrote and another confirmed."""
    made = retaining.make_rule(state, offence, months, PROVISION, acting=prosecutor(), at=at)
    retaining.confirm_rule(made, acting=approver(), at=at)
    made.refresh_from_db()
    return made


def due_at(days: int) -> datetime:
    """So many days after everything here happened."""
    return NOW + timedelta(days=days)
