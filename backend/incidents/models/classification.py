"""What the law engine proposes for an incident, and what a person decided."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from backend.incidents.models.incident import Incident


class Classification(models.Model):
    """What the law engine proposes for an incident.

    Never rewritten: other law data, another engine or something sent later add a further row. ``read_up_to``
    is the position of the last that was sent later and read; 0 for the report alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="classifications")
    codes = ArrayField(models.CharField(max_length=40), help_text="Common offence codes, best first.")
    result_ct = models.BinaryField(help_text="Elements, spans and articles as JSON.")
    engine_version = models.CharField(max_length=32)
    law_digest = models.CharField(max_length=64, help_text="Of the law data that the engine read.")
    made_at = models.DateTimeField()
    read_up_to = models.PositiveIntegerField(default=0)

    # What was made by an older worker at the same moment does not outlive what has read more.
    NEWEST_FIRST = ("-read_up_to", "-made_at")

    class Meta:
        indexes = [models.Index(fields=["incident", "-read_up_to", "-made_at"], name="classification_newest")]
        constraints = [
            # The same engine on the same data says the same of the same submissions: once is enough.
            models.UniqueConstraint(
                fields=["engine_version", "law_digest", "incident", "read_up_to"], name="one_proposal_per_version"
            )
        ]

    def __str__(self) -> str:
        return ", ".join(self.codes)


class ClassificationDecision(models.Model):
    """A person confirms the engine's proposal or overrides it, with a reason. Append-only.

    The decision that no other replaces stands, whatever the engine proposes later.
    """

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed"
        OVERRIDDEN = "overridden"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="decisions")
    proposal = models.ForeignKey(Classification, on_delete=models.PROTECT, related_name="decisions")
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    codes = ArrayField(models.CharField(max_length=40), help_text="Common offence codes as decided; may be none.")
    reason_ct = models.BinaryField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            # One chain for an incident: two who decide at the same moment are not both right.
            models.UniqueConstraint(fields=["incident"], condition=Q(replaces__isnull=True), name="one_first_decision"),
            models.CheckConstraint(condition=Q(outcome__in=("confirmed", "overridden")), name="decision_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome}: {', '.join(self.codes)}"
