"""Submissions of a revoked device are taken and marked; a key ends only when nothing accepted needs it any more.

accept() holds the key's row while it stores what names it. destroy_key() waits for that, looks after it, and decides in
one statement: a submission is either seen by it and keeps the key, or finds the key gone and is refused.
"""

from importlib import import_module

from django.db import migrations, models
from django.db.models import Q

before = import_module("backend.intake.migrations.0002_accept")

# What was sealed in time may arrive for thirty days after seal-until; then its key is destroyed (backend.vault.ending).
VIEWS = """
CREATE OR REPLACE VIEW edge_sender AS
    -- A revoked device may still bring what it sealed before: accept() marks it, and the worker sets it aside.
    SELECT d.fingerprint::text AS fingerprint, d.public_key::text AS public_key, 'device'::text AS kind,
           d.revoked_at IS NOT NULL AS revoked
      FROM units_device d
    UNION ALL
    SELECT n.transport_fingerprint::text, n.transport_key::text, 'node'::text, false
      FROM directory_node n WHERE NOT n.own AND n.revoked_at IS NULL AND n.confirmed_at IS NOT NULL
       AND n.valid_until > now()
       -- A card can name any public key as its transport key: it does not stand in the way of an enrolled device.
       AND NOT EXISTS (SELECT 1 FROM units_device d WHERE d.fingerprint = n.transport_fingerprint);
CREATE OR REPLACE VIEW edge_published_key AS
    SELECT key_id::text AS key_id, kind::text AS kind, statement, seal_from, seal_until
      FROM directory_publishedkey
     WHERE destroyed_at IS NULL AND withdrawn_at IS NULL AND now() < seal_until + interval '30 days';
"""

# As before, and: the keys' rows are held, in the order of their ids so that nobody waits for each other; whoever waits
# for a row that is being destroyed sees it anew and finds it ended. A revoked device's rows are marked in the statement
# that stores them, and there are few: 200 and 11 GB in all.
ACCEPT = """
CREATE OR REPLACE FUNCTION accept(
    p_sender text[], p_submission uuid[], p_kind text[], p_key_id text[], p_digest bytea[], p_size bigint[],
    p_sealed bytea[], p_stored_as text[]
) RETURNS TABLE(item integer, outcome text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH held AS MATERIALIZED (
        SELECT k.key_id, k.kind FROM directory_publishedkey k
         WHERE k.key_id = ANY (p_key_id) AND k.destroyed_at IS NULL AND k.withdrawn_at IS NULL
           AND now() < k.seal_until + interval '30 days'
         ORDER BY k.key_id FOR SHARE
    ), incoming AS (
        SELECT u.item::integer AS item, u.sender, u.submission, u.kind, u.key_id, u.digest, u.size, u.sealed, u.stored_as,
               s.kind AS sender_kind, coalesce(s.revoked, false) AS revoked,
               EXISTS (SELECT 1 FROM held k WHERE k.key_id = u.key_id
                        AND k.kind = CASE u.kind WHEN 'packet' THEN 'exchange' ELSE 'intake' END) AS key_known,
               CASE WHEN s.revoked THEN
                   (SELECT count(*) < 200 AND coalesce(sum(b.size), 0) + u.size <= 11000000000
                      FROM (SELECT p.size FROM intake_submission p WHERE p.sender = u.sender AND p.sender_revoked
                            UNION ALL  -- and what stands before it in this batch
                            SELECT e.size FROM unnest(p_sender, p_size) WITH ORDINALITY AS e(sender, size, place)
                             WHERE e.sender = u.sender AND e.place < u.item) b)
               ELSE true END AS has_room
          FROM unnest(p_sender, p_submission, p_kind, p_key_id, p_digest, p_size, p_sealed, p_stored_as)
               WITH ORDINALITY AS u(sender, submission, kind, key_id, digest, size, sealed, stored_as, item)
          LEFT JOIN edge_sender s ON s.fingerprint = u.sender
               AND s.kind = CASE u.kind WHEN 'packet' THEN 'node' ELSE 'device' END
    ), inserted AS (
        INSERT INTO intake_submission (id, sender, submission_id, kind, key_id, digest, size, sealed, stored_as,
                                       received_at, stage, attempts, quarantine_reason, sender_revoked)
        SELECT gen_random_uuid(), i.sender, i.submission, i.kind, i.key_id, i.digest, i.size, i.sealed, i.stored_as,
               now(), 'received', 0, '', i.revoked
          FROM incoming i
         WHERE i.sender_kind IS NOT NULL AND i.key_known AND i.has_room AND i.kind IN ('report', 'evidence', 'packet')
           AND octet_length(i.digest) = 32 AND i.size > 0
           -- A name that the edge drew itself: the worker opens and removes what is named here.
           AND (i.stored_as IS NULL OR i.stored_as ~ '^[0-9a-f]{32}$')
        ON CONFLICT (sender, submission_id) DO NOTHING
        RETURNING id, sender, submission_id, kind, digest, size, received_at
    ), recorded AS (
        INSERT INTO audit_auditevent (id, event, subject_kind, subject_id, acting_role, acting_id, at, detail)
        SELECT n.id, 'submission:received', 'submission', n.id::text,
               CASE n.kind WHEN 'packet' THEN 'node' ELSE 'device' END, n.sender, n.received_at,
               jsonb_build_object('sender', n.sender, 'submission', n.submission_id::text, 'kind', n.kind,
                                  'sha256', encode(n.digest, 'hex'), 'size', n.size)
          FROM inserted n
        RETURNING id
    )
    SELECT i.item,
           CASE WHEN i.sender_kind IS NULL THEN 'refused'
                WHEN n.id IS NOT NULL THEN 'stored'
                WHEN o.digest = i.digest AND o.kind = i.kind THEN 'same'
                WHEN o.digest IS NOT NULL THEN 'different'
                WHEN NOT i.has_room THEN 'refused'
                WHEN NOT i.key_known THEN 'seal-again'
                WHEN i.kind NOT IN ('report', 'evidence', 'packet') OR octet_length(i.digest) <> 32 OR i.size <= 0
                    OR i.stored_as !~ '^[0-9a-f]{32}$' THEN 'refused'
                ELSE 'retry' END
      FROM incoming i
      LEFT JOIN inserted n ON n.sender = i.sender AND n.submission_id = i.submission AND n.digest = i.digest
      LEFT JOIN intake_submission o ON o.sender = i.sender AND o.submission_id = i.submission
     WHERE (SELECT count(*) FROM recorded) >= 0
     ORDER BY i.item;
$$;
"""

# Given up counts only with its event on record; a stage that this does not name keeps the key.
DESTROY = """
CREATE FUNCTION key_awaited(p_key_id text) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    -- In two parts, each with an index that costs the edge nothing.
    SELECT EXISTS (SELECT 1 FROM intake_submission s WHERE s.key_id = p_key_id AND s.stage = 'received')
        OR EXISTS (SELECT 1 FROM intake_submission s
                    WHERE s.key_id = p_key_id AND s.stage NOT IN ('received', 'opened')
                      AND NOT (s.stage = 'given_up'
                               AND EXISTS (SELECT 1 FROM audit_auditevent e
                                            WHERE e.subject_kind = 'submission' AND e.subject_id = s.id::text
                                              AND e.event = 'submission:given_up')));
$$;
REVOKE ALL ON FUNCTION key_awaited(text) FROM PUBLIC;

CREATE FUNCTION destroy_key(p_key_id text, p_at timestamptz, p_role text, p_id text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE ended directory_publishedkey;
BEGIN
    -- The file goes after this: it must not come back by a crash.
    PERFORM set_config('synchronous_commit', 'on', true);
    -- Ends when every accept() that holds the row has committed; later ones wait for this transaction.
    PERFORM 1 FROM directory_publishedkey k WHERE k.key_id = p_key_id FOR UPDATE;
    -- A statement of its own, so that it sees what those have committed.
    UPDATE directory_publishedkey k SET destroyed_at = now()
     WHERE k.key_id = p_key_id AND k.destroyed_at IS NULL
       AND (k.withdrawn_at IS NOT NULL OR k.seal_until + interval '30 days' <= least(now(), p_at))  -- both clocks
       AND NOT key_awaited(k.key_id)
    RETURNING k.* INTO ended;
    IF ended.key_id IS NULL THEN
        RETURN false;
    END IF;
    INSERT INTO audit_auditevent (event, subject_kind, subject_id, acting_role, acting_id, at, detail)
    VALUES ('key:destroyed', 'published-key', ended.key_id, p_role, p_id, ended.destroyed_at,
            jsonb_build_object('kind', ended.kind,
                               'reason', CASE WHEN ended.withdrawn_at IS NULL THEN 'time over' ELSE 'withdrawn' END));
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION destroy_key(text, timestamptz, text, text) FROM PUBLIC;

-- Whoever writes the column, the owner too, is held to the same: after the row is locked, each query here looks anew.
CREATE FUNCTION key_end_is_final() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.destroyed_at IS NOT NULL AND NEW.destroyed_at IS DISTINCT FROM OLD.destroyed_at
       OR OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at THEN
        RAISE EXCEPTION 'a key that was withdrawn or destroyed stays so' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.destroyed_at IS NULL AND NEW.destroyed_at IS NOT NULL THEN
        IF current_setting('transaction_isolation') <> 'read committed' THEN
            RAISE EXCEPTION 'a key is destroyed in a read committed transaction, which sees what others accepted'
                USING ERRCODE = 'check_violation';
        END IF;
        IF key_awaited(NEW.key_id) THEN
            RAISE EXCEPTION 'a key is not destroyed while a submission that names it is neither opened nor given up'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER key_end_is_final BEFORE UPDATE ON directory_publishedkey
    FOR EACH ROW EXECUTE FUNCTION key_end_is_final();
"""

UNDO = (
    """
DROP TRIGGER key_end_is_final ON directory_publishedkey; DROP FUNCTION key_end_is_final();
DROP FUNCTION destroy_key(text, timestamptz, text, text); DROP FUNCTION key_awaited(text);
DROP VIEW edge_published_key; DROP VIEW edge_sender;
"""
    + before.SENDERS.partition("CREATE VIEW edge_card")[0]
    + before.ACCEPT.partition("CREATE FUNCTION receipt")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
)


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_receipts"), ("directory", "0002_withdrawn")]
    operations = [
        migrations.AddField(
            "submission",
            "sender_revoked",
            models.BooleanField(
                db_default=False, default=False, help_text="Whether its device had been revoked when it was accepted."
            ),
        ),
        migrations.AddIndex(
            "submission",
            models.Index(
                fields=["key_id"], condition=~Q(stage__in=["received", "opened"]), name="submission_set_aside"
            ),
        ),
        migrations.AddIndex(
            "submission",
            models.Index(fields=["sender"], condition=Q(sender_revoked=True), name="submission_of_revoked"),
        ),
        migrations.RunSQL(VIEWS + ACCEPT + DESTROY, UNDO),
    ]
