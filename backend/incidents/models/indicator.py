"""Indicators of incidents: found by token, read under the data key."""

from django.db import models

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
        indexes = [models.Index(fields=["token"], name="indicator_token")]
        constraints = [models.UniqueConstraint(fields=["incident", "position"], name="indicator_position")]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"
