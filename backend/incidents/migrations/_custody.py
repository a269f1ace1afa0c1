"""What 0004 has the database refuse: SQL, apart for its length."""

# The order of a chain. `entered_in` is the transaction that entered the event: on an event of one's own transaction,
# which could still be rolled back, nothing is opened.
CHAIN = """
ALTER TABLE incidents_custodyevent ADD COLUMN entered_in xid8 NOT NULL DEFAULT '0'::xid8;
CREATE FUNCTION custody_is_in_order() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE item incidents_evidenceitem;
BEGIN
    NEW.entered_in := pg_current_xact_id();
    SELECT * INTO item FROM incidents_evidenceitem i WHERE i.id = NEW.item_id;
    IF NEW.act NOT IN ('read', 'readdressed', 'returned') THEN
        IF NEW.release_id IS NOT NULL THEN
            RAISE EXCEPTION 'a release is for what leaves' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.act = 'received' AND EXISTS (SELECT 1 FROM incidents_custodyevent c WHERE c.item_id = NEW.item_id) THEN
            RAISE EXCEPTION 'custody of an item begins once' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF item.stage <> 'received'
        OR NOT EXISTS (SELECT 1 FROM incidents_custodyevent c WHERE c.item_id = NEW.item_id AND c.act = 'received') THEN
        RAISE EXCEPTION 'an item is read or handed on after it was received' USING ERRCODE = 'check_violation';
    END IF;
    -- Version, nonce and tag take 29 bytes: no more is a note of no words (crypto/SPEC.md, data keys).
    IF NEW.act = 'read' AND (COALESCE(octet_length(NEW.note_ct), 0) <= 29 OR NEW.went_to NOT LIKE 'person %' OR
        NEW.reason NOT IN ('investigation', 'examination', 'letter', 'court', 'victim', 'return')) THEN
        RAISE EXCEPTION 'a reading says by whom, for which purpose and why' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.act = 'readdressed' AND (NEW.letter = '' OR NEW.went_to NOT LIKE 'node %') THEN
        RAISE EXCEPTION 'an item is re-addressed to a node with a letter' USING ERRCODE = 'check_violation';
    END IF;
    IF (item.sensitivity <> 'none') <> (NEW.release_id IS NOT NULL) THEN
        RAISE EXCEPTION 'sensitive material, and nothing else, leaves by a release' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.release_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM incidents_release r JOIN incidents_releasedecision d ON d.release_id = r.id
        WHERE r.id = NEW.release_id AND r.item_id = NEW.item_id AND r.went_to = NEW.went_to AND r.letter = NEW.letter
          AND d.outcome = 'approved' AND NEW.at BETWEEN d.decided_at AND d.decided_at + interval '30 days') THEN
        RAISE EXCEPTION 'the release is not approved for this' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER custody_is_in_order BEFORE INSERT ON incidents_custodyevent
    FOR EACH ROW EXECUTE FUNCTION custody_is_in_order();
CREATE FUNCTION evidence_key(custody bigint) RETURNS bytea LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE event incidents_custodyevent; wrapped bytea;
BEGIN
    SELECT * INTO event FROM incidents_custodyevent c WHERE c.id = custody AND c.act IN ('read', 'readdressed')
        AND c.entered_in <> pg_current_xact_id();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'content opens on a committed custody event' USING ERRCODE = 'check_violation';
    END IF;
    -- A packet that could not be finished is built again for the same event; a person reads once.
    INSERT INTO incidents_contentopening (event_id, at) VALUES (custody, clock_timestamp()) ON CONFLICT DO NOTHING;
    IF NOT FOUND AND event.act = 'read' THEN
        RAISE EXCEPTION 'a reading opens the content once' USING ERRCODE = 'check_violation';
    END IF;
    SELECT k.file_key_ct INTO wrapped FROM incidents_evidencekey k WHERE k.item_id = event.item_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the item has no key' USING ERRCODE = 'check_violation';
    END IF;
    RETURN wrapped;
END $$;
REVOKE ALL ON FUNCTION evidence_key(bigint) FROM PUBLIC;
"""

# Looked at when the transaction ends: item, key and event come together or not at all.
ITEMS = """
CREATE FUNCTION received_is_in_custody() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM incidents_custodyevent c WHERE c.item_id = NEW.id AND c.act = 'received')
        OR NOT EXISTS (SELECT 1 FROM incidents_evidencekey k WHERE k.item_id = NEW.id) THEN
        RAISE EXCEPTION 'an item is received with its key and a custody event' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION received_is_in_custody() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER received_is_in_custody AFTER INSERT OR UPDATE OF stage ON incidents_evidenceitem
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.stage = 'received')
    EXECUTE FUNCTION received_is_in_custody();
CREATE FUNCTION item_stays_what_it_is() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.sensitivity <> 'none' AND NEW.sensitivity <> OLD.sensitivity THEN
        RAISE EXCEPTION 'what was declared sensitive stays so' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.stage = 'received' AND (NEW.stage IN ('awaited', 'mismatch') OR
        (NEW.sender, NEW.evidence_id, NEW.size, NEW.payload_sha256, NEW.data_key_id)
            IS DISTINCT FROM (OLD.sender, OLD.evidence_id, OLD.size, OLD.payload_sha256, OLD.data_key_id)) THEN
        RAISE EXCEPTION 'what was received stays what it is' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER item_stays_what_it_is BEFORE UPDATE ON incidents_evidenceitem
    FOR EACH ROW EXECUTE FUNCTION item_stays_what_it_is();
CREATE FUNCTION evidence_key_is_final() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'keys of evidence and openings of content are not changed' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER evidence_key_is_final BEFORE UPDATE ON incidents_evidencekey
    FOR EACH ROW EXECUTE FUNCTION evidence_key_is_final();
CREATE TRIGGER evidence_key_is_final BEFORE UPDATE OR DELETE ON incidents_contentopening
    FOR EACH ROW EXECUTE FUNCTION evidence_key_is_final();
"""
RELEASES = """
ALTER TABLE incidents_release ADD CONSTRAINT release_has_a_basis CHECK (octet_length(basis_ct) > 29);
ALTER TABLE incidents_releasedecision
    ADD CONSTRAINT release_decision_has_a_reason CHECK (octet_length(reason_ct) > 29);
CREATE FUNCTION release_is_in_order() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM incidents_evidenceitem i
        WHERE i.id = NEW.item_id AND i.stage = 'received' AND i.sensitivity <> 'none') THEN
        RAISE EXCEPTION 'a release is of sensitive material that was received' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER release_is_in_order BEFORE INSERT ON incidents_release
    FOR EACH ROW EXECUTE FUNCTION release_is_in_order();
-- Neither who proposed nor who would get it decides.
CREATE FUNCTION another_person_decides() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM incidents_release r JOIN accounts_user u ON u.id = NEW.decided_by_id
        WHERE r.id = NEW.release_id
          AND (r.proposed_by_id = NEW.decided_by_id OR r.went_to = 'person ' || u.username
               OR r.proposed_at > NEW.decided_at)) THEN
        RAISE EXCEPTION 'another person decides on a release' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER another_person_decides BEFORE INSERT ON incidents_releasedecision
    FOR EACH ROW EXECUTE FUNCTION another_person_decides();
CREATE FUNCTION release_is_final() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'releases and decisions on them are not changed or removed' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER release_is_final BEFORE UPDATE OR DELETE ON incidents_release
    FOR EACH ROW EXECUTE FUNCTION release_is_final();
CREATE TRIGGER release_is_final BEFORE UPDATE OR DELETE ON incidents_releasedecision
    FOR EACH ROW EXECUTE FUNCTION release_is_final();
"""
UNDO = """
DROP TRIGGER another_person_decides ON incidents_releasedecision; DROP FUNCTION another_person_decides();
DROP TRIGGER release_is_in_order ON incidents_release; DROP FUNCTION release_is_in_order();
DROP TRIGGER release_is_final ON incidents_release; DROP TRIGGER release_is_final ON incidents_releasedecision;
DROP FUNCTION release_is_final();
DROP TRIGGER evidence_key_is_final ON incidents_evidencekey;
DROP TRIGGER evidence_key_is_final ON incidents_contentopening; DROP FUNCTION evidence_key_is_final();
DROP TRIGGER item_stays_what_it_is ON incidents_evidenceitem; DROP FUNCTION item_stays_what_it_is();
DROP TRIGGER received_is_in_custody ON incidents_evidenceitem; DROP FUNCTION received_is_in_custody();
DROP FUNCTION evidence_key(bigint);
DROP TRIGGER custody_is_in_order ON incidents_custodyevent; DROP FUNCTION custody_is_in_order();
ALTER TABLE incidents_custodyevent DROP COLUMN entered_in;
"""
