"""Letters of request: the file they stand in, their drafting and signing, and what the addressee answers."""

from datetime import date
from pathlib import Path
from typing import Any

from backend.cli.demonstration.offices.acts import Answer, act, now, person_in_role


def _letter(**named: object) -> Any:
    from referral.models import LetterOfRequest

    return LetterOfRequest.objects.select_related("referral__data_key").get(**named)


@act
def basis(to: str, measure: str, offences: list[str]) -> Answer:
    """What the law data say of a measure: basis, standing, contents from where, and what they do not know."""
    from django.conf import settings

    from backend.conventions import legal_basis

    answer = legal_basis.find(settings.COMITY.state, to, measure, on=now().date(), offences=offences)
    best = answer.best
    return {
        "instrument": best.title if best else None,
        "ref": best.measure_ref.ref if best and best.measure_ref else None,
        "standing": str(best.standing) if best else None,
        "contents_from": answer.composition.contents_from.source if answer.composition.contents_from else None,
        "dual_criminality": answer.dual_criminality_rule,
        "unknowns": [reason.text for reason in answer.composition.unknowns],
    }


@act
def open_referral(by: str, incident: str, to: str) -> Answer:
    """Opens the national file."""
    from backend.incidents.models import Incident
    from referral import services

    person = person_in_role(by, "duty")
    referral = services.open_referral([Incident.objects.get(id=incident)], to, acting=person, at=now())
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
        acting=person_in_role(by, role),
        at=now(),
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
        services.confirm_reference(found, label, source_seen=source, acting=person_in_role(by, role), at=now())
    return {"references": labels}


@act
def complete(by: str, role: str, letter: str) -> Answer:
    """Completes a letter."""
    from referral import services

    return {"stage": services.complete_letter(_letter(id=letter), acting=person_in_role(by, role), at=now()).stage}


@act
def approve(by: str, letter: str) -> Answer:
    """Approves; the same person who drafted is refused."""
    from referral import services

    return {"stage": services.approve_letter(_letter(id=letter), acting=person_in_role(by, "approver"), at=now()).stage}


@act
def risks(letter: str) -> Answer:
    """What may make a letter come back, by severity; what a person must look at, by rule."""
    from referral.columns import content_of
    from referral.services.risks import findings_of

    found = _letter(id=letter)
    findings = findings_of(found, content_of(found), at=now())
    told = {grade: [one for one in findings if one.severity == grade] for grade in ("block", "warn", "ask")}
    return {grade: [f"{one.rule}: {' '.join(one.text)}".strip() for one in those] for grade, those in told.items()}


@act
def sign(by: str, role: str, letter: str, urgency: list[str]) -> Answer:
    """Signs in ordinary or, with grounds, in urgent form."""
    from referral import services
    from referral.lifecycle import UrgencyGround

    grounds = [UrgencyGround(ground) for ground in urgency]
    signed = services.sign_letter(_letter(id=letter), urgency=grounds, acting=person_in_role(by, role), at=now())
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
    answer = services.acknowledge_letter(found, acting=person_in_role(by, role), at=now())
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
        acting=person_in_role(by, "duty"),
        at=now(),
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
