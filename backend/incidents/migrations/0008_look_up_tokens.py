"""What persons looked up loses its token with the last incident that had it; that somebody looked something up stays."""

from typing import Any, ClassVar

from django.db import migrations, models

# Who may change the row at all is a matter of grants: no process, only the owner, by erase_incident().
FINAL = """
CREATE FUNCTION look_up_is_final() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.token IS NULL AND to_jsonb(NEW) - 'token' = to_jsonb(OLD) - 'token'
        AND NOT EXISTS (SELECT 1 FROM incidents_indicator n WHERE n.token = OLD.token) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'look-ups are not changed or removed' USING ERRCODE = 'check_violation';
END $$;
DROP TRIGGER look_up_is_final ON incidents_lookup;
CREATE TRIGGER look_up_is_final BEFORE UPDATE OR DELETE ON incidents_lookup
    FOR EACH ROW EXECUTE FUNCTION look_up_is_final();
"""
FINAL_BEFORE = """
DROP TRIGGER look_up_is_final ON incidents_lookup; DROP FUNCTION look_up_is_final();
CREATE TRIGGER look_up_is_final BEFORE UPDATE OR DELETE ON incidents_lookup
    FOR EACH ROW EXECUTE FUNCTION duplicate_decision_is_final();
"""
ERASE = """
CREATE OR REPLACE FUNCTION erase_incident(p_incident uuid, p_at timestamptz) RETURNS TABLE(evidence_file text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE gone bytea[];
BEGIN
    UPDATE vault_datakey k SET wrapped = NULL, destroyed_at = p_at FROM incidents_incident i
     WHERE i.id = p_incident AND k.id = i.data_key_id AND k.destroyed_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such incident, or it is erased' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE incidents_erasure e SET erased_at = p_at WHERE e.incident_id = p_incident AND e.refused_at IS NULL;
    gone := ARRAY(SELECT n.token FROM incidents_indicator n WHERE n.incident_id = p_incident AND n.token IS NOT NULL);
    DELETE FROM incidents_indicator n WHERE n.incident_id = p_incident;
    {look_ups}
    DELETE FROM incidents_evidencekey k USING incidents_evidenceitem t WHERE t.id = k.item_id AND t.incident_id = p_incident;
    UPDATE incidents_comparison c SET narrative_token = NULL, waiting_since = NULL WHERE c.incident_id = p_incident;
    -- What persons decided of a pair stays, without its reason, which was under this key too.
    DELETE FROM incidents_correlation c WHERE p_incident IN (c.first_id, c.second_id)
        AND NOT EXISTS (SELECT 1 FROM incidents_duplicatedecision d WHERE d.correlation_id = c.id);
    RETURN QUERY
        WITH kept AS (SELECT t.id, t.stored_as FROM incidents_evidenceitem t
                       WHERE t.incident_id = p_incident AND t.stored_as <> '' FOR UPDATE)
        UPDATE incidents_evidenceitem t SET stored_as = '' FROM kept WHERE t.id = kept.id
        RETURNING kept.stored_as::text;
END $$;
"""
LOOK_UPS = """UPDATE incidents_lookup l SET token = NULL WHERE l.token = ANY(gone)
        AND NOT EXISTS (SELECT 1 FROM incidents_indicator n WHERE n.token = l.token);"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0007_taken")]
    operations: ClassVar[list[Any]] = [
        migrations.AlterField(
            model_name="lookup",
            name="token",
            field=models.BinaryField(
                help_text="16 bytes, as those of indicators; gone with the last incident that had it.", null=True
            ),
        ),
        migrations.RunSQL(FINAL, FINAL_BEFORE),
        migrations.RunSQL(ERASE.format(look_ups=LOOK_UPS), ERASE.format(look_ups="")),
    ]
