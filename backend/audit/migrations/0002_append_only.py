"""What the database itself refuses, and the queue of events that the log does not have yet."""

from django.db import migrations

# What passes these checks can be put into canonical JSON: one row that could not would stop the notary for good.
# "strict" keeps jsonpath from unwrapping arrays, which would let a list of texts pass as texts.
CHECKS = r"""
ALTER TABLE audit_auditevent
    ADD CONSTRAINT audit_event_is_subject_verb CHECK (event ~ '^[a-z][a-z_-]*:[a-z][a-z_-]*$'),
    ADD CONSTRAINT audit_event_time_has_four_digits CHECK (at >= '1970-01-01Z' AND at < '9999-12-31Z'),
    ADD CONSTRAINT audit_event_detail_is_flat CHECK (
        jsonb_typeof(detail) = 'object'
        AND octet_length(detail::text) <= 8192
        AND NOT jsonb_path_exists(detail, 'strict $.* ? (!(
            @.type() == "string" || @.type() == "null"
            || (@.type() == "number" && @.string() like_regex "^-?[0-9]+$" && @.abs() <= 9007199254740991)
        ))')
    );
ALTER TABLE audit_logleaf
    ADD CONSTRAINT audit_leaf_is_a_hash CHECK (octet_length(leaf_hash) = 32 AND index >= 0);
ALTER TABLE audit_lognode
    ADD CONSTRAINT audit_node_is_a_hash CHECK (octet_length(hash) = 32 AND level > 0 AND index >= 0);
ALTER TABLE audit_checkpoint
    ADD CONSTRAINT audit_checkpoint_is_a_hash CHECK (octet_length(root) = 32 AND size > 0);
"""

# The writers' roles have no right to the queue: the function runs as the owner, so that no one can record an event
# without queueing it. One notification per statement: NOTIFY takes a lock that serialises commits.
QUEUE = """
CREATE FUNCTION audit_queue_events() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO audit_pendingevent (event_id) SELECT id FROM new_events;
    IF FOUND THEN
        PERFORM pg_notify('comity_log', '');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_auditevent_queue AFTER INSERT ON audit_auditevent
    REFERENCING NEW TABLE AS new_events FOR EACH STATEMENT EXECUTE FUNCTION audit_queue_events();

-- A queue's front is dead rows; vacuum them early, or each look for work walks over them.
ALTER TABLE audit_pendingevent SET (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0
);
"""

# TRUNCATE is left to the grants: only the owner could, and the owner could drop the trigger as well.
TABLES = ("auditevent", "logleaf", "lognode", "checkpoint", "receipt")
APPEND_ONLY = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'The table % is append-only and refuses %; record a new event instead.', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
""" + "\n".join(
    f"CREATE TRIGGER audit_{table}_append_only BEFORE UPDATE OR DELETE ON audit_{table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();"
    for table in TABLES
)

UNDO = """
DROP TRIGGER audit_auditevent_queue ON audit_auditevent;
DROP FUNCTION audit_queue_events();
DROP FUNCTION audit_refuse_change() CASCADE;
ALTER TABLE audit_auditevent DROP CONSTRAINT audit_event_is_subject_verb,
    DROP CONSTRAINT audit_event_time_has_four_digits, DROP CONSTRAINT audit_event_detail_is_flat;
ALTER TABLE audit_logleaf DROP CONSTRAINT audit_leaf_is_a_hash;
ALTER TABLE audit_lognode DROP CONSTRAINT audit_node_is_a_hash;
ALTER TABLE audit_checkpoint DROP CONSTRAINT audit_checkpoint_is_a_hash;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunSQL([CHECKS, QUEUE, APPEND_ONLY], reverse_sql=UNDO)]
