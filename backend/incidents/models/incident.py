"""An incident as reported: everything a person wrote is encrypted under its own data key."""

import uuid

from django.db import models


class Incident(models.Model):
    """One report that was opened and found in order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=32, unique=True)
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT)
    device = models.ForeignKey("units.Device", on_delete=models.PROTECT)
    submission = models.OneToOneField("intake.Submission", on_delete=models.PROTECT)
    data_key = models.ForeignKey("vault.DataKey", on_delete=models.PROTECT)
    reported_at = models.DateTimeField(help_text="By the device's clock, from the signed statement.")
    received_at = models.DateTimeField()
    title_ct = models.BinaryField()
    report_ct = models.BinaryField(help_text="The report's JSON as sealed.")
    statement_ct = models.BinaryField(help_text="The device's signed statement: the proof of who reported.")

    class Meta:
        indexes = [models.Index(fields=["-received_at"], name="incident_newest")]

    audit_kind = "incident"

    def __str__(self) -> str:
        return self.reference

    @property
    def audit_id(self) -> str:
        return str(self.id)

    @property
    def erased(self) -> bool:
        """Whether its data key is destroyed: then nothing that a person wrote of it can be read any more."""
        return self.data_key.destroyed_at is not None
