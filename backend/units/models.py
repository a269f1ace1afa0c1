"""Police units, their devices, and how a device is enrolled."""

import uuid

from django.db import models
from django.db.models import Q


class Unit(models.Model):
    """A police unit that reports incidents."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=2)
    made_at = models.DateTimeField()

    audit_kind = "unit"

    def __str__(self) -> str:
        return self.name

    @property
    def audit_id(self) -> str:
        return str(self.id)


class EnrolmentInvitation(models.Model):
    """A one-time code, given to a unit by hand. The code never travels: a device proves that it knows it (HMAC)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="invitations")
    wrapped_code = models.BinaryField(help_text="Under the node's keyring; only the vault unwraps it.")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    audit_kind = "enrolment-invitation"

    def __str__(self) -> str:
        return str(self.id)

    @property
    def audit_id(self) -> str:
        return str(self.id)


class EnrolmentRequest(models.Model):
    """A device that asks to be enrolled, as the edge stored it; checked behind the edge."""

    class Stage(models.TextChoices):
        RECEIVED = "received"
        CHECKED = "checked", "checked: waits for a person to compare the fingerprint words"
        CONFIRMED = "confirmed"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invitation_id = models.UUIDField(help_text="As sent; may name nothing.")
    public_key = models.CharField(max_length=160)
    mac = models.BinaryField()
    label = models.CharField(max_length=100, blank=True)
    received_at = models.DateTimeField()
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.RECEIVED)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["received_at"], condition=Q(stage="received"), name="enrolment_to_check"),
        ]

    audit_kind = "enrolment-request"

    def __str__(self) -> str:
        return str(self.id)

    @property
    def audit_id(self) -> str:
        return str(self.id)


class Device(models.Model):
    """An enrolled device: the key that signs its unit's reports."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="devices")
    request = models.OneToOneField(EnrolmentRequest, on_delete=models.PROTECT)
    label = models.CharField(max_length=100, blank=True)
    public_key = models.CharField(max_length=160)
    fingerprint = models.CharField(max_length=64, unique=True)
    enrolled_at = models.DateTimeField()
    enrolled_by = models.CharField(max_length=200)
    revoked_at = models.DateTimeField(null=True)

    audit_kind = "device"

    def __str__(self) -> str:
        return self.label or self.fingerprint[:16]

    @property
    def audit_id(self) -> str:
        return self.fingerprint
