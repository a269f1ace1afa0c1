"""The two letters to Costa Rica: preservation first, then the stored data; each sent, verified and acknowledged."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from backend.cli.demonstration.country import StepFailed
from backend.cli.demonstration.story import Story, contains, refused


def preservation(story: Story) -> str:
    """The 24/7 point asks for expedited preservation, in urgent form, on a basis found from data."""
    basis = story.gd.act("basis", to="cr", measure="preservation", offences=["illegal-access", "computer-fraud"])
    if basis["standing"] != "applicable":
        raise StepFailed(f"gd: the basis for preservation is {basis['standing']}")
    referral = story.gd.act("open_referral", by="d.duty", incident=story.found["incident"]["id"], to="cr")
    story.found["referral"] = referral
    letter = story.gd.act(
        "draft",
        by="d.duty",
        role="duty",
        referral=referral["id"],
        kind="preservation-request",
        file=str(story.words("preservation.json")),
        from_authority="gd-24-7",
        to_authority="cr-24-7",
        evidence=False,
    )
    story.gd.act("complete", by="d.duty", role="duty", letter=letter["id"])
    risks = story.gd.act("risks", letter=letter["id"])
    signed = story.gd.act("sign", by="d.duty", role="duty", letter=letter["id"], urgency=["data_would_be_lost"])
    story.found["preservation"] = letter["reference"]
    for unknown in basis["unknowns"]:
        print(f"          not known: {unknown}", flush=True)
    _say(risks)
    return (
        f"{referral['reference']}, {letter['reference']}: {basis['instrument']} {basis['ref']} "
        f"({basis['standing']}, dual criminality {basis['dual_criminality']}); signed in {signed['form']} form, "
        f"due by {max(signed['due'].values())}: {', '.join(sorted(signed['due']))}"
    )


def preservation_arrives(story: Story) -> str:
    """Stored by Costa Rica's edge, receipt verified here, opened and verified there."""
    reference = story.found["preservation"]
    sent = story.gd.wait("letter", reference=reference, direction="out", until={"transmission": "delivered"})
    there = story.cr.wait("letter", reference=reference, direction="in")
    return f"delivered with Costa Rica's receipt (attempt {sent['attempts']}); there: verified, stage {there['stage']}"


def preserved(story: Story) -> str:
    """Acknowledged and answered: preserved until a day."""
    reference, until = story.found["preservation"], (story.at.date() + timedelta(days=90)).isoformat()
    ack = story.cr.act("acknowledge", by="g.guardia", role="duty", reference=reference)
    story.gd.wait("letter", reference=reference, direction="out", until={"stage": "acknowledged"})
    answer = story.cr.act(
        "preserved",
        by="g.guardia",
        reference=reference,
        until=until,
        custodian="Correo Ejemplo S.A. (ficticia)",
        custodian_reference="CE-2026-77",
    )
    here = story.gd.wait("letter", reference=reference, direction="out", until={"preservation": "preserved"})
    contains(here["until"], until, "the day of preservation")
    return f"registered as {ack['registered_as']}; {answer['reference']}: preserved until {here['until']}"


def letter_for_data(story: Story) -> str:
    """The letter for the stored data: drafted by one, approved by a second, signed by an entitled person."""
    gd, referral = story.gd, story.found["referral"]["id"]
    basis = gd.act("basis", to="cr", measure="stored-data", offences=["illegal-access", "computer-fraud"])
    letter = gd.act(
        "draft",
        by="p.prosecutor",
        role="prosecutor",
        referral=referral,
        kind="request",
        file=str(story.words("stored-data.json")),
        from_authority="gd-central",
        to_authority="cr-central",
        evidence=True,
    )
    confirmed = gd.act(
        "confirm_references",
        by="p.prosecutor",
        role="prosecutor",
        letter=letter["id"],
        source="exercise: the depositary's text, seen by the prosecutor",
    )
    gd.act("complete", by="p.prosecutor", role="prosecutor", letter=letter["id"])
    refused(gd, "approve", by="p.prosecutor", letter=letter["id"])
    gd.act("approve", by="a.approver", letter=letter["id"])
    risks = gd.act("risks", letter=letter["id"])
    _say(risks)
    gd.act("sign", by="s.signer", role="signer", letter=letter["id"], urgency=[])
    story.found["letter"] = letter["reference"]
    return (
        f"{letter['reference']} (en, es): {basis['instrument']} {basis['ref']}, contents: {basis['contents_from']}; "
        f"{len(confirmed['references'])} unverified references confirmed by p.prosecutor, approved by a.approver "
        f"(the drafter was refused), signed by s.signer with {_counted(risks)}"
    )


def _say(risks: Mapping[str, Any]) -> None:
    """What may make the letter come back; nothing of it may keep it from its signature here."""
    if risks["block"]:
        raise StepFailed(f"gd: the letter is not to be signed so: {risks['block']}")
    for warning in risks["warn"]:
        print(f"          may come back: {warning}", flush=True)


def _counted(risks: Mapping[str, Any]) -> str:
    return (
        f"what may make it come back kept (warnings: {len(risks['warn'])}, questions to a person: {len(risks['ask'])})"
    )


def letter_arrives(story: Story) -> str:
    """Packed with the evidence re-addressed, sealed, transmitted, verified."""
    reference = story.found["letter"]
    sent = story.gd.wait("letter", reference=reference, direction="out", until={"transmission": "delivered"})
    there = story.cr.wait("letter", reference=reference, direction="in")
    contains(there["evidence"], 2, "evidence items with the letter")
    return f"64 MB of evidence re-addressed, not re-encrypted; delivered (attempt {sent['attempts']}), verified"


def acknowledged(story: Story) -> str:
    """The registrar acknowledges; the preservation is bound to the letter on both sides."""
    reference = story.found["letter"]
    ack = story.cr.act("acknowledge", by="r.registro", role="registrar", reference=reference)
    story.gd.wait("letter", reference=reference, direction="out", until={"stage": "acknowledged"})
    held = story.gd.act("letter", reference=story.found["preservation"], direction="out")
    contains(held["preservation"], "bound_to_letter", "the preservation")
    return f"registered as {ack['registered_as']}; the preservation is bound to the letter"
