"""Evidence items and their chain of custody."""

import uuid

from django.db import models
from django.db.models import Q

from backend.incidents.models.incident import Incident


class EvidenceItem(models.Model):
    """A sealed file: its payload stays as sealed at the source, its file key is wrapped by the data key.

    ``incident`` is null for items that came in a packet from abroad.
    """

    class Stage(models.TextChoices):
        AWAITED = "awaited", "named by the report, not arrived yet"
        RECEIVED = "received", "plaintext digest checked"
        MISMATCH = "mismatch", "does not have the digest that the sender signed"

    class Sensitivity(models.TextChoices):
        NONE = "none", "not sensitive"
        INTIMATE_IMAGE = "intimate-image", "intimate image"
        ABUSE_MATERIAL = "abuse-material", "abuse material"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="evidence")
    data_key = models.ForeignKey("vault.DataKey", on_delete=models.PROTECT)
    submission = models.ForeignKey("intake.Submission", null=True, on_delete=models.PROTECT)
    sender = models.CharField(max_length=64)
    evidence_id = models.UUIDField(help_text="Chosen by the sender; its submission id.")
    name_ct = models.BinaryField()
    media_type_ct = models.BinaryField()
    sensitivity = models.CharField(max_length=14, choices=Sensitivity.choices, default=Sensitivity.NONE)
    size = models.BigIntegerField(help_text="Plaintext bytes.")
    plaintext_sha256_ct = models.BinaryField(help_text="The item's identity; nowhere in clear.")
    payload_sha256 = models.CharField(max_length=64)
    file_key_ct = models.BinaryField(null=True)
    stored_as = models.CharField(max_length=64, blank=True)
    stage = models.CharField(max_length=8, choices=Stage.choices, default=Stage.AWAITED)

    class Meta:
        constraints = [
            # Of a device. A node may send the same item with several letters: each referral then holds its own.
            models.UniqueConstraint(
                fields=["sender", "evidence_id"], condition=Q(incident__isnull=False), name="evidence_once_per_sender"
            )
        ]

    audit_kind = "evidence-item"

    def __str__(self) -> str:
        return str(self.id)

    @property
    def audit_id(self) -> str:
        return str(self.id)

    @property
    def sensitive(self) -> bool:
        """Whether it was declared so: never shown or decoded, and handed on only by an act of two persons."""
        return self.sensitivity != self.Sensitivity.NONE


class CustodyEvent(models.Model):
    """Who had an evidence item, when and why. Append-only."""

    class Act(models.TextChoices):
        RECEIVED = "received"
        READ = "read"
        READDRESSED = "readdressed"
        RETURNED = "returned"

    item = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="custody")
    act = models.CharField(max_length=12, choices=Act.choices)
    at = models.DateTimeField()
    by_role = models.CharField(max_length=40)
    by_id = models.CharField(max_length=200)
    came_from = models.CharField(max_length=200, blank=True)
    went_to = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.act} {self.item_id}"
