"""What the database refuses of letters, whoever asks: changing what was signed or received, one person being two, and
forgetting to wake the worker."""

from django.db import migrations

GUARDS = """
CREATE SEQUENCE referral_reference;
CREATE FUNCTION next_referral_number() RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT nextval('referral_reference') $$;
REVOKE ALL ON FUNCTION next_referral_number() FROM PUBLIC;
CREATE TRIGGER transmission_wakes AFTER INSERT ON referral_transmission
    FOR EACH STATEMENT EXECUTE FUNCTION notify_work('exchange');
"""

# What a letter is never changes; who wrote on it is only added to; what was signed or received stands as it was.
LETTERS = """
ALTER TABLE referral_letterofrequest
    ADD CONSTRAINT writer_approves_nothing CHECK (approved_by_id IS NULL OR approved_by_id <> ALL (writers)),
    ADD CONSTRAINT writer_signs_nothing CHECK (
        signed_by_id IS NULL OR form IN ('urgent', 'registry') OR signed_by_id <> ALL (writers)
    );
CREATE FUNCTION letter_keeps_what_it_is() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.direction, NEW.kind, NEW.reference, NEW.referral_id, NEW.sender_node_id, NEW.addressee_node_id,
        NEW.from_authority_id, NEW.to_authority_id, NEW.in_answer_to_id, NEW.drafted_by_id, NEW.drafted_at,
        NEW.received_at)
        IS DISTINCT FROM
       (OLD.direction, OLD.kind, OLD.reference, OLD.referral_id, OLD.sender_node_id, OLD.addressee_node_id,
        OLD.from_authority_id, OLD.to_authority_id, OLD.in_answer_to_id, OLD.drafted_by_id, OLD.drafted_at,
        OLD.received_at)
        OR NOT NEW.writers @> OLD.writers THEN
        RAISE EXCEPTION 'a letter keeps what it is and who wrote on it' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.signed_at IS NOT NULL AND
       (NEW.form, NEW.content_ct, NEW.pdf_ct, NEW.signed_at, NEW.signed_by_id, NEW.signer_sha256, NEW.writers,
        NEW.completed_at, NEW.completed_by_id, NEW.approved_at, NEW.approved_by_id)
        IS DISTINCT FROM
       (OLD.form, OLD.content_ct, OLD.pdf_ct, OLD.signed_at, OLD.signed_by_id, OLD.signer_sha256, OLD.writers,
        OLD.completed_at, OLD.completed_by_id, OLD.approved_at, OLD.approved_by_id) THEN
        RAISE EXCEPTION 'a signed letter is final' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.signed_at IS NOT NULL AND NEW.stage IN ('draft', 'complete', 'approved') THEN
        RAISE EXCEPTION 'a signed letter does not become a draft again' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER letter_keeps_what_it_is BEFORE UPDATE ON referral_letterofrequest
    FOR EACH ROW EXECUTE FUNCTION letter_keeps_what_it_is();
CREATE FUNCTION letter_begins_as_draft() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.direction = 'out' AND (NEW.stage <> 'draft' OR NEW.signed_at IS NOT NULL OR NEW.signed_by_id IS NOT NULL
        OR NEW.approved_by_id IS NOT NULL OR NEW.pdf_ct IS NOT NULL) THEN
        RAISE EXCEPTION 'a letter of this node begins as a draft' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER letter_begins_as_draft BEFORE INSERT ON referral_letterofrequest
    FOR EACH ROW EXECUTE FUNCTION letter_begins_as_draft();
"""

# The second person after an urgent form is another one than all who acted before.
SECOND_PERSON = """
CREATE FUNCTION second_person_is_another() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND ((NEW.letter_id, NEW.act) IS DISTINCT FROM (OLD.letter_id, OLD.act)
        OR OLD.done_at IS NOT NULL) THEN
        RAISE EXCEPTION 'what is due is done once and not changed' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.act = 'second_person' AND NEW.done_by_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM referral_letterofrequest l WHERE l.id = NEW.letter_id
           AND (NEW.done_by_id IN (l.drafted_by_id, l.completed_by_id, l.signed_by_id)
                OR NEW.done_by_id = ANY (l.writers))) THEN
        RAISE EXCEPTION 'the second person is another one' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER second_person_is_another BEFORE INSERT OR UPDATE ON referral_dueact
    FOR EACH ROW EXECUTE FUNCTION second_person_is_another();
"""
# What is asked and which evidence goes along is written while the letter is a draft: others approve and sign just that.
PARTS = """
CREATE FUNCTION parts_are_written_in_draft() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM referral_letterofrequest l
                WHERE l.id = CASE TG_OP WHEN 'DELETE' THEN OLD.letter_id ELSE NEW.letter_id END
                  AND l.direction = 'out' AND l.stage <> 'draft') THEN
        RAISE EXCEPTION 'only a draft is written on' USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER parts_are_written_in_draft BEFORE INSERT OR UPDATE OR DELETE ON referral_letterevidence
    FOR EACH ROW EXECUTE FUNCTION parts_are_written_in_draft();
CREATE TRIGGER parts_are_written_in_draft BEFORE INSERT OR DELETE OR UPDATE OF letter_id, measure, position
    ON referral_measuresought FOR EACH ROW EXECUTE FUNCTION parts_are_written_in_draft();
"""
UNDO = """
DROP TRIGGER parts_are_written_in_draft ON referral_letterevidence;
DROP TRIGGER parts_are_written_in_draft ON referral_measuresought; DROP FUNCTION parts_are_written_in_draft();
DROP TRIGGER second_person_is_another ON referral_dueact; DROP FUNCTION second_person_is_another();
DROP TRIGGER letter_begins_as_draft ON referral_letterofrequest; DROP FUNCTION letter_begins_as_draft();
DROP TRIGGER letter_keeps_what_it_is ON referral_letterofrequest; DROP FUNCTION letter_keeps_what_it_is();
ALTER TABLE referral_letterofrequest DROP CONSTRAINT writer_approves_nothing, DROP CONSTRAINT writer_signs_nothing;
DROP TRIGGER transmission_wakes ON referral_transmission;
DROP FUNCTION next_referral_number(); DROP SEQUENCE referral_reference;
"""


class Migration(migrations.Migration):
    dependencies = [("referral", "0001_initial"), ("intake", "0002_accept")]
    operations = [migrations.RunSQL(GUARDS + LETTERS + PARTS + SECOND_PERSON, UNDO)]
