"""The report: sealed on the device, stored unreadable at the edge, opened by the worker."""

import os
import re

from backend.cli.demonstration.country import StepFailed
from backend.cli.demonstration.story import SECRETS, Story, card, contains

LARGE = 64 * 1024 * 1024


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
        *("--device", str(story.folder / "device.pem"), "--trust", str(card(story, story.gd))),
        *("--receipt", str(receipt), "--submission-id", story.submission),
    )
    verified = story.gd.comity("receipt", "verify", str(receipt), "--trust", str(card(story, story.gd)))
    export.unlink()
    return f"2 files (64 MB) and the report, sealed on the device; receipt verified: {_entry(verified)}"


def _entry(said: str) -> str:
    found = re.search(r"(entry|index)\D*(\d+)", said)
    return f"entry {found[2]} of the log" if found else " ".join(said.split())[:80]


def stored_unreadable(story: Story) -> str:
    """Nothing of the report can be read where the edge put it."""
    row = story.gd.act("stored", submission=story.submission)
    contains(row["begins"], "age-encryption.org/v1", "the stored report's beginning")
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
        contains(found["codes"], code, "the offences found")
    contains(dict(found["indicators"]).get("ipv4"), "203.0.113.77", "the indicators")
    kinds = sorted({kind for kind, _ in found["indicators"]})
    return (
        f"{found['reference']}: {', '.join(found['codes'])}; {len(found['indicators'])} indicators ({', '.join(kinds)})"
    )


def add_supplement(story: Story) -> str:
    """The unit sends a supplement, sealed like the report; it stands beside it and the whole is classified anew."""
    receipt = story.folder / "receipt-supplement.txt"
    story.gd.comity(
        *("submit", str(story.words("supplement.json")), "--edge", story.gd.node.edge_url),
        *("--device", str(story.folder / "device.pem"), "--trust", str(card(story, story.gd))),
        *("--receipt", str(receipt)),
    )
    found = story.gd.wait("later", submission=story.submission)
    contains(found["indicators"], ["ipv4", "203.0.113.78"], "the indicators of the whole")
    return f"{found['reference']}: {found['sent']} sent later, classified anew ({', '.join(found['codes'])})"
