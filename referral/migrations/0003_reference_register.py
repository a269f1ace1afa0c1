"""The node's register of references that persons have confirmed, which only grows."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FINAL = """
CREATE FUNCTION register_is_final() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'lines of the register are not changed or removed' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER register_is_final BEFORE UPDATE OR DELETE ON referral_provisionconfirmation
    FOR EACH ROW EXECUTE FUNCTION register_is_final();
CREATE TRIGGER register_is_final BEFORE UPDATE OR DELETE ON referral_confirmationwithdrawal
    FOR EACH ROW EXECUTE FUNCTION register_is_final();
CREATE FUNCTION withdrawal_follows_its_confirmation() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM referral_provisionconfirmation c
                WHERE c.id = NEW.confirmation_id AND c.confirmed_at > NEW.withdrawn_at) THEN
        RAISE EXCEPTION 'a confirmation is withdrawn after it was made' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER withdrawal_follows_its_confirmation BEFORE INSERT ON referral_confirmationwithdrawal
    FOR EACH ROW EXECUTE FUNCTION withdrawal_follows_its_confirmation();
"""
UNDO = """
DROP TRIGGER withdrawal_follows_its_confirmation ON referral_confirmationwithdrawal;
DROP FUNCTION withdrawal_follows_its_confirmation();
DROP TRIGGER register_is_final ON referral_confirmationwithdrawal;
DROP TRIGGER register_is_final ON referral_provisionconfirmation; DROP FUNCTION register_is_final();
"""
PERSON = {"on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "to": settings.AUTH_USER_MODEL}


class Migration(migrations.Migration):
    dependencies = [("referral", "0002_guards"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="ProvisionConfirmation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("source", models.CharField(help_text="The State or instrument of the law data.", max_length=64)),
                ("ref", models.CharField(max_length=1000)),
                (
                    "digest",
                    models.CharField(help_text="conventions.provisions: what the data said under it.", max_length=64),
                ),
                ("source_seen", models.CharField(max_length=300)),
                ("confirmed_at", models.DateTimeField()),
                ("confirmed_by", models.ForeignKey(**PERSON)),
            ],
            options={
                "indexes": [models.Index(fields=["source", "ref"], name="confirmation_of_provision")],
                "constraints": [
                    models.CheckConstraint(condition=~models.Q(source_seen=""), name="confirmation_names_a_source"),
                    models.CheckConstraint(
                        condition=models.Q(digest__regex="^[0-9a-f]{64}$"), name="confirmation_has_a_digest"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConfirmationWithdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300)),
                ("withdrawn_at", models.DateTimeField()),
                ("withdrawn_by", models.ForeignKey(**PERSON)),
                (
                    "confirmation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawal",
                        to="referral.provisionconfirmation",
                    ),
                ),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=~models.Q(reason=""), name="withdrawal_has_a_reason")],
            },
        ),
        migrations.RunSQL(FINAL, UNDO),
    ]
