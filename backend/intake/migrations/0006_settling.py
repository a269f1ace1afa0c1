"""What persons do with quarantined submissions, and when sealed bytes may go."""

from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import Q

FIELDS = [
    migrations.AddField(
        "submission",
        "erased_at",
        models.DateTimeField(help_text="When the sealed bytes were removed; the row stays.", null=True),
    ),
    migrations.AddField(
        "submission", "given_up_because", models.CharField(blank=True, db_default="", default="", max_length=300)
    ),
    migrations.AddField(
        "submission", "given_up_by", models.CharField(blank=True, db_default="", default="", max_length=150)
    ),
    migrations.AddField("submission", "released_at", models.DateTimeField(null=True)),
    migrations.AddField(
        "submission",
        "released_by",
        models.CharField(
            blank=True, db_default="", default="", help_text="Who lets it be opened although revoked.", max_length=150
        ),
    ),
]
CONSTRAINTS = [
    models.CheckConstraint(
        condition=Q(erased_at__isnull=True, sealed__isnull=False, stored_as__isnull=True)
        | Q(erased_at__isnull=True, sealed__isnull=True, stored_as__isnull=False)
        | Q(erased_at__isnull=False, sealed__isnull=True, stored_as__isnull=True),
        name="sealed_in_row_or_in_file",
    ),
    models.CheckConstraint(
        condition=Q(erased_at__isnull=True) | Q(stage__in=("opened", "given_up")), name="only_settled_is_erased"
    ),
    models.CheckConstraint(
        condition=~Q(stage="given_up") | ~(Q(given_up_by="") | Q(given_up_because="")),
        name="given_up_by_a_person_for_a_reason",
    ),
    models.CheckConstraint(
        condition=Q(released_by="", released_at__isnull=True) | (~Q(released_by="") & Q(released_at__isnull=False)),
        name="released_by_a_person",
    ),
]

# The worker opens and sets aside, a person at the desk gives up: neither does the other's. What was opened or
# given up stays so. Only changes of the stage are looked at; counting attempts costs nothing.
MOVES = """
CREATE FUNCTION submission_moves() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT (OLD.stage = 'received' AND NEW.stage IN ('opened', 'quarantined')
            OR OLD.stage = 'quarantined' AND NEW.stage IN ('received', 'given_up')) THEN
        RAISE EXCEPTION 'a submission does not go from % to %', OLD.stage, NEW.stage USING ERRCODE = 'check_violation';
    END IF;
    IF (OLD.stage = 'received' AND current_user = 'comity_desk')
        OR (NEW.stage = 'given_up' AND current_user = 'comity_worker') THEN
        RAISE EXCEPTION 'a submission is opened and set aside by the worker and given up by a person'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.stage = 'received' THEN
        -- The sweep would find it in ten seconds; whoever mended something is looking.
        PERFORM pg_notify('comity_work', 'intake');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER submission_moves BEFORE UPDATE OF stage ON intake_submission
    FOR EACH ROW WHEN (OLD.stage IS DISTINCT FROM NEW.stage) EXECUTE FUNCTION submission_moves();
"""
# Sealed bytes go when nobody here can open them any more: their key is destroyed. (An erased incident's go with it: a
# later migration of incidents widens the question.)
ERASE = """
CREATE FUNCTION sealed_may_go(p_submission intake_submission) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM directory_publishedkey k
                    WHERE k.key_id = p_submission.key_id AND k.destroyed_at IS NOT NULL);
$$;
CREATE FUNCTION erase_sealed(p_ids uuid[], p_at timestamptz) RETURNS TABLE(id uuid, stored_as text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH old AS (
        SELECT s.id, s.stored_as FROM intake_submission s
         WHERE s.id = ANY(p_ids) AND s.erased_at IS NULL AND s.stage IN ('opened', 'given_up') AND sealed_may_go(s)
           FOR UPDATE
    ), gone AS (
        UPDATE intake_submission s SET sealed = NULL, stored_as = NULL, erased_at = p_at FROM old WHERE s.id = old.id
        RETURNING s.id
    )
    SELECT o.id, o.stored_as::text FROM old o JOIN gone g ON g.id = o.id;
$$;
REVOKE ALL ON FUNCTION sealed_may_go(intake_submission) FROM PUBLIC;
REVOKE ALL ON FUNCTION erase_sealed(uuid[], timestamptz) FROM PUBLIC;
"""
UNDO = """
DROP FUNCTION erase_sealed(uuid[], timestamptz); DROP FUNCTION sealed_may_go(intake_submission);
DROP TRIGGER submission_moves ON intake_submission; DROP FUNCTION submission_moves();
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0005_uploads")]
    operations: ClassVar[list[Any]] = [
        migrations.RemoveConstraint("submission", "sealed_in_row_or_in_file"),
        *FIELDS,
        *[migrations.AddConstraint("submission", constraint) for constraint in CONSTRAINTS],
        migrations.RunSQL(MOVES + ERASE, UNDO),
    ]
