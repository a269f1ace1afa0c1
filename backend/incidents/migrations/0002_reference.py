"""The running number of national references, and custody as an append-only table."""

from django.db import migrations

SQL = """
CREATE SEQUENCE incidents_reference;
CREATE FUNCTION next_incident_number() RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT nextval('incidents_reference') $$;
REVOKE ALL ON FUNCTION next_incident_number() FROM PUBLIC;
CREATE FUNCTION custody_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'custody events are not changed or removed' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER custody_is_final BEFORE UPDATE OR DELETE ON incidents_custodyevent
    FOR EACH ROW EXECUTE FUNCTION custody_is_final();
"""
UNDO = """
DROP TRIGGER custody_is_final ON incidents_custodyevent; DROP FUNCTION custody_is_final(); DROP FUNCTION next_incident_number(); DROP SEQUENCE incidents_reference;
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
