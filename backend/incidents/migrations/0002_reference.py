"""The running number of national references; custody, proposals and decisions as append-only tables."""

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
# A proposal stays as the engine made it, a decision as the person made it; what stands is the end of one chain.
CLASSIFICATIONS = """
ALTER TABLE incidents_classification
    ADD CONSTRAINT proposal_codes_are_given CHECK (array_position(codes, NULL) IS NULL);
ALTER TABLE incidents_classificationdecision
    ADD CONSTRAINT decision_codes_are_given CHECK (array_position(codes, NULL) IS NULL),
    -- Version, nonce and tag take 29 bytes: no more is a reason of no words (crypto/SPEC.md, data keys).
    ADD CONSTRAINT decision_has_a_reason CHECK (octet_length(reason_ct) > 29);
CREATE FUNCTION classification_is_final() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'proposals and decisions are not changed or removed' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER classification_is_final BEFORE UPDATE OR DELETE ON incidents_classification
    FOR EACH ROW EXECUTE FUNCTION classification_is_final();
CREATE TRIGGER classification_is_final BEFORE UPDATE OR DELETE ON incidents_classificationdecision
    FOR EACH ROW EXECUTE FUNCTION classification_is_final();
CREATE FUNCTION decision_fits_its_proposal() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE proposed incidents_classification;
BEGIN
    SELECT * INTO proposed FROM incidents_classification c WHERE c.id = NEW.proposal_id;
    IF proposed.incident_id IS DISTINCT FROM NEW.incident_id THEN
        RAISE EXCEPTION 'a decision is on a proposal for its own incident' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.outcome = 'confirmed') <> (proposed.codes @> NEW.codes AND proposed.codes <@ NEW.codes) THEN
        RAISE EXCEPTION 'a proposal is confirmed as it is, or overridden' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM incidents_classificationdecision d
        WHERE d.id = NEW.replaces_id AND d.incident_id = NEW.incident_id) THEN
        RAISE EXCEPTION 'a decision replaces one on its own incident' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decision_fits_its_proposal BEFORE INSERT ON incidents_classificationdecision
    FOR EACH ROW EXECUTE FUNCTION decision_fits_its_proposal();
"""
UNDO = """
DROP TRIGGER decision_fits_its_proposal ON incidents_classificationdecision; DROP FUNCTION decision_fits_its_proposal();
DROP TRIGGER classification_is_final ON incidents_classificationdecision;
DROP TRIGGER classification_is_final ON incidents_classification; DROP FUNCTION classification_is_final();
ALTER TABLE incidents_classification DROP CONSTRAINT proposal_codes_are_given;
ALTER TABLE incidents_classificationdecision DROP CONSTRAINT decision_codes_are_given,
    DROP CONSTRAINT decision_has_a_reason;
DROP TRIGGER custody_is_final ON incidents_custodyevent; DROP FUNCTION custody_is_final(); DROP FUNCTION next_incident_number(); DROP SEQUENCE incidents_reference;
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]
    operations = [migrations.RunSQL(SQL + CLASSIFICATIONS, UNDO)]
