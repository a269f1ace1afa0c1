"""What the database refuses of letters, whoever asks: changing what was signed, and forgetting to wake the worker."""

from django.db import migrations

GUARDS = """
CREATE SEQUENCE referral_reference;
CREATE FUNCTION next_referral_number() RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT nextval('referral_reference') $$;
REVOKE ALL ON FUNCTION next_referral_number() FROM PUBLIC;
CREATE FUNCTION letter_signed_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_at IS NOT NULL AND (
        NEW.pdf_ct IS DISTINCT FROM OLD.pdf_ct OR NEW.content_ct IS DISTINCT FROM OLD.content_ct
        OR NEW.signed_at IS DISTINCT FROM OLD.signed_at OR NEW.signed_by_id IS DISTINCT FROM OLD.signed_by_id
        OR NEW.reference IS DISTINCT FROM OLD.reference OR NEW.kind IS DISTINCT FROM OLD.kind
        OR NEW.drafted_by_id IS DISTINCT FROM OLD.drafted_by_id
        OR NEW.to_authority_id IS DISTINCT FROM OLD.to_authority_id
    ) THEN
        RAISE EXCEPTION 'a signed letter is final' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER letter_signed_is_final BEFORE UPDATE ON referral_letterofrequest
    FOR EACH ROW EXECUTE FUNCTION letter_signed_is_final();
CREATE TRIGGER transmission_wakes AFTER INSERT ON referral_transmission
    FOR EACH STATEMENT EXECUTE FUNCTION notify_work('exchange');
"""
UNDO = """
DROP FUNCTION next_referral_number(); DROP SEQUENCE referral_reference;
DROP TRIGGER transmission_wakes ON referral_transmission;
DROP TRIGGER letter_signed_is_final ON referral_letterofrequest;
DROP FUNCTION letter_signed_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("referral", "0001_initial"), ("intake", "0002_accept")]
    operations = [migrations.RunSQL(GUARDS, UNDO)]
