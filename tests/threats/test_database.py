"""The database is stolen: a dump, its disk, a backup of it and of the folders of files, the owner's password."""

import re
from fnmatch import fnmatch

import psycopg
import pytest

from backend.cli.node.home import CHECKOUT
from backend.cli.node.node import cluster_of
from tests.docs.pages import rows, section
from tests.docs.test_lists import shown, words
from tests.threats.conftest import Victim
from tests.threats.thief import cells, files, pieces, traces

PAGE = (CHECKOUT / "docs" / "threat-model.md").read_text()
OF_REPORT = """
SELECT s.*, i.reference, i.unit_id, i.device_id, i.data_key_id, i.reported_at
  FROM intake_submission s JOIN incidents_incident i ON i.submission_id = s.id WHERE s.submission_id = %s
"""


def row_of(owner: psycopg.Connection, statement: str, *values: object) -> dict[str, object]:
    found = owner.execute(statement, values)
    (row,) = found.fetchall()
    return dict(zip([column.name for column in found.description], row, strict=True))


def test_no_cell_has_a_word_of_a_report_or_a_digest_of_its_evidence(victim: Victim, owner: psycopg.Connection) -> None:
    dump = list(cells(owner))
    assert traces([b"GD-20", b"Unit of "], pieces(dump))  # the search finds what is there
    assert traces(victim.secrets, pieces(dump)) == []


def test_no_file_of_the_database_has_either(victim: Victim) -> None:
    data = cluster_of(victim.node.home).data
    stolen = list(files(data / "base", data / "pg_wal"))
    assert any(b"GD-20" in data for _, data in stolen)
    # Pages and the write-ahead log keep what rows were before, too. Disguises are looked for in the cells.
    plain = [form for one in victim.reports for form in (one.person.encode(), one.phone[1:].encode(), one.digest)]
    assert [(place, form) for place, data in stolen for form in plain if form in data] == []


def test_no_key_lies_in_the_database(victim: Victim, owner: psycopg.Connection) -> None:
    keys = victim.node.home.folder("keys")
    private = [path.read_bytes().strip() for path in keys.rglob("*") if path.is_file()]
    assert len(private) > 30
    assert traces(private, pieces(cells(owner))) == []


def test_a_backup_of_the_folders_of_files_shows_sizes_alone(victim: Victim) -> None:
    home = victim.node.home
    stolen = list(files(home.folder("sealed"), home.folder("evidence"), home.folder("backups")))
    assert traces(victim.secrets, stolen) == []
    kept = sorted(len(data) for name, data in stolen if name.endswith(".payload"))
    # A payload is the file with 16 bytes for each 64 KiB, and a nonce.
    for report in victim.reports:
        size = len(report.evidence)
        assert size + 16 * -(-size // 65_536) + 16 in kept


KINDS = {words(row[0])[0]: words(row[2]) for row in rows(section(PAGE, "What a stolen database tells, kind by kind"))}


def test_every_column_in_clear_is_of_a_kind_that_the_page_names() -> None:
    clear = {f"{table}.{column}" for table, (columns, _) in shown().items() for column in columns}
    of = {name: [kind for kind, globs in KINDS.items() if any(_fits(name, glob) for glob in globs)] for name in clear}
    assert {name: kinds for name, kinds in of.items() if len(kinds) != 1} == {}
    used = {glob for globs in KINDS.values() for glob in globs if any(_fits(name, glob) for name in clear)}
    assert {glob for globs in KINDS.values() for glob in globs} - used == set()


def _fits(name: str, glob: str) -> bool:
    return fnmatch(name, glob if "." in glob else f"*.{glob}")


def kind_of(column: str) -> str:
    """The kind of a column, or `encrypted`, or `link` where it is an id or points to another row."""
    table, _, name = column.partition(".")
    clear, encrypted = shown()[table]
    if name in encrypted:
        return "encrypted"
    fitting = [kind for kind, globs in KINDS.items() if any(_fits(column, glob) for glob in globs)]
    return fitting[0] if name in clear else "link"


def test_what_it_tells_is_true_and_of_every_kind(victim: Victim, owner: psycopg.Connection) -> None:
    one, two, three = victim.reports
    first, second, third = (row_of(owner, OF_REPORT, report.submission) for report in victim.reports)
    tells: dict[str, object] = {
        "times": abs((first["received_at"] - second["received_at"]).total_seconds()) < 600
        and first["reported_at"] <= first["received_at"],
        "sizes": (first["size"], len(one.evidence))
        == (len(one.recorded), row_of(owner, SIZE, one.evidence_id)["size"]),
        "who": first["device_id"] == second["device_id"] != third["device_id"] and first["unit_id"] == third["unit_id"],
        "numbers": re.fullmatch(r"GD-20\d\d-\d{6}", str(first["reference"])),
        "offences": "illegal-access" in str(row_of(owner, CODES, first["id"])["codes"]),
        "indicators": row_of(owner, TYPES, first["id"])["types"] == row_of(owner, TYPES, second["id"])["types"],
        "equality": shared(owner, first, third) == 1 and shared(owner, first, second) == 0,
        "digests": first["digest"] != second["digest"],
        "stages": first["stage"] == "opened",
        "words of the office": owner.execute("SELECT name FROM units_unit").fetchone(),
        "public keys": owner.execute("SELECT recipient FROM directory_publishedkey").fetchone(),
        "the log": owner.execute("SELECT note FROM audit_checkpoint").fetchone(),
        "sign-in": owner.execute("SELECT password FROM accounts_user").fetchone(),
    }
    assert {kind for kind, true in tells.items() if true} == set(KINDS)


SIZE = "SELECT size FROM incidents_evidenceitem WHERE evidence_id = %s"
CODES = """
SELECT c.codes FROM incidents_classification c JOIN incidents_incident i ON i.id = c.incident_id
 WHERE i.submission_id = %s
"""
TYPES = """
SELECT array_agg(n.type ORDER BY n.position) AS types
  FROM incidents_indicator n JOIN incidents_incident i ON i.id = n.incident_id WHERE i.submission_id = %s
"""
SHARED = """
SELECT count(*) FROM incidents_indicator a JOIN incidents_incident ia ON ia.id = a.incident_id
  JOIN incidents_indicator b ON b.token = a.token JOIN incidents_incident ib ON ib.id = b.incident_id
 WHERE ia.submission_id = %s AND ib.submission_id = %s
"""


def shared(owner: psycopg.Connection, one: dict[str, object], other: dict[str, object]) -> int:
    """How many indicators two reports share, by their tokens alone."""
    (count,) = owner.execute(SHARED, [one["id"], other["id"]]).fetchone()
    return count


OF_INCIDENT = {
    "intake_submission": "SELECT * FROM intake_submission WHERE id = %(submission)s",
    "incidents_incident": "SELECT * FROM incidents_incident WHERE id = %(incident)s",
    "incidents_classification": "SELECT * FROM incidents_classification WHERE incident_id = %(incident)s",
    "incidents_indicator": "SELECT * FROM incidents_indicator WHERE incident_id = %(incident)s ORDER BY position",
    "incidents_evidenceitem": "SELECT * FROM incidents_evidenceitem WHERE incident_id = %(incident)s",
    "incidents_custodyevent": "SELECT c.* FROM incidents_custodyevent c"
    " JOIN incidents_evidenceitem e ON e.id = c.item_id"
    " WHERE e.incident_id = %(incident)s ORDER BY c.at",
    "audit_auditevent": "SELECT * FROM audit_auditevent WHERE subject_id IN (%(submission)s::text, %(incident)s::text)"
    " AND event <> 'incident:correlated' ORDER BY event, at",
}


def test_two_reports_that_differ_in_what_they_say_differ_in_nothing_else(
    victim: Victim, owner: psycopg.Connection
) -> None:
    """Two of the same length from one device: what differs in clear is what differs between any two reports."""
    differs = set()
    found = [row_of(owner, INCIDENT, report.submission) for report in victim.reports[:2]]
    for table, statement in OF_INCIDENT.items():
        one, two = (list(_named(owner.execute(statement, ids))) for ids in found)
        assert len(one) == len(two), table
        for first, second in zip(one, two, strict=True):
            differs |= {f"{table}.{column}" for column in first if first[column] != second[column]}
    kinds = {kind_of(column) for column in differs - {"audit_auditevent.detail", "audit_auditevent.subject_id"}}
    assert kinds <= {"encrypted", "link", "times", "numbers", "digests", "equality"}
    assert "incidents_indicator.token" in differs


INCIDENT = """
SELECT s.id::text AS submission, i.id::text AS incident
  FROM intake_submission s JOIN incidents_incident i ON i.submission_id = s.id WHERE s.submission_id = %s
"""


def _named(found: psycopg.Cursor) -> list[dict[str, object]]:
    names = [column.name for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_the_details_of_events_hold_nothing_but_what_columns_show(victim: Victim, owner: psycopg.Connection) -> None:
    """The log is shown to auditors: of what one report left there, every value is one of the kinds that leak."""
    ids = row_of(owner, INCIDENT, victim.reports[0].submission)
    known = set()
    for table in ("intake_submission", "incidents_incident", "incidents_classification"):
        for row in _named(owner.execute(OF_INCIDENT[table], ids)):
            known |= {str(value) for value in row.values()} | {bytes(row["digest"]).hex() if "digest" in row else ""}
            known |= set(row["codes"]) | {",".join(row["codes"])} if "codes" in row else set()
    said = [event["detail"] for event in _named(owner.execute(OF_INCIDENT["audit_auditevent"], ids))]
    values = {str(value) for detail in said for value in detail.values()}
    assert {value for value in values if value not in known} == set()


def test_the_owners_password_changes_what_the_log_then_contradicts(victim: Victim, tmp_path) -> None:
    """Whoever is the owner can lift the triggers and rewrite an event; the checkpoint outside shows it."""
    kept = tmp_path / "kept"
    assert victim.node.comity("audit", "export", "--out", str(kept)).returncode == 0
    verify = ("audit", "verify", "--checkpoint", str(kept))
    assert victim.node.comity(*verify).returncode == 0
    third = "(SELECT event_id FROM audit_logleaf WHERE index = 3)"
    change = f"UPDATE audit_auditevent SET acting_id = %s WHERE id = {third}"
    with victim.connect("comity_owner") as owner:
        with pytest.raises(psycopg.Error):
            owner.execute(change, ["somebody else"])
        (before,) = owner.execute(f"SELECT acting_id FROM audit_auditevent WHERE id = {third}").fetchone()
        # The other trigger stays: the node works on, and without it an event of these seconds would miss the log.
        owner.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER audit_auditevent_append_only")
        try:
            owner.execute(change, ["somebody else"])
            told = victim.node.comity(*verify)
        finally:
            owner.execute(change, [before])
            owner.execute("ALTER TABLE audit_auditevent ENABLE TRIGGER audit_auditevent_append_only")
    assert told.returncode == 1
    assert "First bad entry: 3\n" in told.stderr
    assert victim.node.comity(*verify).returncode == 0
