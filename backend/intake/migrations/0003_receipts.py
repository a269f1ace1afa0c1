"""The receipts of a batch in one question: many senders wait at once, and each used to ask by itself."""

from django.db import migrations

RECEIPTS = """
CREATE FUNCTION receipts(p_sender text[], p_submission uuid[], p_digest bytea[]) RETURNS TABLE(item integer, proof text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT u.item::integer, r.proof
      FROM unnest(p_sender, p_submission, p_digest) WITH ORDINALITY AS u(sender, submission, digest, item)
      JOIN intake_submission s ON s.sender = u.sender AND s.submission_id = u.submission AND s.digest = u.digest
      JOIN audit_receipt r ON r.event_id = s.id;
$$;
REVOKE ALL ON FUNCTION receipts(text[], uuid[], bytea[]) FROM PUBLIC;
"""
UNDO = "DROP FUNCTION receipts(text[], uuid[], bytea[]);"


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_accept")]
    operations = [migrations.RunSQL(RECEIPTS, UNDO)]
