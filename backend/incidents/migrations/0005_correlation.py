"""Incidents that share indicators; likely duplicates; who looked what up."""

import uuid
from typing import Any, ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Whoever stores an incident or an indicator of it, now or later, leaves it to be compared. The lock that ON CONFLICT DO
# UPDATE takes, also where it changes nothing, lets no comparison end that did not see the indicators of this statement.
SQL = """
CREATE FUNCTION compare_incidents() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO incidents_comparison (incident_id, waiting_since, attempts)
        SELECT id, now(), 0 FROM stored ORDER BY id
        ON CONFLICT (incident_id) DO NOTHING;
    PERFORM pg_notify('comity_work', 'correlation');
    RETURN NULL;
END $$;
CREATE FUNCTION compare_indicators() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO incidents_comparison AS known (incident_id, waiting_since, attempts)
        SELECT DISTINCT incident_id, now(), 0 FROM stored WHERE token IS NOT NULL ORDER BY incident_id
        ON CONFLICT (incident_id) DO UPDATE SET waiting_since = EXCLUDED.waiting_since, attempts = 0, not_before = NULL
        WHERE known.waiting_since IS NULL;
    PERFORM pg_notify('comity_work', 'correlation');
    RETURN NULL;
END $$;
CREATE TRIGGER incident_is_compared AFTER INSERT ON incidents_incident
    REFERENCING NEW TABLE AS stored FOR EACH STATEMENT EXECUTE FUNCTION compare_incidents();
CREATE TRIGGER indicator_is_compared AFTER INSERT ON incidents_indicator
    REFERENCING NEW TABLE AS stored FOR EACH STATEMENT EXECUTE FUNCTION compare_indicators();
INSERT INTO incidents_comparison (incident_id, waiting_since, attempts) SELECT id, now(), 0 FROM incidents_incident;

CREATE FUNCTION duplicate_decision_is_final() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'decisions and look-ups are not changed or removed' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER duplicate_decision_is_final BEFORE UPDATE OR DELETE ON incidents_duplicatedecision
    FOR EACH ROW EXECUTE FUNCTION duplicate_decision_is_final();
CREATE TRIGGER look_up_is_final BEFORE UPDATE OR DELETE ON incidents_lookup
    FOR EACH ROW EXECUTE FUNCTION duplicate_decision_is_final();
CREATE FUNCTION duplicate_decision_fits() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM incidents_correlation c WHERE c.id = NEW.correlation_id AND c.suggested) THEN
        RAISE EXCEPTION 'what is decided on was suggested' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM incidents_duplicatedecision d
        WHERE d.id = NEW.replaces_id AND d.correlation_id = NEW.correlation_id) THEN
        RAISE EXCEPTION 'a decision replaces one on its own pair' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER duplicate_decision_fits BEFORE INSERT ON incidents_duplicatedecision
    FOR EACH ROW EXECUTE FUNCTION duplicate_decision_fits();
-- Version, nonce and tag take 29 bytes, once for each of the two keys (crypto/SPEC.md, data keys).
ALTER TABLE incidents_duplicatedecision ADD CONSTRAINT duplicate_decision_has_a_reason CHECK (octet_length(reason_ct) > 58);
ALTER TABLE incidents_lookup ADD CONSTRAINT look_up_has_a_token CHECK (octet_length(token) = 16);
"""
UNDO = """
ALTER TABLE incidents_lookup DROP CONSTRAINT look_up_has_a_token;
ALTER TABLE incidents_duplicatedecision DROP CONSTRAINT duplicate_decision_has_a_reason;
DROP TRIGGER duplicate_decision_fits ON incidents_duplicatedecision; DROP FUNCTION duplicate_decision_fits();
DROP TRIGGER look_up_is_final ON incidents_lookup;
DROP TRIGGER duplicate_decision_is_final ON incidents_duplicatedecision; DROP FUNCTION duplicate_decision_is_final();
DROP TRIGGER indicator_is_compared ON incidents_indicator; DROP FUNCTION compare_indicators();
DROP TRIGGER incident_is_compared ON incidents_incident; DROP FUNCTION compare_incidents();
"""


def _id() -> "models.UUIDField[uuid.UUID, uuid.UUID]":
    return models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)


def _link(to: str, related_name: str = "+", **more: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to, **more)


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0004_custody"),
        ("intake", "0002_accept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="Comparison",
            fields=[
                (
                    "incident",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="comparison",
                        serialize=False,
                        to="incidents.incident",
                    ),
                ),
                ("waiting_since", models.DateTimeField(null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("not_before", models.DateTimeField(null=True)),
                (
                    "narrative_token",
                    models.BinaryField(help_text="16 bytes: equal narratives are found by it.", null=True),
                ),
                ("compared_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["waiting_since"],
                        condition=models.Q(waiting_since__isnull=False),
                        name="comparison_due",
                    ),
                    models.Index(
                        fields=["narrative_token"],
                        condition=models.Q(narrative_token__isnull=False),
                        name="comparison_narrative",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="Correlation",
            fields=[
                ("id", _id()),
                ("first", _link("incidents.incident", db_index=False)),
                ("second", _link("incidents.incident")),
                (
                    "shared",
                    models.PositiveIntegerField(help_text="Indicators of both that only few incidents have."),
                ),
                (
                    "signs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        help_text="What speaks for their being one thing.",
                        size=None,
                    ),
                ),
                (
                    "suggested",
                    models.BooleanField(help_text="Enough of it to ask a person whether they are."),
                ),
                ("found_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["found_at"], condition=models.Q(suggested=True), name="correlation_suggested")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="correlation_once"),
                    models.CheckConstraint(
                        condition=models.Q(first__lt=models.F("second")), name="correlation_in_order"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DuplicateDecision",
            fields=[
                ("id", _id()),
                (
                    "outcome",
                    models.CharField(choices=[("confirmed", "Confirmed"), ("dismissed", "Dismissed")], max_length=9),
                ),
                (
                    "reason_ct",
                    models.BinaryField(help_text="Under the data keys of both incidents, one inside the other."),
                ),
                ("decided_at", models.DateTimeField()),
                ("correlation", _link("incidents.correlation", "decisions")),
                ("decided_by", _link(settings.AUTH_USER_MODEL)),
                (
                    "replaces",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="incidents.duplicatedecision",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("correlation",),
                        condition=models.Q(replaces__isnull=True),
                        name="one_first_duplicate_decision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(outcome__in=("confirmed", "dismissed")), name="duplicate_outcome_known"
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="LookUp",
            fields=[
                ("id", _id()),
                ("type", models.CharField(max_length=20)),
                ("token", models.BinaryField(help_text="16 bytes, as those of indicators.")),
                ("found", models.PositiveIntegerField(help_text="Incidents shown.")),
                ("at", models.DateTimeField()),
                ("by", _link(settings.AUTH_USER_MODEL)),
            ],
            options={"indexes": [models.Index(fields=["token", "-at"], name="look_up_of_token")]},
        ),
        migrations.RemoveIndex(model_name="indicator", name="indicator_token"),
        migrations.AddIndex(
            model_name="indicator",
            index=models.Index(
                fields=["token", "-id"], condition=models.Q(token__isnull=False), name="indicator_token"
            ),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
