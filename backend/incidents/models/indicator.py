"""Indicators of incidents: found by token, read under the data key."""

from django.db import models
from django.db.models import Q

from backend.incidents.models.incident import Incident


class Indicator(models.Model):
    """One indicator of an incident; ``token`` finds equal ones without showing them (DESIGN §2, search)."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="indicators")
    type = models.CharField(max_length=20)
    normalisation = models.PositiveSmallIntegerField()
    token = models.BinaryField(null=True, help_text="16 bytes; null for common domains, which are not indexed.")
    value_ct = models.BinaryField()
    position = models.PositiveIntegerField()

    class Meta:
        # The newest first, so that of an indicator that ten thousand incidents share fifty are read and no more.
        indexes = [models.Index(fields=["token", "-id"], name="indicator_token", condition=Q(token__isnull=False))]
        constraints = [models.UniqueConstraint(fields=["incident", "position"], name="indicator_position")]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"
