"""
`python -m backend.cli.demonstration.offices`: the people of one node's offices, as the desk would let them act.

Reads one JSON command a line and answers with one JSON line. It runs with the desk's environment and calls the same
services as the pages. Everybody in it is plainly fictional.
"""

import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import django

Answer = Mapping[str, Any]
ACTS: dict[str, Callable[..., Answer]] = {}


def act(function: Callable[..., Answer]) -> Callable[..., Answer]:
    """Makes a function a command."""
    ACTS[function.__name__] = function
    return function


def _now() -> datetime:
    return datetime.now(UTC)


def _person(name: str, role: str) -> Any:
    from backend.accounts.models import User
    from backend.accounts.services import Person

    return Person(User.objects.get(username=name), role)


def _letter(**named: object) -> Any:
    from referral.models import LetterOfRequest

    return LetterOfRequest.objects.select_related("referral__data_key").get(**named)


@act
def people(names: list[list[str]]) -> Answer:
    """Adds people: [user name, full name, role]."""
    from backend.accounts.services import add_user
    from backend.audit.subjects import System

    for username, full_name, role in names:
        add_user(username, full_name, roles=[role], acting=System("demonstration"), at=_now())
    return {"people": len(names)}


@act
def confirm_authorities(by: str, source: str) -> Answer:
    """A named role stands by the exercise entries of the directory."""
    from django.db import transaction

    from backend.audit import recording
    from backend.audit.events import Event
    from backend.directory.models import Authority

    at, person = _now(), _person(by, "administrator")
    titles = []
    with transaction.atomic():
        for authority in Authority.objects.filter(exercise=True, confirmed_at=None).order_by("id"):
            authority.confirmed_at, authority.confirmed_by, authority.confirmed_source = at, by, source
            authority.save(update_fields=["confirmed_at", "confirmed_by", "confirmed_source"])
            recording.record(Event.AUTHORITY_CONFIRMED, authority, acting=person, at=at, detail={"source": source})
            titles.append(authority.title)
    return {"titles": titles}


@act
def stored(submission: str) -> Answer:
    """How the edge stored a submission: what of it can be read without a key."""
    from backend.intake.models import Submission

    row = Submission.objects.filter(submission_id=submission).first()
    if row is None:
        return {}
    beginning = bytes(row.sealed[:21]) if row.sealed is not None else b""
    return {
        "stage": row.stage,
        "begins": beginning.decode("ascii", "replace"),
        "size": row.size,
        "reason": row.quarantine_reason,
    }


@act
def incident(submission: str) -> Answer:
    """The incident that a submission became, once its evidence is received; empty before."""
    from backend.incidents.models import EvidenceItem, Incident
    from backend.incidents.selectors import incident_page

    found = Incident.objects.select_related("unit", "data_key").filter(submission__submission_id=submission).first()
    if found is None or found.evidence.exclude(stage=EvidenceItem.Stage.RECEIVED).exists():
        return {}
    page = incident_page(found)
    return {
        "id": str(found.id),
        "reference": found.reference,
        "codes": list(page.codes),
        "indicators": [list(pair) for pair in page.indicators],
        "evidence": [[shown.name, shown.item.size] for shown in page.evidence],
    }


@act
def basis(to: str, measure: str, offences: list[str]) -> Answer:
    """What the law data say of a measure: basis, standing, contents from where, and what they do not know."""
    from django.conf import settings

    from backend.conventions import legal_basis

    answer = legal_basis.find(settings.COMITY.state, to, measure, on=_now().date(), offences=offences)
    best = answer.best
    return {
        "instrument": best.title if best else None,
        "ref": best.measure_ref.ref if best and best.measure_ref else None,
        "standing": str(best.standing) if best else None,
        "contents_from": answer.composition.contents_from.source if answer.composition.contents_from else None,
        "dual_criminality": best.dual_criminality.rule if best and best.dual_criminality else None,
        "unknowns": [reason.text for reason in answer.composition.unknowns],
    }


@act
def open_referral(by: str, incident: str, to: str) -> Answer:
    """Opens the national file."""
    from backend.incidents.models import Incident
    from referral import services

    person = _person(by, "duty")
    referral = services.open_referral([Incident.objects.get(id=incident)], to, acting=person, at=_now())
    return {"id": str(referral.id), "reference": referral.reference}


@act
def draft(
    by: str, role: str, referral: str, kind: str, file: str, from_authority: str, to_authority: str, evidence: bool
) -> Answer:
    """Drafts a letter from a file of words, with the incident's evidence or without."""
    from backend.directory.models import Authority
    from backend.incidents.models import EvidenceItem
    from referral import services
    from referral.composing import parse_draft
    from referral.lifecycle import LetterKind
    from referral.models import Referral

    found = Referral.objects.select_related("data_key").get(id=referral)
    items = EvidenceItem.objects.select_related("data_key").filter(incident__referrals=found).order_by("evidence_id")
    letter = services.draft_letter(
        found,
        LetterKind(kind),
        parse_draft(Path(file).read_bytes()),
        from_authority=Authority.objects.get(id=from_authority),
        to_authority=Authority.objects.get(id=to_authority),
        evidence=list(items) if evidence else [],
        acting=_person(by, role),
        at=_now(),
    )
    return {"id": str(letter.id), "reference": letter.reference, "open": _open_references(letter)}


def _open_references(letter: Any) -> list[str]:
    from referral.columns import content_of
    from referral.drafting import unverified
    from referral.services.references import reference_label

    return list(dict.fromkeys(reference_label(reference) for reference in unverified(content_of(letter))))


@act
def confirm_references(by: str, role: str, letter: str, source: str) -> Answer:
    """A person confirms what the law data have as unverified."""
    from referral import services

    found = _letter(id=letter)
    labels = _open_references(found)
    for label in labels:
        services.confirm_reference(found, label, source_seen=source, acting=_person(by, role), at=_now())
    return {"references": labels}


@act
def complete(by: str, role: str, letter: str) -> Answer:
    """Completes a letter."""
    from referral import services

    return {"stage": services.complete_letter(_letter(id=letter), acting=_person(by, role), at=_now()).stage}


@act
def approve(by: str, letter: str) -> Answer:
    """Approves; the same person who drafted is refused."""
    from referral import services

    return {"stage": services.approve_letter(_letter(id=letter), acting=_person(by, "approver"), at=_now()).stage}


@act
def risks(letter: str) -> Answer:
    """What may make a letter come back, by severity; what a person must look at, by rule."""
    from referral.columns import content_of
    from referral.services.risks import findings_of

    found = _letter(id=letter)
    findings = findings_of(found, content_of(found), at=_now())
    told = {grade: [one for one in findings if one.severity == grade] for grade in ("block", "warn", "ask")}
    return {grade: [f"{one.rule}: {' '.join(one.text)}".strip() for one in those] for grade, those in told.items()}


@act
def sign(by: str, role: str, letter: str, urgency: list[str]) -> Answer:
    """Signs in ordinary or, with grounds, in urgent form."""
    from referral import services
    from referral.lifecycle import UrgencyGround

    grounds = [UrgencyGround(ground) for ground in urgency]
    signed = services.sign_letter(_letter(id=letter), urgency=grounds, acting=_person(by, role), at=_now())
    due = {row.act: row.due_on.isoformat() for row in signed.due_acts.all()}
    return {"stage": signed.stage, "form": signed.form, "due": due}


@act
def letter(reference: str, direction: str) -> Answer:
    """Where a letter stands; empty where there is none."""
    from referral.models import LetterOfRequest

    found = (
        LetterOfRequest.objects.select_related("transmission", "preservation")
        .filter(reference=reference, direction=direction)
        .first()
    )
    if found is None:
        return {}
    sent, held = getattr(found, "transmission", None), getattr(found, "preservation", None)
    return {
        "id": str(found.id),
        "stage": found.stage,
        "kind": found.kind,
        "transmission": sent.stage if sent else None,
        "problem": sent.last_problem if sent else "",
        "attempts": sent.attempts if sent else 0,
        "preservation": held.stage if held else None,
        "until": held.until.isoformat() if held and held.until else None,
        "evidence": found.evidence.count(),
    }


@act
def acknowledge(by: str, role: str, reference: str) -> Answer:
    """Registers and acknowledges a received letter."""
    from referral import services

    found = _letter(reference=reference, direction="in")
    answer = services.acknowledge_letter(found, acting=_person(by, role), at=_now())
    found.refresh_from_db()
    return {"reference": answer.reference, "registered_as": found.registered_as}


@act
def preserved(by: str, reference: str, until: str, custodian: str, custodian_reference: str) -> Answer:
    """Answers that the data are preserved until a day."""
    from referral import services

    sent = services.answer_preservation(
        _letter(reference=reference, direction="in"),
        until=date.fromisoformat(until),
        custodian=custodian,
        custodian_reference=custodian_reference,
        acting=_person(by, "duty"),
        at=_now(),
    )
    return {"reference": sent.reference}


@act
def leave(reference: str, direction: str, folder: str) -> Answer:
    """Writes a letter's signed PDF, and the packet where this node built it, into a folder."""
    from referral.columns import pdf_of
    from referral.models import Packet
    from referral.packing_letters import packet_path

    found = _letter(reference=reference, direction=direction)
    pdf = Path(folder) / f"{reference}.pdf"
    pdf.write_bytes(pdf_of(found) or b"")
    packet = Packet.objects.filter(letter=found, direction="out").first()
    return {
        "pdf": str(pdf),
        "packet": str(packet_path(packet)) if packet else None,
        "key_id": packet.key_id if packet else None,
    }


@act
def quarantine() -> Answer:
    """What is in quarantine."""
    from backend.intake.models import Submission

    rows = Submission.objects.filter(stage=Submission.Stage.QUARANTINED)
    return {"reasons": list(rows.values_list("quarantine_reason", flat=True))}


def main() -> None:
    """Answers commands until standard input ends; an error is answered, not raised."""
    from django.db import close_old_connections

    for line in sys.stdin:
        command = json.loads(line)
        close_old_connections()
        try:
            answer: Answer = {"answer": ACTS[command.pop("act")](**command)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}", "connection": _lost(error)}
            if _lost(error):
                django.db.connection.close()
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _lost(error: Exception) -> bool:
    from django.db import InterfaceError, OperationalError

    return isinstance(error, OperationalError | InterfaceError)


if __name__ == "__main__":
    django.setup()
    main()
