"""What was found when incidents were compared with each other, what a person made of it, and who looked what up."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from backend.incidents.models.incident import Incident


class Comparison(models.Model):
    """How far an incident has been compared with the others. The row is the queue of record: it waits while due.

    The database makes and wakes it whenever the incident or one of its indicators is stored, whoever stores it.
    """

    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, primary_key=True, related_name="comparison")
    waiting_since = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    narrative_token = models.BinaryField(null=True, help_text="16 bytes: equal narratives are found by it.")
    compared_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["waiting_since"], condition=Q(waiting_since__isnull=False), name="comparison_due"),
            models.Index(
                fields=["narrative_token"], condition=Q(narrative_token__isnull=False), name="comparison_narrative"
            ),
        ]

    def __str__(self) -> str:
        return f"comparison of {self.incident_id}"


class Correlation(models.Model):
    """Two incidents that share indicators or their narrative. ``first`` is the one with the lower id."""

    class Sign(models.TextChoices):
        """What speaks for the two being reports of one thing."""

        SAME_NARRATIVE = "same-narrative"
        LIKE_NARRATIVE = "like-narrative"
        SAME_INDICATORS = "same-indicators"
        SAME_LOSS = "same-loss"
        SAME_DAY = "same-day"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Its index is that of the constraint below.
    first = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+", db_index=False)
    second = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    shared = models.PositiveIntegerField(help_text="Indicators of both that only few incidents have.")
    signs = ArrayField(models.CharField(max_length=20), help_text="What speaks for their being one thing.")
    suggested = models.BooleanField(help_text="Enough of it to ask a person whether they are.")
    found_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["found_at"], condition=Q(suggested=True), name="correlation_suggested")]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="correlation_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="correlation_in_order"),
        ]

    audit_kind = "correlation"

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"

    @property
    def audit_id(self) -> str:
        return str(self.id)


class DuplicateDecision(models.Model):
    """A person confirms that two incidents report the same thing, or dismisses it, with a reason. Append-only.

    Both incidents are kept. The decision that no other replaces stands.
    """

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed"
        DISMISSED = "dismissed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    correlation = models.ForeignKey(Correlation, on_delete=models.PROTECT, related_name="decisions")
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    reason_ct = models.BinaryField(help_text="Under the data keys of both incidents, one inside the other.")
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            # One chain for a pair: two who decide at the same moment are not both right.
            models.UniqueConstraint(
                fields=["correlation"], condition=Q(replaces__isnull=True), name="one_first_duplicate_decision"
            ),
            models.CheckConstraint(condition=Q(outcome__in=("confirmed", "dismissed")), name="duplicate_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.correlation_id}"


class LookUp(models.Model):
    """A person looked an indicator up. Append-only; the value itself is kept nowhere.

    The token goes when the last incident is erased that has the indicator.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    type = models.CharField(max_length=20)
    token = models.BinaryField(
        null=True, help_text="16 bytes, as those of indicators; gone with the last incident that had it."
    )
    found = models.PositiveIntegerField(help_text="Incidents shown.")
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["token", "-at"], name="look_up_of_token")]

    audit_kind = "look-up"

    def __str__(self) -> str:
        return f"{self.type} at {self.at}"

    @property
    def audit_id(self) -> str:
        return str(self.id)
