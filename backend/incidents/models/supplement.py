"""What was sent later: a supplement to a report, or a retraction. Nothing earlier is overwritten."""

import uuid

from django.db import models
from django.db.models import Q

from backend.incidents.models.incident import Incident


class Supplement(models.Model):
    """A later sealed report that adds to an incident or withdraws something of it. Append-only.

    ``withdraws`` is what a retraction withdraws of what was sent later; a retraction without it withdraws the report.
    """

    class Kind(models.TextChoices):
        SUPPLEMENT = "supplement"
        RETRACTION = "retraction"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="supplements")
    position = models.PositiveIntegerField(help_text="1 for the first after the report.")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    withdraws = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="withdrawn_by")
    device = models.ForeignKey("units.Device", on_delete=models.PROTECT)
    submission = models.OneToOneField("intake.Submission", on_delete=models.PROTECT)
    reported_at = models.DateTimeField(help_text="By the device's clock, from the signed statement.")
    received_at = models.DateTimeField()
    report_ct = models.BinaryField(help_text="Its JSON as sealed, under the incident's data key.")
    statement_ct = models.BinaryField(help_text="The device's signed statement.")

    class Meta:
        ordering = ["incident", "position"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "position"], name="supplement_position"),
            models.CheckConstraint(condition=Q(kind__in=("supplement", "retraction")), name="supplement_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="retraction") | Q(withdraws__isnull=True), name="only_a_retraction_withdraws"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.position}"
