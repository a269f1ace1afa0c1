"""What persons answered for findings against a letter, and what stood at its signature: kept, never changed."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARDS = """
ALTER TABLE referral_riskoverride
    -- Version, nonce and tag take 29 bytes: no more would say nothing (crypto/SPEC.md, data keys).
    ADD CONSTRAINT override_says_something CHECK (octet_length(about_ct) > 29);
CREATE FUNCTION risks_are_final() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'what was found and answered for is not changed or removed' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER risks_are_final BEFORE UPDATE OR DELETE ON referral_riskoverride
    FOR EACH ROW EXECUTE FUNCTION risks_are_final();
CREATE TRIGGER risks_are_final BEFORE UPDATE OR DELETE ON referral_findingsatsigning
    FOR EACH ROW EXECUTE FUNCTION risks_are_final();
CREATE FUNCTION override_is_anothers() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM referral_letterofrequest l WHERE l.id = NEW.letter_id AND l.direction = 'out'
                      AND l.stage NOT IN ('draft', 'withdrawn', 'superseded')
                      AND NEW.overridden_by_id IS DISTINCT FROM l.drafted_by_id
                      AND NEW.overridden_by_id <> ALL (l.writers)) THEN
        RAISE EXCEPTION 'who wrote on a letter does not override what speaks against it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER override_is_anothers BEFORE INSERT ON referral_riskoverride
    FOR EACH ROW EXECUTE FUNCTION override_is_anothers();
CREATE FUNCTION findings_are_kept_at_signing() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM referral_letterofrequest l WHERE l.id = NEW.letter_id AND l.direction = 'out'
                      AND l.signed_at IS NULL AND l.stage IN ('complete', 'approved')) THEN
        RAISE EXCEPTION 'findings are kept when the letter is signed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER findings_are_kept_at_signing BEFORE INSERT ON referral_findingsatsigning
    FOR EACH ROW EXECUTE FUNCTION findings_are_kept_at_signing();
CREATE FUNCTION signed_with_its_findings() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM referral_findingsatsigning f WHERE f.letter_id = NEW.id) THEN
        RAISE EXCEPTION 'a request is signed together with what was found' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signed_with_its_findings BEFORE UPDATE ON referral_letterofrequest FOR EACH ROW
    WHEN (NEW.direction = 'out' AND NEW.kind IN ('request', 'preservation-request')
          AND OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL)
    EXECUTE FUNCTION signed_with_its_findings();
"""
UNDO = """
DROP TRIGGER signed_with_its_findings ON referral_letterofrequest; DROP FUNCTION signed_with_its_findings();
DROP TRIGGER findings_are_kept_at_signing ON referral_findingsatsigning; DROP FUNCTION findings_are_kept_at_signing();
DROP TRIGGER override_is_anothers ON referral_riskoverride; DROP FUNCTION override_is_anothers();
DROP TRIGGER risks_are_final ON referral_findingsatsigning;
DROP TRIGGER risks_are_final ON referral_riskoverride; DROP FUNCTION risks_are_final();
ALTER TABLE referral_riskoverride DROP CONSTRAINT override_says_something;
"""
PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [
        ("referral", "0003_reference_register"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="RiskOverride",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "letter",
                    models.ForeignKey(on_delete=PROTECT, related_name="risk_overrides", to="referral.letterofrequest"),
                ),
                ("rule", models.CharField(help_text="Of refusal-risks.yaml, or of a risk file.", max_length=64)),
                ("about_ct", models.BinaryField()),
                ("overridden_at", models.DateTimeField()),
                (
                    "overridden_by",
                    models.ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=~models.Q(rule=""), name="override_names_a_rule")]
            },
        ),
        migrations.CreateModel(
            name="FindingsAtSigning",
            fields=[
                (
                    "letter",
                    models.OneToOneField(
                        on_delete=PROTECT,
                        primary_key=True,
                        related_name="findings_at_signing",
                        serialize=False,
                        to="referral.letterofrequest",
                    ),
                ),
                ("findings_ct", models.BinaryField()),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(GUARDS, UNDO),
    ]
