"""docs/by-hand.md, run as it stands against a real edge: with curl, an age tool and openssl, nothing of ours."""

import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.cli.node.home import CHECKOUT
from backend.directory.models import Node
from backend.incidents import evidence, opening, selectors
from backend.incidents.models import Incident
from backend.intake.models import Submission
from backend.units import services
from backend.units.models import EnrolmentRequest
from backend.vault.enrolment import make_code, open_code
from tests.edge.conftest import RunningEdge
from tests.founding import TESTS
from tests.programs import node_js

pytestmark = pytest.mark.long

PAGE = (CHECKOUT / "docs" / "by-hand.md").read_text()
MAIL = b"From: someone@exampleton.example\n\nplease pay\n"


def part(heading: str) -> str:
    """The commands under a heading of the page."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)
    assert found, heading
    return "\n".join(re.findall(r"```sh\n(.*?)```", found[1], re.S))


# What the shell that sent the report still knew.
KNOWN = """
NODE=gd
SUBMISSION=$(sed -n 's/.*"submission":"\\([^"]*\\)".*/\\1/p' signed)
"""
TAMPERING = {
    "another event": ("tail -n +2 leaf > event", "tail -n +2 leaf | sed s/report/packet/ > event; cp event leaf"),
    "a larger tree": ("SIZE=$(sed -n 2p checkpoint)", "SIZE=$(($(sed -n 2p checkpoint) + 1))"),
    "another checkpoint": ("sed '/^$/,$d' checkpoint > note", "sed '/^$/,$d;2s/$/0/' checkpoint > note"),
    "another log": ('verify note "$LOG_KEY"', 'verify note "$(device_key)"'),
    "another file": ('"$(sha256 < report.age)"', '"$(sha256 < evidence.age)"'),
}
SEALING = ("1. The card", "3. Today's intake key", "4. Seal the evidence", "5. Seal the report")


@dataclass
class Hand:
    """A folder, a shell and the public tools."""

    folder: Path
    edge: str
    code: str
    node: str

    def run(self, *parts: str, known: str = "", change: tuple[str, str] = ("", "")) -> subprocess.CompletedProcess[str]:
        """Run these parts of the page, one after the other, in one shell that stops at the first failure."""
        commands = "\n".join(map(part, ("Helpers", *parts)))
        if change[0]:
            assert change[0] in commands
            commands = commands.replace(*change)
        tools = self.folder / "tools"
        tools.mkdir(exist_ok=True)
        (tools / "node").unlink(missing_ok=True)
        (tools / "node").symlink_to(self.node)
        return subprocess.run(
            ["sh", "-eu", "-c", known + commands],
            cwd=self.folder,
            env={"PATH": f"{tools}:/usr/bin:/bin", "EDGE": self.edge, "CODE": self.code, "COMITY": str(CHECKOUT)},
            capture_output=True,
            text=True,
            timeout=300,
        )


@pytest.fixture(scope="session")
def node_program() -> str:
    """Node.js, with what package.json names."""
    return node_js()


@pytest.fixture
def hand(edge: RunningEdge, tmp_path: Path, node_program: str) -> Hand:
    """Somebody with a card and a code, and a mail to send."""
    unit = services.add_unit("Cybercrime Unit (test)", "gd", acting=TESTS, at=datetime.now(UTC))
    code = services.invite(unit, make_code=make_code, acting=TESTS, at=datetime.now(UTC))[1]
    (tmp_path / "gd.card").write_bytes(bytes(Node.objects.get(own=True).card))
    (tmp_path / "mail.eml").write_bytes(MAIL)
    return Hand(tmp_path, edge.url, code, node_program)


@pytest.fixture
def enrolled(hand: Hand) -> Hand:
    """The same after the administrator confirmed the fingerprint that was read out."""
    done = hand.run("1. The card", "2. Enrol")
    assert done.returncode == 0, done.stderr
    services.check_requests(open_code=open_code, at=datetime.now(UTC))
    device = services.confirm(EnrolmentRequest.objects.get(stage="checked"), acting=TESTS, at=datetime.now(UTC))
    assert done.stdout.splitlines()[-1] == device.fingerprint
    assert hand.code.partition(".")[2] not in (hand.folder / "enrolment.json").read_text()
    return hand


@pytest.mark.node
@pytest.mark.usefixtures("notary")
def test_a_report_that_was_sealed_by_hand_becomes_an_incident(enrolled: Hand) -> None:
    done = enrolled.run(*SEALING, "6. Sign and send", "7. Check the receipt")
    assert done.returncode == 0, (done.stdout[-500:], done.stderr[-500:])
    assert [line for line in done.stdout.splitlines() if len(line) == 3] == ["201", "201", "200"]
    assert enrolled.run("7. Check the receipt", known=KNOWN).returncode == 0
    for what, change in TAMPERING.items():
        assert enrolled.run("7. Check the receipt", known=KNOWN, change=change).returncode != 0, what
    assert opening.open_waiting(at=datetime.now(UTC)) is not None
    evidence.take_waiting(at=datetime.now(UTC))
    report = Submission.objects.get(kind="report")
    assert report.quarantine_reason == ""
    incident = Incident.objects.get()
    assert selectors.read_report(incident).title == "Payment diverted"
    (item,) = incident.evidence.all()
    assert item.stage == "received"


@pytest.mark.node
def test_a_card_that_was_not_signed_so_stops_the_page(hand: Hand) -> None:
    assert hand.run("1. The card", "3. Today's intake key").returncode == 0
    card = hand.folder / "gd.card"
    good = card.read_text()
    for spoilt in ("signature", "payload"):
        place = good.index(f'"{spoilt}"') + len(spoilt) + 25
        card.write_text(good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :])
        assert hand.run("1. The card").returncode != 0
