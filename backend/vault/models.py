"""Data keys: one per incident or referral, wrapped by the node's keyring root. Erasing one erases what it encrypts."""

import uuid

from django.db import models
from django.db.models import Q


class DataKey(models.Model):
    """A wrapped AES-256 data key (crypto/SPEC.md, data keys)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wrapped = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(wrapped__isnull=False, destroyed_at__isnull=True)
                | Q(wrapped__isnull=True, destroyed_at__isnull=False),
                name="data_key_wrapped_or_destroyed",
            ),
        ]

    audit_kind = "data-key"

    def __str__(self) -> str:
        return str(self.id)

    @property
    def audit_id(self) -> str:
        return str(self.id)
