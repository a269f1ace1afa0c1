"""A keyring is stolen: what each group of keys opens and signs, and what it does not."""

import json

import psycopg
import pytest

from backend.vault.tokens import NORMALISATION
from crypto import notes
from crypto.errors import CannotOpen, CryptoError
from crypto.keyholder import datakeys, recovery
from crypto.keyholder.identities import generate_pq
from crypto.keyholder.opening import open_sealed
from crypto.keyholder.signing import SigningKey
from tests.faults.reader import formats
from tests.node import proc
from tests.threats.conftest import Report, Victim
from tests.threats.test_database import row_of
from tests.threats.thief import cells, files, pieces, traces

AT_REST = """
SELECT i.id::text AS id, i.report_ct, k.id::text AS data_key, k.wrapped
  FROM incidents_incident i JOIN vault_datakey k ON k.id = i.data_key_id
  JOIN intake_submission s ON s.id = i.submission_id WHERE s.submission_id = %s
"""


def groups_of(victim: Victim, process: str) -> set[str]:
    folders = proc.environment_of(victim.node.processes()[process])["COMITY_KEYS"]
    return {folder.rsplit("/", 1)[1] for folder in folders.split(":") if folder}


def intake_identities(victim: Victim, *, but: str = "") -> list[str]:
    folder = victim.node.home.keys("worker") / "intake"
    return [path.read_text().strip() for path in folder.glob("*.age") if path.stem != but]


class TestTodaysIntakeKey:
    """The worker's folder, of which one file is of today."""

    def test_it_opens_what_was_recorded_on_the_way_in_its_time(self, victim: Victim) -> None:
        for report in victim.reports:
            stolen = victim.key("worker", "intake", f"{report.key_id}.age").decode().strip()
            assert report.person.encode() in open_sealed(report.recorded, [stolen])

    def test_the_keys_of_other_days_do_not(self, victim: Victim) -> None:
        report = victim.reports[0]
        others = intake_identities(victim, but=report.key_id)
        assert len(others) > 20
        with pytest.raises(CannotOpen):
            open_sealed(report.recorded, others)

    def test_it_opens_nothing_at_rest(self, victim: Victim, owner: psycopg.Connection) -> None:
        """No intake key is the root of anything: neither as it lies there nor as what it is made of."""
        row = row_of(owner, AT_REST, victim.reports[0].submission)
        for secret in (intake_identities(victim)[0].encode()[-32:], victim.key("worker", "transport.pem")[:32]):
            with pytest.raises(formats.DoesNotHold):
                open_at_rest(secret, row)

    def test_it_signs_nothing(self, victim: Victim) -> None:
        assert groups_of(victim, "worker") == {"worker", "shared"}
        with pytest.raises(CryptoError):
            SigningKey.from_pem(intake_identities(victim)[0].encode())


def open_at_rest(root: bytes, row: dict[str, object]) -> bytes:
    """What whoever has a root reads of a dump, by SPEC.md alone."""
    place = ("vault_datakey", str(row["data_key"]), "wrapped")
    key = formats.decrypt(root, row["wrapped"], place, context=formats.WRAPPED)
    return formats.decrypt(key, row["report_ct"], ("incidents_incident", str(row["id"]), "report_ct"))


class TestTheKeyringRoot:
    def test_with_a_dump_it_opens_everything_at_rest(self, victim: Victim, owner: psycopg.Connection) -> None:
        for report in victim.reports:
            row = row_of(owner, AT_REST, report.submission)
            assert report.person.encode() in open_at_rest(victim.key("shared", "keyring-root.key"), row)

    def test_without_a_dump_it_opens_nothing(self, victim: Victim) -> None:
        """What is recorded on the way and what lies in the folders of files knows nothing of it."""
        root = victim.key("shared", "keyring-root.key")
        assert traces([root], [("recorded", report.recorded) for report in victim.reports]) == []
        with pytest.raises(CryptoError):
            open_sealed(victim.reports[0].recorded, [root.hex()])

    def test_another_nodes_root_opens_nothing(self, victim: Victim, pair_of_nodes, owner: psycopg.Connection) -> None:
        row = row_of(owner, AT_REST, victim.reports[0].submission)
        other = (pair_of_nodes.cr.home.keys("shared") / "keyring-root.key").read_bytes()
        with pytest.raises(formats.DoesNotHold):
            open_at_rest(other, row)


class TestTheTokenRoot:
    def test_with_a_dump_it_tells_whether_a_guess_is_right(self, victim: Victim, owner: psycopg.Connection) -> None:
        def guess(number: str) -> int:
            value = datakeys.token(
                victim.key("shared", "token-root.key"), type="phone", version=NORMALISATION, value=number
            )
            (count,) = owner.execute("SELECT count(*) FROM incidents_indicator WHERE token = %s", [value]).fetchone()
            return count

        assert guess(victim.reports[0].phone) >= 2
        assert guess(victim.reports[1].phone) >= 1
        assert guess("+14734400199") == 0

    def test_it_reads_nothing_that_was_not_guessed(self, victim: Victim, owner: psycopg.Connection) -> None:
        row = row_of(owner, AT_REST, victim.reports[0].submission)
        with pytest.raises(formats.DoesNotHold):
            open_at_rest(victim.key("shared", "token-root.key"), row)


class TestTheNotarysKey:
    def test_it_signs_another_history_which_an_exported_checkpoint_contradicts(self, victim: Victim, tmp_path) -> None:
        kept = tmp_path / "kept"
        assert victim.node.comity("audit", "export", "--out", str(kept)).returncode == 0
        key = SigningKey.from_pem(victim.key("notary", "log.pem"))
        size, _ = formats.checkpoint(kept.read_text(), "comity/gd/log", str(key.verifying_key))
        # Signed for truly, of the same size, over other events: it verifies by itself, and not beside the other.
        forged = notes.sign_note(notes.Checkpoint("comity/gd/log", size, bytes(32)).text(), "comity/gd/log", key)
        assert notes.verify_checkpoint(forged, origin="comity/gd/log", key=key.verifying_key).size == size
        (tmp_path / "forged").write_bytes(forged)
        told = victim.node.comity("audit", "verify", "--checkpoint", str(tmp_path / "forged"))
        assert told.returncode == 1

    def test_its_process_has_this_key_and_a_role_that_reads_no_content(self, victim: Victim) -> None:
        assert groups_of(victim, "notary") == {"notary"}
        with victim.connect("comity_notary") as notary:
            readable = notary.execute(
                "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
                " AND c.relkind IN ('r', 'p', 'v') AND has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE')"
            ).fetchall()
            tables = {name for (name,) in readable}
            assert tables == {
                "audit_auditevent", "audit_pendingevent", "audit_logleaf", "audit_lognode", "audit_checkpoint",
                "audit_receipt", "directory_node",
            }  # fmt: skip
            read = [(name, str(notary.execute(f"SELECT * FROM {name}").fetchall()).encode()) for name in tables]
            assert traces(victim.secrets, read) == []
            for change in ("UPDATE audit_auditevent SET acting_id = ''", "DELETE FROM audit_auditevent"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    notary.execute(change)


class TestTheIdentityKey:
    def test_it_signs_keys_in_the_nodes_name_which_senders_would_believe(self, victim: Victim) -> None:
        card = json.loads((victim.folder / "node.card").read_bytes())
        key = SigningKey.from_pem(victim.key("identity", "identity.pem"))
        assert card["signer"] == str(key.verifying_key)

    def test_it_opens_nothing_and_lies_with_no_process(self, victim: Victim, owner: psycopg.Connection) -> None:
        with pytest.raises(CryptoError):
            open_sealed(victim.reports[0].recorded, [victim.key("identity", "identity.pem").decode()])
        served = set(victim.node.processes()) - {"supervisor", "postgres"}
        assert not any("identity" in groups_of(victim, name) for name in served)


class TestTheRecoveryKit:
    def kit(self, victim: Victim) -> bytes:
        (kit,) = victim.node.home.folder("recovery").glob("*.age")
        return kit.read_bytes()

    def test_without_its_identity_it_opens_with_no_key_of_the_node(self, victim: Victim) -> None:
        with pytest.raises(CannotOpen):
            recovery.open_kit(self.kit(victim), generate_pq())
        with pytest.raises(CannotOpen):
            open_sealed(self.kit(victim), intake_identities(victim))

    def test_its_identity_lies_nowhere_in_the_home(self, victim: Victim, owner: psycopg.Connection) -> None:
        said = victim.node.output.read_text()
        (identity,) = [line.strip() for line in said.splitlines() if "AGE-SECRET-KEY-PQ-1" in line]
        opened = recovery.open_kit(self.kit(victim), identity)
        assert set(opened) == {
            "identity/identity.pem", "notary/log.pem", "worker/transport.pem", "shared/keyring-root.key",
            "shared/token-root.key",
        }  # fmt: skip
        assert traces([identity.encode()], files(victim.node.home.path)) == []
        assert traces([identity.encode()], pieces(cells(owner))) == []


def test_the_desk_has_no_key_that_opens_what_the_worker_has_not_opened(victim: Victim) -> None:
    assert groups_of(victim, "desk") == {"desk", "shared"}
    report: Report = victim.reports[0]
    for name in ("keyring-root.key", "token-root.key"):
        with pytest.raises(CryptoError):
            open_sealed(report.recorded, [victim.key("shared", name).hex()])
    with victim.connect("comity_desk") as desk:
        for change in ("UPDATE audit_auditevent SET acting_id = ''", "DELETE FROM audit_auditevent"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                desk.execute(change)


def test_the_worker_signs_no_letter_no_log_and_for_no_person(victim: Victim) -> None:
    assert groups_of(victim, "worker") == {"worker", "shared"}
    with victim.connect("comity_worker") as worker:
        for statement in (
            "SELECT * FROM mfa_authenticator",
            "SELECT * FROM django_session",
            "UPDATE accounts_user SET password = ''",
            "UPDATE referral_letterofrequest SET signed_at = now()",
            "INSERT INTO audit_checkpoint (size, root, note, at) VALUES (1, '', '', now())",
            "DELETE FROM audit_auditevent",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                worker.execute(statement)
