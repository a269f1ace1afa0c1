"""What the edge may do to the database: five functions and three views, nothing else (DESIGN §1).

Each function is SECURITY DEFINER with a fixed search_path: the edge's role has no right on any table.
"""

from django.db import migrations

SENDERS = """
CREATE VIEW edge_sender AS
    SELECT d.fingerprint::text AS fingerprint, d.public_key::text AS public_key, 'device'::text AS kind
      FROM units_device d WHERE d.revoked_at IS NULL
    UNION ALL
    SELECT n.transport_fingerprint::text, n.transport_key::text, 'node'::text
      FROM directory_node n WHERE NOT n.own AND n.revoked_at IS NULL AND n.confirmed_at IS NOT NULL
       AND n.valid_until > now()
       -- A card can name any public key as its transport key: it does not stand in the way of an enrolled device.
       AND NOT EXISTS (SELECT 1 FROM units_device d WHERE d.fingerprint = n.transport_fingerprint);
CREATE VIEW edge_published_key AS
    SELECT key_id::text AS key_id, kind::text AS kind, statement, seal_from, seal_until
      FROM directory_publishedkey WHERE destroyed_at IS NULL;
CREATE VIEW edge_card AS
    SELECT id::text AS node, card FROM directory_node WHERE own;
"""

# One statement does the revocation check, idempotency, the row and its audit event, for a batch. The event has the id of
# the row, so that the receipt is found by primary key. A row that a concurrent transaction has just written is not seen
# by this statement's snapshot: it comes back as 'retry', and the caller asks once more.
ACCEPT = """
CREATE FUNCTION accept(
    p_sender text[], p_submission uuid[], p_kind text[], p_key_id text[], p_digest bytea[], p_size bigint[],
    p_sealed bytea[], p_stored_as text[]
) RETURNS TABLE(item integer, outcome text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH incoming AS (
        SELECT u.item::integer AS item, u.sender, u.submission, u.kind, u.key_id, u.digest, u.size, u.sealed, u.stored_as,
               s.kind AS sender_kind,
               EXISTS (SELECT 1 FROM edge_published_key k WHERE k.key_id = u.key_id
                        AND k.kind = CASE u.kind WHEN 'packet' THEN 'exchange' ELSE 'intake' END) AS key_known
          FROM unnest(p_sender, p_submission, p_kind, p_key_id, p_digest, p_size, p_sealed, p_stored_as)
               WITH ORDINALITY AS u(sender, submission, kind, key_id, digest, size, sealed, stored_as, item)
          LEFT JOIN edge_sender s ON s.fingerprint = u.sender
               AND s.kind = CASE u.kind WHEN 'packet' THEN 'node' ELSE 'device' END
    ), inserted AS (
        INSERT INTO intake_submission (id, sender, submission_id, kind, key_id, digest, size, sealed, stored_as,
                                       received_at, stage, attempts, quarantine_reason)
        SELECT gen_random_uuid(), i.sender, i.submission, i.kind, i.key_id, i.digest, i.size, i.sealed, i.stored_as,
               now(), 'received', 0, ''
          FROM incoming i
         WHERE i.sender_kind IS NOT NULL AND i.key_known AND i.kind IN ('report', 'evidence', 'packet')
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

CREATE FUNCTION receipt(p_sender text, p_submission uuid, p_digest bytea) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT r.proof FROM intake_submission s JOIN audit_receipt r ON r.event_id = s.id
     WHERE s.sender = p_sender AND s.submission_id = p_submission AND (p_digest IS NULL OR s.digest = p_digest);
$$;
REVOKE ALL ON FUNCTION accept(text[], uuid[], text[], text[], bytea[], bigint[], bytea[], text[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION receipt(text, uuid, bytea) FROM PUBLIC;
"""

# An open door for anonymous rows must not fill the disk: only a few for each code that was handed out are kept, and a
# bounded number waits to be checked. Whoever names no code gets the same answer, so that nothing is learnt from it.
ENROL = """
CREATE FUNCTION enrol(p_invitation uuid, p_public_key text, p_mac bytea, p_label text) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH asked AS (
        INSERT INTO units_enrolmentrequest (id, invitation_id, public_key, mac, label, received_at, stage, reason)
        SELECT gen_random_uuid(), p_invitation, p_public_key, p_mac, left(p_label, 100), now(), 'received', ''
         WHERE octet_length(p_mac) = 32 AND length(p_public_key) <= 160
           AND EXISTS (SELECT 1 FROM units_enrolmentinvitation i WHERE i.id = p_invitation)
           AND (SELECT count(*) FROM units_enrolmentrequest e WHERE e.invitation_id = p_invitation) < 20
           AND (SELECT count(*) FROM (SELECT 1 FROM units_enrolmentrequest WHERE stage = 'received' LIMIT 1000) w) < 1000
        RETURNING id, received_at
    ), recorded AS (
        INSERT INTO audit_auditevent (id, event, subject_kind, subject_id, acting_role, acting_id, at, detail)
        SELECT gen_random_uuid(), 'enrolment:requested', 'enrolment-request', a.id::text, 'edge', 'edge', a.received_at, '{}'
          FROM asked a
        RETURNING id
    )
    SELECT (SELECT count(*) FROM recorded) = 1
        OR (SELECT count(*) FROM (SELECT 1 FROM units_enrolmentrequest WHERE stage = 'received' LIMIT 1000) w) < 1000;
$$;
REVOKE ALL ON FUNCTION enrol(uuid, text, bytea, text) FROM PUBLIC;
"""

# One wake-up per statement: NOTIFY serialises commits (docs/decisions).
WAKE = """
CREATE FUNCTION notify_work() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('comity_work', TG_ARGV[0]);
    RETURN NULL;
END $$;
CREATE TRIGGER submission_wakes AFTER INSERT ON intake_submission FOR EACH STATEMENT EXECUTE FUNCTION notify_work('intake');
CREATE TRIGGER enrolment_wakes AFTER INSERT ON units_enrolmentrequest FOR EACH STATEMENT EXECUTE FUNCTION notify_work('enrolment');
"""

UNDO = """
DROP TRIGGER submission_wakes ON intake_submission; DROP TRIGGER enrolment_wakes ON units_enrolmentrequest;
DROP FUNCTION notify_work();
DROP FUNCTION enrol(uuid, text, bytea, text); DROP FUNCTION receipt(text, uuid, bytea);
DROP FUNCTION accept(text[], uuid[], text[], text[], bytea[], bigint[], bytea[], text[]);
DROP VIEW edge_card; DROP VIEW edge_published_key; DROP VIEW edge_sender;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0001_initial"),
        ("units", "0001_initial"),
        ("directory", "0001_initial"),
        ("audit", "0001_initial"),
    ]
    operations = [migrations.RunSQL(SENDERS + ACCEPT + ENROL + WAKE, UNDO)]
