"""The edge is taken over: everything in its process, its environment and its folder is the thief's."""

import hashlib
import http.client
import time
import uuid
from urllib.parse import unquote, urlsplit

import psycopg
import pytest

from backend.cli.node import roles
from backend.vault.offline_submit import read_device_key
from tests.node import proc
from tests.threats.conftest import Victim
from tests.threats.thief import files, traces

READ = "SELECT proof FROM receipts(%s::text[], %s::uuid[], %s::bytea[])"
ACCEPT = "SELECT outcome FROM accept(%s, %s, %s, %s, %s, %s, %s, %s)"


@pytest.fixture
def edge(victim: Victim):
    """What the edge's environment opens."""
    stolen = proc.environment_of(victim.node.processes()["edge"])
    with psycopg.connect(stolen["DATABASE_URL"], autocommit=True) as connection:
        yield connection


def accept(edge: psycopg.Connection, sender: str, submission: uuid.UUID, key_id: str, body: bytes) -> str:
    row = [[sender], [submission], ["report"], [key_id], [hashlib.sha256(body).digest()], [len(body)], [body], [None]]
    (outcome,) = edge.execute(ACCEPT, row).fetchone()
    return outcome


def sender_of(edge: psycopg.Connection, *, but: str = "") -> str:
    (fingerprint,) = edge.execute(
        "SELECT fingerprint FROM edge_sender WHERE kind = 'device' AND fingerprint <> %s LIMIT 1", [but]
    ).fetchone()
    return fingerprint


def test_its_environment_leads_to_one_role_one_folder_and_a_secret_that_signs_nothing(victim: Victim) -> None:
    stolen = proc.environment_of(victim.node.processes()["edge"])
    home = str(victim.node.home.path)
    assert {name for name, value in stolen.items() if home in unquote(value)} == {"COMITY_SEALED", "DATABASE_URL"}
    keys = [path.read_bytes() for path in victim.node.home.folder("keys").rglob("*") if path.is_file()]
    assert traces(keys, [("environment", str(stolen).encode())]) == []


def test_it_executes_its_functions_reads_its_views_and_nothing_else(edge: psycopg.Connection) -> None:
    """Asked of the catalogue: the whole of what the role may do, not what somebody thought of."""
    may_read = edge.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'"
        " AND c.relkind IN ('r', 'v', 'm', 'p', 'f') AND has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE')"
    ).fetchall()
    assert {name for (name,) in may_read} == {"edge_sender", "edge_published_key", "edge_card"}
    columns = edge.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'"
        " AND c.relkind IN ('r', 'p') AND has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE')"
    ).fetchall()
    assert columns == []
    may_write = edge.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'"
        " AND c.relkind IN ('v', 'S') AND (c.relkind = 'S' AND has_sequence_privilege(c.oid, 'USAGE, SELECT, UPDATE')"
        " OR c.relkind = 'v' AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE'))"
    ).fetchall()
    assert may_write == []


def test_its_functions_tell_nothing_of_what_others_sent(victim: Victim, edge: psycopg.Connection) -> None:
    """Without the ids, which are random, nothing comes out; with them the receipt, which says size and digest."""
    sender = sender_of(edge)
    guess = [[sender], [uuid.uuid4()], [bytes(32)]]
    assert edge.execute(READ, guess).fetchall() == []
    report = victim.reports[0]
    digest = hashlib.sha256(report.recorded).digest()
    owners = [row[0] for row in edge.execute("SELECT fingerprint FROM edge_sender").fetchall()]
    found = [edge.execute(READ, [[one], [uuid.UUID(report.submission)], [digest]]).fetchall() for one in owners]
    ((proof,),) = [row for rows in found for row in rows]
    assert traces(victim.secrets, [("receipt", proof.encode())]) == []


def test_the_views_and_the_folder_have_no_word_of_a_report(victim: Victim, edge: psycopg.Connection) -> None:
    views = [
        (view, str(edge.execute(f"SELECT * FROM {view}").fetchall()).encode())
        for view in ("edge_sender", "edge_published_key", "edge_card")
    ]
    assert traces(victim.secrets, views) == []
    assert traces(victim.secrets, files(victim.node.home.folder("sealed"))) == []


def test_rubbish_in_a_devices_name_ends_in_quarantine(victim: Victim, edge: psycopg.Connection) -> None:
    """It can store what it likes, for it is the edge; the signature inside the seal is what it cannot make."""
    somebody_else = read_device_key(victim.reports[2].device).verifying_key.fingerprint
    sender, submission = sender_of(edge, but=somebody_else), uuid.uuid4()
    rubbish = b"age-encryption.org/v1\n" + bytes(4_096)
    assert accept(edge, sender, submission, victim.reports[0].key_id, rubbish) == "stored"
    # A report that somebody else sent, under this device's name and another id.
    copied = uuid.uuid4()
    assert accept(edge, sender, copied, victim.reports[0].key_id, victim.reports[2].recorded) == "stored"
    with victim.connect(roles.OWNER) as owner:
        stages = _settled(owner, [submission, copied])
    assert stages == {submission: "quarantined", copied: "quarantined"}


def _settled(owner: psycopg.Connection, submissions: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    deadline = time.monotonic() + 120
    while True:
        found = dict(
            owner.execute(
                "SELECT submission_id, stage FROM intake_submission WHERE submission_id = ANY(%s)", [submissions]
            ).fetchall()
        )
        if "received" not in found.values() or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def test_it_cannot_give_a_receipt_for_what_it_dropped(victim: Victim) -> None:
    """Nothing that it holds signs for the log; a receipt of something else is refused by `comity receipt verify`."""
    report = victim.reports[0]
    own = report.device.parent / "Marchetti"
    card = str(victim.folder / "node.card")
    good = victim.node.comity("receipt", "verify", str(own / "receipt"), "--trust", card)
    assert good.returncode == 0, good.stderr
    forged = own / "forged"
    other = bytearray(report.receipt)
    place = other.index(b"index ") + 6
    other[place : place + 1] = b"9" if other[place : place + 1] != b"9" else b"8"
    forged.write_bytes(bytes(other))
    assert victim.node.comity("receipt", "verify", str(forged), "--trust", card).returncode == 1


def test_what_it_passes_on_names_no_one(victim: Victim) -> None:
    """Its log and its answers: outcomes, and none of the ids, digests, senders or addresses that it saw."""
    log = victim.node.home.folder("log") / "edge.log"
    report = victim.reports[0]
    seen = [report.submission.encode(), hashlib.sha256(report.recorded).hexdigest().encode(), b"127.0.0.1:"]
    assert b"reports: 201" in log.read_bytes()
    assert traces([*victim.secrets, *seen], [("edge.log", log.read_bytes())]) == []
    parts = urlsplit(victim.node.edge_url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    connection.request("GET", f"/v1/receipts/{report.submission}?digest={hashlib.sha256(report.recorded).hexdigest()}")
    answer = connection.getresponse()
    assert answer.status == 401
    assert b"Traceback" not in answer.read()
    connection.close()
