"""The story of the demonstration: each step a function that acts, checks that it holds and says what happened."""

import os
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from backend.cli.demonstration.country import Country, StepFailed

DATA = Path(__file__).parent / "data"
LARGE = 64 * 1024 * 1024
SECRETS = ("Testwood", "spiceharbour", "203.0.113.77", "NWBK", "Exampleford")


@dataclass
class Story:
    """What the steps know of one another."""

    folder: Path
    gd: Country
    cr: Country
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    submission: str = field(default_factory=lambda: str(uuid.uuid4()))
    found: dict[str, Any] = field(default_factory=dict)

    def words(self, name: str) -> Path:
        """A file of words with the story's times filled in."""
        paid, seen = self.at - timedelta(hours=10), self.at - timedelta(hours=12, minutes=7)
        values = {
            "PAID": f"{paid:%d %B %Y at %H:%M}",
            "SEEN": f"{seen:%d %B %Y at %H:%M}",
            "PAID_AT": _instant(paid),
            "SEEN_AT": _instant(seen),
            "FROM_AT": _instant(self.at - timedelta(days=14)),
            "NOW_AT": _instant(self.at),
            "LETTER_BY": f"{self.at + timedelta(days=45):%Y-%m-%d}",
        }
        text = re.sub(r"\{([A-Z_]+)\}", lambda named: values[named[1]], (DATA / name).read_text())
        path = self.folder / name
        path.write_text(text)
        return path


Step = tuple[str, Callable[[Story], str]]


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def start(story: Story) -> str:
    """Both nodes up."""
    for country in (story.gd, story.cr):
        country.node.wait_until_ready()
    return f"Grenada {story.gd.node.edge_url}, Costa Rica {story.cr.node.edge_url}; own clusters, keyrings, processes"


def appoint(story: Story) -> str:
    """Exercise authorities, people in their roles, a named role that confirms the entries."""
    offices = (
        (story.gd, "gd-24-7", "24-7", "24/7 Point of Contact (exercise), Royal Grenada Police Force"),
        (story.gd, "gd-central", "central", "Central Authority (exercise), Attorney General's Chambers"),
        (story.cr, "cr-24-7", "24-7", "Punto de contacto 24/7 (ejercicio), Costa Rica"),
        (story.cr, "cr-central", "central", "Autoridad central (ejercicio), OATRI, Ministerio Público"),
    )
    for country in (story.gd, story.cr):
        country.begin(
            [
                ("keys", "authority", authority, "--kind", kind, "--title", title, "--exercise")
                for own, authority, kind, title in offices
                if own is country
            ]
        )
    for country in (story.gd, story.cr):
        country.finish()
    story.gd.act(
        "people",
        names=[
            ["d.duty", "Dorian Testduty", "duty"],
            ["p.prosecutor", "Petra Testprosecutor", "prosecutor"],
            ["a.approver", "Alban Testapprover", "approver"],
            ["s.signer", "Sabine Testsigner", "signer"],
            ["m.admin", "Mona Testadmin", "administrator"],
        ],
    )
    story.cr.act(
        "people",
        names=[
            ["g.guardia", "Gabriel Guardia Prueba", "duty"],
            ["r.registro", "Rosa Registro Prueba", "registrar"],
            ["a.admin", "Alicia Admin Prueba", "administrator"],
        ],
    )
    return "4 exercise authorities with certificates, 8 fictional people, each in one role"


def exchange_cards(story: Story) -> str:
    """Key cards as files, fingerprint words compared, confirmed; then the directory's exercise entries."""
    pairs = ((story.gd, story.cr, "m.admin"), (story.cr, story.gd, "a.admin"))
    for country, _, _ in pairs:
        country.begin([("card", "export", "--out", str(_card(story, country)))])
    for country, _, _ in pairs:
        country.finish()
    for country, other, by in pairs:
        imported = ("card", "import", str(_card(story, other)))
        country.begin([imported, ("card", "confirm", other.state, "--by", by)])
    for country, other, _ in pairs:
        story.found[f"words-{other.state}"] = country.finish()[0].strip().splitlines()[-1]
    confirmed = story.gd.act("confirm_authorities", by="m.admin", source="exercise plan, seen by the administrator")
    story.cr.act("confirm_authorities", by="a.admin", source="plan de ejercicio, visto por la administradora")
    _contains(len(confirmed["titles"]), 4, "authorities in Grenada's directory")
    return f"cards pinned; Costa Rica's words: {story.found['words-cr']}; 4 EXERCISE entries confirmed by m.admin"


def _card(story: Story, country: Country) -> Path:
    return story.folder / f"{country.state}-card.json"


def enrol(story: Story) -> str:
    """A device of a unit: code, proof, words, confirmation."""
    story.gd.comity("device", "add-unit", "Cybercrime Unit (exercise)")
    code = story.gd.comity("device", "invite", "--unit", "Cybercrime Unit (exercise)").strip()
    key = story.folder / "device.pem"
    said = story.gd.comity(
        *("device", "enrol", "--edge", story.gd.node.edge_url, "--code", code),
        *("--trust", str(_card(story, story.gd)), "--out", str(key), "--label", "exercise desk 1"),
    )
    words = said.strip().splitlines()[-1]
    _until_listed(story, words)
    story.gd.comity("device", "confirm", words, "--by", "m.admin")
    return f"the code never travelled; the administrator compared {words}"


def _until_listed(story: Story, words: str) -> None:
    for _ in range(30):
        if words in story.gd.comity("device", "list"):
            return
    raise StepFailed("gd: the enrolment request was not checked")


def submit(story: Story) -> str:
    """The report and two files, sealed and signed on the device; a receipt comes back."""
    mail = story.folder / "evidence-forged-invoice.eml"
    mail.write_text(
        "From: accounts@supplier.example\nSubject: Invoice 2291\n\nPlease pay to GB29 NWBK 6016 1331 9268 19.\n"
    )
    export = story.folder / "evidence-mailbox-export.bin"
    with export.open("wb") as out:
        for _ in range(LARGE // (1024 * 1024)):
            out.write(os.urandom(1024 * 1024))
    report = story.words("report.json")
    receipt = story.folder / "receipt.txt"
    story.gd.comity(
        *("submit", str(report), "--evidence", str(mail), str(export), "--edge", story.gd.node.edge_url),
        *("--device", str(story.folder / "device.pem"), "--trust", str(_card(story, story.gd))),
        *("--receipt", str(receipt), "--submission-id", story.submission),
    )
    verified = story.gd.comity("receipt", "verify", str(receipt), "--trust", str(_card(story, story.gd)))
    export.unlink()
    return f"2 files (64 MB) and the report, sealed on the device; receipt verified: {_entry(verified)}"


def _entry(said: str) -> str:
    found = re.search(r"(entry|index)\D*(\d+)", said)
    return f"entry {found[2]} of the log" if found else " ".join(said.split())[:80]


def stored_unreadable(story: Story) -> str:
    """Nothing of the report can be read where the edge put it."""
    row = story.gd.act("stored", submission=story.submission)
    _contains(row["begins"], "age-encryption.org/v1", "the stored report's beginning")
    sealed = story.gd.node.home.path / "sealed"
    for path in sealed.iterdir():
        with path.open("rb") as file:
            beginning = file.read(1024 * 1024)
        if any(secret.encode() in beginning for secret in SECRETS):
            raise StepFailed(f"gd: {path.name} holds a readable word of the report")
    return f"the row and the files in sealed/ begin with {row['begins']!r}; no name, number or address in them"


def open_incident(story: Story) -> str:
    """The worker opens it, classifies it and takes the evidence into custody."""
    found = story.gd.wait("incident", submission=story.submission)
    story.found["incident"] = found
    for code in ("illegal-access", "computer-fraud"):
        _contains(found["codes"], code, "the offences found")
    _contains(dict(found["indicators"]).get("ipv4"), "203.0.113.77", "the indicators")
    kinds = sorted({kind for kind, _ in found["indicators"]})
    return (
        f"{found['reference']}: {', '.join(found['codes'])}; {len(found['indicators'])} indicators ({', '.join(kinds)})"
    )


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
    _contains(here["until"], until, "the day of preservation")
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
    _refused(gd, "approve", by="p.prosecutor", letter=letter["id"])
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
    _contains(there["evidence"], 2, "evidence items with the letter")
    return f"64 MB of evidence re-addressed, not re-encrypted; delivered (attempt {sent['attempts']}), verified"


def acknowledged(story: Story) -> str:
    """The registrar acknowledges; the preservation is bound to the letter on both sides."""
    reference = story.found["letter"]
    ack = story.cr.act("acknowledge", by="r.registro", role="registrar", reference=reference)
    story.gd.wait("letter", reference=reference, direction="out", until={"stage": "acknowledged"})
    held = story.gd.act("letter", reference=story.found["preservation"], direction="out")
    _contains(held["preservation"], "bound_to_letter", "the preservation")
    return f"registered as {ack['registered_as']}; the preservation is bound to the letter"


def audit(story: Story) -> str:
    """Both logs recomputed; nothing in quarantine."""
    said = []
    for country in (story.gd, story.cr):
        country.begin([("audit", "verify", "--trust", str(_card(story, country)))])
    for country in (story.gd, story.cr):
        entries = re.search(r"entries\D*(\d+)", country.finish()[0])
        said.append(f"{country.state}: {entries[1] if entries else '?'} entries recomputed, they agree")
        reasons = country.act("quarantine")["reasons"]
        if reasons:
            raise StepFailed(f"{country.state}: in quarantine: {reasons}")
    return "; ".join(said)


def leave(story: Story) -> str:
    """Packet, opened letter and keys for whoever wants to check them by hand."""
    left = story.gd.act("leave", reference=story.found["letter"], direction="out", folder=str(story.folder))
    packet = story.folder / "letter.packet.zip"
    os.link(left["packet"], packet) if _same_disk(left["packet"], packet) else _copy(Path(left["packet"]), packet)
    identity = story.folder / "cr-exchange-identity.txt"
    held = story.cr.node.home.path / "keys" / "worker" / "exchange" / f"{left['key_id']}.age"
    identity.touch(mode=0o600)
    identity.write_text(held.read_text().strip() + "\n")
    story.gd.comity("packet", "verify", str(packet), "--trust", str(_card(story, story.gd)))
    opened = story.folder / "opened"
    trust = ("--trust", str(_card(story, story.gd)))
    story.gd.comity("packet", "open", str(packet), "--identity", str(identity), "--out", str(opened), *trust)
    names = sorted(path.name for path in opened.rglob("*") if path.is_file())
    return f"{packet.name} verified by the key card and opened by the addressee's key: {', '.join(names)}"


def _same_disk(first: str, second: Path) -> bool:
    return os.stat(first).st_dev == os.stat(second.parent).st_dev


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as taken, target.open("wb") as out:
        while piece := taken.read(1024 * 1024):
            out.write(piece)


def _contains(found: object, expected: object, what: str) -> None:
    holds = expected in found if isinstance(found, list) else found == expected
    if not holds:
        raise StepFailed(f"{what}: expected {expected!r}, got {found!r}")


def _refused(country: Country, act: str, **arguments: Any) -> None:
    try:
        country.act(act, **arguments)
    except StepFailed:
        return
    raise StepFailed(f"{country.state}: {act} by the same person was not refused")


STEPS: tuple[Step, ...] = (
    ("two nodes start", start),
    ("authorities and people", appoint),
    ("key cards exchanged and confirmed", exchange_cards),
    ("a unit's device is enrolled", enrol),
    ("report sealed, signed, submitted", submit),
    ("the edge stores it unreadable", stored_unreadable),
    ("the worker opens and classifies it", open_incident),
    ("24/7 point asks for preservation", preservation),
    ("Costa Rica stores, opens, verifies", preservation_arrives),
    ("Costa Rica acknowledges and preserves", preserved),
    ("letter for the stored data", letter_for_data),
    ("packet transmitted and verified", letter_arrives),
    ("Costa Rica acknowledges the letter", acknowledged),
    ("both audit logs verify", audit),
    ("packet and letter left for checking", leave),
)
