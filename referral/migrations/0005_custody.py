"""No packet of this node without a custody event for each item of its letter, to that node and with that letter.

An event for sensitive material needs an approved release (incidents/0004): the exchange can send none otherwise.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION packet_is_in_custody() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM referral_letterevidence e JOIN referral_letterofrequest l ON l.id = e.letter_id
        WHERE e.letter_id = NEW.letter_id AND NOT EXISTS (
            SELECT 1 FROM incidents_custodyevent c WHERE c.item_id = e.item_id AND c.act = 'readdressed'
                AND c.went_to = 'node ' || NEW.peer_id AND c.letter = l.reference)) THEN
        RAISE EXCEPTION 'evidence leaves on a custody event' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER packet_is_in_custody BEFORE INSERT ON referral_packet
    FOR EACH ROW WHEN (NEW.direction = 'out') EXECUTE FUNCTION packet_is_in_custody();
"""
UNDO = "DROP TRIGGER packet_is_in_custody ON referral_packet; DROP FUNCTION packet_is_in_custody();"


class Migration(migrations.Migration):
    dependencies = [("referral", "0004_risks"), ("incidents", "0004_custody")]
    operations = [migrations.RunSQL(GUARD, UNDO)]
