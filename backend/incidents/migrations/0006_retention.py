"""How long incidents are kept, legal holds, and erasure: what of it the database itself keeps to."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import migrations, models
from django.db.models import PROTECT, F, Q

# What persons set, held or ordered is added to; each act on it is done once and stays.
RECORDS = """
CREATE FUNCTION retention_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE was jsonb; now_is jsonb; act text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'rules, holds and erasures are not removed' USING ERRCODE = 'check_violation';
    END IF;
    was := to_jsonb(OLD); now_is := to_jsonb(NEW);
    -- Arguments: the columns that are set later, each once.
    FOREACH act IN ARRAY COALESCE(TG_ARGV, '{}') LOOP
        IF was -> act = 'null' THEN
            was := was - act; now_is := now_is - act;
        END IF;
    END LOOP;
    IF was <> now_is THEN
        RAISE EXCEPTION 'rules, holds and erasures are not changed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rule_stays BEFORE UPDATE OR DELETE ON incidents_retentionrule FOR EACH ROW EXECUTE FUNCTION
    retention_stays('confirmed_at', 'confirmed_by_id', 'ended_at', 'ended_by_id');
CREATE TRIGGER lifetime_stays BEFORE UPDATE OR DELETE ON incidents_backuplifetime
    FOR EACH ROW EXECUTE FUNCTION retention_stays();
CREATE TRIGGER hold_stays BEFORE UPDATE OR DELETE ON incidents_legalhold FOR EACH ROW EXECUTE FUNCTION
    retention_stays('lifted_at', 'lifted_by_id', 'lifting_ct');
CREATE TRIGGER erasure_stays BEFORE UPDATE OR DELETE ON incidents_erasure FOR EACH ROW EXECUTE FUNCTION
    retention_stays('approved_at', 'approved_by_id', 'refused_at', 'refused_by_id', 'erased_at', 'rewritten_at');
-- Version, nonce and tag take 29 bytes: no more is a reason of no words (crypto/SPEC.md, data keys).
ALTER TABLE incidents_legalhold ADD CONSTRAINT hold_has_its_reasons
    CHECK (octet_length(reason_ct) > 29 AND (lifting_ct IS NULL OR octet_length(lifting_ct) > 29));
"""

# A hold and an erasure of the same incident wait for each other: whichever comes second sees the first.
HOLDS = """
CREATE FUNCTION hold_is_in_time() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('retention ' || NEW.incident_id, 0));
    IF EXISTS (SELECT 1 FROM incidents_incident i JOIN vault_datakey k ON k.id = i.data_key_id
                WHERE i.id = NEW.incident_id AND k.destroyed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the incident is erased' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_is_in_time BEFORE INSERT ON incidents_legalhold FOR EACH ROW EXECUTE FUNCTION hold_is_in_time();
CREATE FUNCTION erasure_is_by_a_rule_in_force() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.rule_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM incidents_retentionrule r WHERE r.id = NEW.rule_id
        AND r.confirmed_at IS NOT NULL AND r.ended_at IS NULL AND r.months IS NOT NULL) THEN
        RAISE EXCEPTION 'no rule in force sets the period' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER erasure_is_by_a_rule_in_force BEFORE INSERT ON incidents_erasure
    FOR EACH ROW EXECUTE FUNCTION erasure_is_by_a_rule_in_force();
CREATE FUNCTION data_key_may_go() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE erased uuid;
BEGIN
    IF OLD.destroyed_at IS NOT NULL THEN
        RAISE EXCEPTION 'a destroyed data key does not come back' USING ERRCODE = 'check_violation';
    END IF;
    SELECT i.id INTO erased FROM incidents_incident i WHERE i.data_key_id = NEW.id;
    IF NEW.destroyed_at IS NULL OR NOT FOUND THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('retention ' || erased, 0));
    IF EXISTS (SELECT 1 FROM incidents_legalhold h WHERE h.incident_id = erased AND h.lifted_at IS NULL) THEN
        RAISE EXCEPTION 'a legal hold stands' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM incidents_erasure e WHERE e.incident_id = erased AND e.refused_at IS NULL
                    AND (e.rule_id IS NOT NULL OR e.approved_at IS NOT NULL)) THEN
        RAISE EXCEPTION 'no rule and no approved order erases the incident' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER data_key_may_go BEFORE UPDATE ON vault_datakey FOR EACH ROW EXECUTE FUNCTION data_key_may_go();
"""

# No process may destroy a data key or remove a token by itself: this does all of it, or nothing.
ERASE = """
CREATE FUNCTION erase_incident(p_incident uuid, p_at timestamptz) RETURNS TABLE(evidence_file text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE vault_datakey k SET wrapped = NULL, destroyed_at = p_at FROM incidents_incident i
     WHERE i.id = p_incident AND k.id = i.data_key_id AND k.destroyed_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such incident, or it is erased' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE incidents_erasure e SET erased_at = p_at WHERE e.incident_id = p_incident AND e.refused_at IS NULL;
    DELETE FROM incidents_indicator n WHERE n.incident_id = p_incident;
    DELETE FROM incidents_evidencekey k USING incidents_evidenceitem t WHERE t.id = k.item_id AND t.incident_id = p_incident;
    UPDATE incidents_comparison c SET narrative_token = NULL, waiting_since = NULL WHERE c.incident_id = p_incident;
    -- What persons decided of a pair stays, without its reason, which was under this key too.
    DELETE FROM incidents_correlation c WHERE p_incident IN (c.first_id, c.second_id)
        AND NOT EXISTS (SELECT 1 FROM incidents_duplicatedecision d WHERE d.correlation_id = c.id);
    RETURN QUERY
        WITH kept AS (SELECT t.id, t.stored_as FROM incidents_evidenceitem t
                       WHERE t.incident_id = p_incident AND t.stored_as <> '' FOR UPDATE)
        UPDATE incidents_evidenceitem t SET stored_as = '' FROM kept WHERE t.id = kept.id
        RETURNING kept.stored_as::text;
END $$;
REVOKE ALL ON FUNCTION erase_incident(uuid, timestamptz) FROM PUBLIC;
CREATE OR REPLACE FUNCTION sealed_may_go(p_submission intake_submission) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM directory_publishedkey k
                    WHERE k.key_id = p_submission.key_id AND k.destroyed_at IS NOT NULL)
        OR EXISTS (SELECT 1 FROM submission_incident(p_submission) o
                     JOIN incidents_incident i ON i.id = o JOIN vault_datakey k ON k.id = i.data_key_id
                    WHERE k.destroyed_at IS NOT NULL);
$$;
"""
OF_INCIDENT = """
CREATE FUNCTION submission_incident(p_submission intake_submission) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT i.id FROM incidents_incident i WHERE i.submission_id = p_submission.id
    UNION SELECT m.incident_id FROM incidents_supplement m WHERE m.submission_id = p_submission.id
    UNION SELECT t.incident_id FROM incidents_evidenceitem t WHERE t.incident_id IS NOT NULL
        AND t.sender = p_submission.sender AND t.evidence_id = p_submission.submission_id;
$$;
REVOKE ALL ON FUNCTION submission_incident(intake_submission) FROM PUBLIC;
"""
UNDO = """
CREATE OR REPLACE FUNCTION sealed_may_go(p_submission intake_submission) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM directory_publishedkey k
                    WHERE k.key_id = p_submission.key_id AND k.destroyed_at IS NOT NULL);
$$;
DROP FUNCTION submission_incident(intake_submission); DROP FUNCTION erase_incident(uuid, timestamptz);
DROP TRIGGER data_key_may_go ON vault_datakey; DROP FUNCTION data_key_may_go();
DROP TRIGGER erasure_is_by_a_rule_in_force ON incidents_erasure; DROP FUNCTION erasure_is_by_a_rule_in_force();
DROP TRIGGER hold_is_in_time ON incidents_legalhold; DROP FUNCTION hold_is_in_time();
DROP TRIGGER rule_stays ON incidents_retentionrule; DROP TRIGGER lifetime_stays ON incidents_backuplifetime;
DROP TRIGGER hold_stays ON incidents_legalhold; DROP TRIGGER erasure_stays ON incidents_erasure;
DROP FUNCTION retention_stays();
"""


def _person(*, null: bool = False) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(null=null, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)


def _id() -> models.UUIDField:  # type: ignore[type-arg]
    return models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)


def _incident(name: str) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(on_delete=PROTECT, related_name=name, to="incidents.incident")


RULE = migrations.CreateModel(
    "RetentionRule",
    [
        ("id", _id()),
        ("state", models.CharField(help_text="Of the unit that reported, or with which a referral is.", max_length=2)),
        (
            "offence",
            models.CharField(blank=True, help_text="Common offence code; empty for any other one.", max_length=40),
        ),
        ("months", models.PositiveSmallIntegerField(help_text="Null: kept without end.", null=True)),
        ("basis", models.CharField(help_text="The provision that sets the period.", max_length=300)),
        ("made_at", models.DateTimeField()),
        ("made_by", _person()),
        ("confirmed_at", models.DateTimeField(null=True)),
        ("confirmed_by", _person(null=True)),
        ("ended_at", models.DateTimeField(null=True)),
        ("ended_by", _person(null=True)),
    ],
    options={
        "constraints": [
            models.UniqueConstraint(
                fields=["state", "offence"],
                condition=Q(confirmed_at__isnull=False, ended_at__isnull=True),
                name="one_rule_in_force",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | (Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(confirmed_by=F("made_by"))),
                name="another_person_confirms_a_rule",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="a_rule_is_ended_by_a_person",
            ),
            models.CheckConstraint(
                condition=(Q(months__isnull=True) | Q(months__gte=1, months__lte=1200)) & ~Q(basis=""),
                name="rule_has_a_period_and_a_basis",
            ),
        ]
    },
)
LIFETIME = migrations.CreateModel(
    "BackupLifetime",
    [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("days", models.PositiveSmallIntegerField(help_text="0 where no backup is made.")),
        ("set_at", models.DateTimeField()),
        ("set_by", _person()),
    ],
)
ERASURE = migrations.CreateModel(
    "Erasure",
    [
        ("id", _id()),
        ("incident", _incident("erasures")),
        (
            "rule",
            models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="incidents.retentionrule"),
        ),
        (
            "basis",
            models.CharField(blank=True, help_text="Of an order; without names. It outlives the data.", max_length=300),
        ),
        ("ordered_at", models.DateTimeField()),
        ("ordered_by", _person(null=True)),
        ("approved_at", models.DateTimeField(null=True)),
        ("approved_by", _person(null=True)),
        ("refused_at", models.DateTimeField(null=True)),
        ("refused_by", _person(null=True)),
        ("erased_at", models.DateTimeField(null=True)),
        (
            "rewritten_at",
            models.DateTimeField(help_text="When the server's file of keys was written anew.", null=True),
        ),
    ],
    options={
        "indexes": [models.Index(fields=["-erased_at"], condition=Q(erased_at__isnull=False), name="erasure_newest")],
        "constraints": [
            models.UniqueConstraint(
                fields=["incident"], condition=Q(refused_at__isnull=True), name="one_erasure_of_an_incident"
            ),
            models.CheckConstraint(
                condition=Q(rule__isnull=False, ordered_by__isnull=True, basis="", approved_by__isnull=True)
                | (Q(rule__isnull=True, ordered_by__isnull=False) & ~Q(basis="")),
                name="erased_by_rule_or_by_order",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approved_by__isnull=True)
                | (Q(approved_at__isnull=False, approved_by__isnull=False) & ~Q(approved_by=F("ordered_by"))),
                name="another_person_approves_an_erasure",
            ),
            models.CheckConstraint(
                condition=Q(refused_at__isnull=True, refused_by__isnull=True)
                | Q(refused_at__isnull=False, refused_by__isnull=False, erased_at__isnull=True),
                name="what_was_refused_is_not_erased",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(rule__isnull=False) | Q(approved_at__isnull=False),
                name="nothing_is_erased_unapproved",
            ),
            models.CheckConstraint(
                condition=Q(rewritten_at__isnull=True) | Q(erased_at__isnull=False), name="rewritten_once_erased"
            ),
        ],
    },
)
HOLD = migrations.CreateModel(
    "LegalHold",
    [
        ("id", _id()),
        ("incident", _incident("holds")),
        ("reason_ct", models.BinaryField(help_text="Under the incident's data key, as all that tells of the matter.")),
        ("placed_at", models.DateTimeField()),
        ("placed_by", _person()),
        ("lifted_at", models.DateTimeField(null=True)),
        ("lifted_by", _person(null=True)),
        ("lifting_ct", models.BinaryField(help_text="Why it was lifted.", null=True)),
    ],
    options={
        "indexes": [models.Index(fields=["incident"], condition=Q(lifted_at__isnull=True), name="hold_standing")],
        "constraints": [
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lifting_ct__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False, lifting_ct__isnull=False),
                name="hold_is_lifted_by_a_person_for_a_reason",
            ),
        ],
    },
)


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0005_correlation"),
        ("intake", "0006_settling"),
        ("vault", "0001_initial"),
        ("directory", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar[list[Any]] = [
        RULE,
        LIFETIME,
        ERASURE,
        HOLD,
        migrations.RunSQL(RECORDS + HOLDS + OF_INCIDENT + ERASE, UNDO),
    ]
