"""Whether a submission has its row: what has one, and no receipt yet, is not to be sealed and sent a second time."""

from django.db import migrations

RECORDED = """
CREATE FUNCTION recorded(p_sender text, p_submission uuid, p_digest bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM intake_submission s
                    WHERE s.sender = p_sender AND s.submission_id = p_submission AND s.digest = p_digest);
$$;
REVOKE ALL ON FUNCTION recorded(text, uuid, bytea) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0007_limits")]
    operations = [migrations.RunSQL(RECORDED, "DROP FUNCTION recorded(text, uuid, bytea)")]
