"""What the database roles may do, as the catalogue has it."""

import psycopg
import pytest

from backend.cli.node import roles
from backend.cli.node.grants import Grant, apply_grants, found_grants, written_grants
from tests import cluster


@pytest.fixture
def owner(transactional_db: None):
    with psycopg.connect(cluster.database_url(roles.OWNER), autocommit=True) as connection:
        yield connection


def test_the_roles_may_do_exactly_what_the_file_says(owner):
    found = found_grants(owner)
    assert found == written_grants()


def test_a_right_given_by_hand_is_found_and_taken_away_again(owner):
    owner.execute("GRANT SELECT, UPDATE (detail) ON audit_auditevent TO comity_edge")
    stray = found_grants(owner) - written_grants()
    assert {(grant.right, grant.column) for grant in stray} == {("SELECT", ""), ("UPDATE", "detail")}
    apply_grants(owner)
    assert found_grants(owner) == written_grants()


def test_a_new_function_is_nobodys_until_it_is_granted(owner):
    owner.execute("CREATE FUNCTION left_open() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    try:
        assert found_grants(owner) == written_grants()
    finally:
        owner.execute("DROP FUNCTION left_open()")


def test_every_table_that_is_not_granted_is_denied(as_role, owner):
    tables = [row[0] for row in owner.execute("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")]
    readable = {(grant.role, grant.thing) for grant in written_grants() if grant.right == "SELECT"}
    assert tables
    for process in ("edge", "desk", "worker", "notary"):
        connection = as_role(process)
        for table in tables:
            question = psycopg.sql.SQL("SELECT 1 FROM {} LIMIT 1").format(psycopg.sql.Identifier(table))
            if (f"comity_{process}", table) in readable:
                connection.execute(question)
            else:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(question)


def test_append_only_tables_can_be_neither_changed_nor_emptied():
    changed = {grant.thing for grant in written_grants() if grant.right in ("UPDATE", "DELETE")}
    append_only = {"audit_auditevent", "audit_logleaf", "audit_lognode", "audit_checkpoint", "audit_receipt"}
    assert not changed & {"referral_provisionconfirmation", "referral_confirmationwithdrawal"}
    assert not changed & {"referral_riskoverride", "referral_findingsatsigning"}
    assert not changed & {"incidents_release", "incidents_releasedecision", "incidents_contentopening"}
    assert not changed & (append_only | {"incidents_custodyevent", "incidents_classification"})
    assert not {grant for grant in written_grants() if grant.right == "TRUNCATE"}


def test_the_edge_may_read_views_of_public_keys_and_call_functions_and_nothing_else():
    mine = {grant for grant in written_grants() if grant.role == "comity_edge"}
    assert Grant("comity_edge", "table", "edge_sender", "SELECT", "") in mine
    assert {grant.kind for grant in mine} == {"table", "function"}
    assert {grant.thing for grant in mine if grant.kind == "table"} == {
        "edge_sender",
        "edge_published_key",
        "edge_card",
    }
