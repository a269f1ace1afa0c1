"""A real node to steal from: three reports of two devices, two of them with one telephone number, opened, at rest."""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from backend.cli.node import roles
from backend.cli.node.home import CHECKOUT
from backend.cli.node.launcher import RunningNode
from backend.cli.node.processes import login_url
from tests.nodes import Pair

NARRATIVE = (
    "Somebody got into the mailbox of {person} without permission and set a rule that forwarded the mail. "
    "A forged invoice was sent from it and 48,500 US dollars were paid. The caller used the number {phone}."
)
SETTLED = """
SELECT count(*) FROM intake_submission s WHERE s.stage = 'opened' AND s.submission_id = ANY(%s::uuid[])
"""


@dataclass(frozen=True)
class Report:
    """One report with what of it is nobody's business, and its sealed bytes as somebody recorded them on the way."""

    person: str
    phone: str
    device: Path
    evidence: bytes
    submission: str
    evidence_id: str
    key_id: str
    recorded: bytes
    recorded_evidence: int
    receipt: bytes

    @property
    def secrets(self) -> list[bytes]:
        """What must stand nowhere: of the words, of the file's name, and of the file itself."""
        file = f"{self.person.split()[1]}.eml"
        words = [self.person, self.phone.removeprefix("+"), file, "mailbox of", "forged invoice"]
        return [*(word.encode() for word in words), self.evidence[:64], self.digest]

    @property
    def digest(self) -> bytes:
        """SHA-256 of the evidence before it was sealed."""
        return hashlib.sha256(self.evidence).digest()


@dataclass(frozen=True)
class Victim:
    """The node and what it was sent: `one` and `two` tell the same of others, `three` shares the number of `one`."""

    node: RunningNode
    folder: Path
    reports: tuple[Report, Report, Report]

    @property
    def secrets(self) -> list[bytes]:
        """Everything that must stand nowhere."""
        return list(dict.fromkeys(secret for report in self.reports for secret in report.secrets))

    def connect(self, role: str, database: str = roles.DATABASE) -> psycopg.Connection:
        """A session with the password that was stolen with the role."""
        return psycopg.connect(login_url("postgresql", self.node.home, role, database), autocommit=True)

    def key(self, *names: str) -> bytes:
        """A key file that was stolen."""
        return (self.node.home.folder("keys") / Path(*names)).read_bytes()


@pytest.fixture(scope="session")
def victim(pair_of_nodes: Pair, tmp_path_factory: pytest.TempPathFactory) -> Victim:
    node, folder = pair_of_nodes.gd, tmp_path_factory.mktemp("victims")
    enrolling = [sys.executable, "-m", "tests.faults.enrolling", "2", node.edge_url, folder]
    subprocess.run(enrolling, env=node.env("act"), cwd=CHECKOUT, check=True)
    told = (
        ("Quillon Marchetti", "+14734400143", "device-0.pem"),
        ("Brannoc Sillitoes", "+14734400178", "device-0.pem"),
        ("Ottavio Penhallow", "+14734400143", "device-1.pem"),
    )
    with ThreadPoolExecutor(3) as senders:
        reports = tuple(senders.map(lambda one: _send(node, folder, *one), told))
    victim = Victim(node, folder, reports)
    _wait_until_opened(victim)
    return victim


def _send(node: RunningNode, folder: Path, person: str, phone: str, device: str) -> Report:
    """`comity submit`, as an officer runs it."""
    own = folder / person.split()[1]
    own.mkdir()
    evidence = f"From: {person}\n".encode() + person[::-1].encode() * 6_000
    (own / f"{own.name}.eml").write_bytes(evidence)
    report = {
        "schema": "comity/report/v1",
        "title": f"Mailbox of {person}",
        "narrative": NARRATIVE.format(person=person, phone=phone),
        "language": "en",
        "victims": [{"name": person}],
    }
    (own / "report.json").write_text(json.dumps(report))
    done = node.comity(
        "submit", str(own / "report.json"), "--evidence", str(own / f"{own.name}.eml"), "--edge", node.edge_url,
        "--device", str(folder / device), "--trust", str(folder / "node.card"), "--receipt", str(own / "receipt"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (plan,) = (own / ".comity-submit").glob("*/plan.json")
    told = json.loads(plan.read_bytes())
    first, last = told["parts"][0], told["parts"][-1]
    recorded = (plan.parent / f"report-{last['id']}.age").read_bytes()
    return Report(
        person, phone, folder / device, evidence, last["id"], first["id"], told["key_id"], recorded, first["size"],
        (own / "receipt").read_bytes(),
    )  # fmt: skip


def _wait_until_opened(victim: Victim) -> None:
    wanted = [one for report in victim.reports for one in (report.submission, report.evidence_id)]
    deadline = time.monotonic() + 180
    with victim.connect(roles.OWNER) as owner:
        while owner.execute(SETTLED, [wanted]).fetchone() != (len(wanted),):
            assert time.monotonic() < deadline, "the worker did not open what was sent"
            time.sleep(0.1)


@pytest.fixture
def owner(victim: Victim) -> Iterator[psycopg.Connection]:
    """The database as whoever copied it has it: every table."""
    with victim.connect(roles.OWNER) as connection:
        connection.execute("SET default_transaction_read_only = on")
        yield connection
