"""The sealed original of evidence goes once the item is received: the payload is kept, its file key under the data key.

As long as it stayed, the day's intake key opened it without a custody event.
"""

from django.db import migrations

SEALED_MAY_GO = """
CREATE OR REPLACE FUNCTION sealed_may_go(p_submission intake_submission) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM directory_publishedkey k
                    WHERE k.key_id = p_submission.key_id AND k.destroyed_at IS NOT NULL)
        OR EXISTS (SELECT 1 FROM submission_incident(p_submission) o
                     JOIN incidents_incident i ON i.id = o JOIN vault_datakey k ON k.id = i.data_key_id
                    WHERE k.destroyed_at IS NOT NULL){more};
$$;
"""
RECEIVED = """
        OR EXISTS (SELECT 1 FROM incidents_evidenceitem t JOIN incidents_evidencekey k ON k.item_id = t.id
                    WHERE t.submission_id = p_submission.id AND t.stage = 'received' AND t.stored_as <> '')"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0006_retention")]
    operations = [migrations.RunSQL(SEALED_MAY_GO.format(more=RECEIVED), SEALED_MAY_GO.format(more=""))]
