"""Legal holds: as long as one stands, an incident is not erased."""

import uuid

from django.db import models
from django.db.models import Q

from backend.incidents.models.incident import Incident


class LegalHold(models.Model):
    """A person orders that an incident is kept whatever its period says, until a person lifts it. Both say why."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="holds")
    reason_ct = models.BinaryField(help_text="Under the incident's data key, as all that tells of the matter.")
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    lifting_ct = models.BinaryField(null=True, help_text="Why it was lifted.")

    class Meta:
        indexes = [models.Index(fields=["incident"], condition=Q(lifted_at__isnull=True), name="hold_standing")]
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lifting_ct__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False, lifting_ct__isnull=False),
                name="hold_is_lifted_by_a_person_for_a_reason",
            ),
        ]

    audit_kind = "legal-hold"

    def __str__(self) -> str:
        return str(self.id)

    @property
    def audit_id(self) -> str:
        return str(self.id)
