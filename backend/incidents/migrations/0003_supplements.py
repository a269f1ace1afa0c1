"""Supplements and retractions beside the report: added, never changed, by devices of the unit that reported."""

import uuid
from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import PROTECT, Q

KINDS = [("supplement", "Supplement"), ("retraction", "Retraction")]
GUARDS = """
CREATE FUNCTION supplement_is_final() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'what was sent later is not changed or removed' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER supplement_is_final BEFORE UPDATE OR DELETE ON incidents_supplement
    FOR EACH ROW EXECUTE FUNCTION supplement_is_final();
CREATE FUNCTION supplement_fits_its_incident() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM incidents_incident i JOIN units_device d ON d.unit_id = i.unit_id
        WHERE i.id = NEW.incident_id AND d.id = NEW.device_id) THEN
        RAISE EXCEPTION 'only the unit that reported adds or withdraws' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.position <> 1 + (SELECT count(*) FROM incidents_supplement s WHERE s.incident_id = NEW.incident_id) THEN
        RAISE EXCEPTION 'what is sent later stands in its order' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.withdraws_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM incidents_supplement s
        WHERE s.id = NEW.withdraws_id AND s.incident_id = NEW.incident_id) THEN
        RAISE EXCEPTION 'a retraction withdraws what was sent on its own incident' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER supplement_fits_its_incident BEFORE INSERT ON incidents_supplement
    FOR EACH ROW EXECUTE FUNCTION supplement_fits_its_incident();
"""
UNDO = """
DROP TRIGGER supplement_fits_its_incident ON incidents_supplement; DROP FUNCTION supplement_fits_its_incident();
DROP TRIGGER supplement_is_final ON incidents_supplement; DROP FUNCTION supplement_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0002_reference"),
        ("intake", "0001_initial"),
        ("units", "0001_initial"),
    ]
    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            "Supplement",
            [
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(help_text="1 for the first after the report.")),
                ("kind", models.CharField(choices=KINDS, max_length=10)),
                ("reported_at", models.DateTimeField(help_text="By the device's clock, from the signed statement.")),
                ("received_at", models.DateTimeField()),
                ("report_ct", models.BinaryField(help_text="Its JSON as sealed, under the incident's data key.")),
                ("statement_ct", models.BinaryField(help_text="The device's signed statement.")),
                ("device", models.ForeignKey(on_delete=PROTECT, to="units.device")),
                (
                    "incident",
                    models.ForeignKey(on_delete=PROTECT, related_name="supplements", to="incidents.incident"),
                ),
                ("submission", models.OneToOneField(on_delete=PROTECT, to="intake.submission")),
                (
                    "withdraws",
                    models.ForeignKey(
                        null=True, on_delete=PROTECT, related_name="withdrawn_by", to="incidents.supplement"
                    ),
                ),
            ],
            options={
                "ordering": ["incident", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "position"), name="supplement_position"),
                    models.CheckConstraint(
                        condition=Q(kind__in=("supplement", "retraction")), name="supplement_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(kind="retraction") | Q(withdraws__isnull=True), name="only_a_retraction_withdraws"
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARDS, UNDO),
        migrations.AddField("classification", "read_up_to", models.PositiveIntegerField(default=0)),
        migrations.RemoveIndex("classification", "classification_newest"),
        migrations.AddIndex(
            "classification",
            models.Index(fields=["incident", "-read_up_to", "-made_at"], name="classification_newest"),
        ),
        migrations.RemoveConstraint("classification", "one_proposal_per_version"),
        migrations.AddConstraint(
            "classification",
            models.UniqueConstraint(
                fields=("engine_version", "law_digest", "incident", "read_up_to"), name="one_proposal_per_version"
            ),
        ),
    ]
