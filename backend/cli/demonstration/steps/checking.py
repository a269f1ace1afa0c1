"""What is left to check at the end: both audit logs, and the packet with its letter."""

import os
import re
import shutil
from pathlib import Path

from backend.cli.demonstration.country import StepFailed
from backend.cli.demonstration.story import Story, card


def audit(story: Story) -> str:
    """Both logs recomputed; nothing in quarantine."""
    said = []
    for country in (story.gd, story.cr):
        country.begin([("audit", "verify", "--trust", str(card(story, country)))])
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
    os.link(left["packet"], packet) if _same_disk(left["packet"], packet) else shutil.copyfile(left["packet"], packet)
    identity = story.folder / "cr-exchange-identity.txt"
    held = story.cr.node.home.path / "keys" / "worker" / "exchange" / f"{left['key_id']}.age"
    identity.touch(mode=0o600)
    identity.write_text(held.read_text().strip() + "\n")
    story.gd.comity("packet", "verify", str(packet), "--trust", str(card(story, story.gd)))
    opened = story.folder / "opened"
    trust = ("--trust", str(card(story, story.gd)))
    story.gd.comity("packet", "open", str(packet), "--identity", str(identity), "--out", str(opened), *trust)
    names = sorted(path.name for path in opened.rglob("*") if path.is_file())
    return f"{packet.name} verified by the key card and opened by the addressee's key: {', '.join(names)}"


def _same_disk(first: str, second: Path) -> bool:
    return os.stat(first).st_dev == os.stat(second.parent).st_dev
