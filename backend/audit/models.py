"""The events, the Merkle tree over them, its checkpoints and the receipts.

Triggers of the first migration refuse UPDATE and DELETE on all of them but the queue, whatever a role is granted.
"""

import uuid

from django.db import models
from django.db.models.functions import Now


class AuditEvent(models.Model):
    """One thing that happened, written in the transaction that made it happen.

    Roles and subjects are text, not keys: the log outlives what it tells of and points up to no app.
    """

    id = models.UUIDField(
        primary_key=True,
        default=uuid.uuid4,
        db_default=models.Func(function="gen_random_uuid", output_field=models.UUIDField()),
        editable=False,
    )
    event = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=128)
    acting_role = models.CharField(max_length=64)
    acting_id = models.CharField(max_length=128)
    at = models.DateTimeField()
    detail = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "at"], name="audit_event_subject"),
            models.Index(fields=["at"], name="audit_event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.subject_kind} {self.subject_id}"


class PendingEvent(models.Model):
    """An event that the log does not have yet; filled by trigger, emptied by the notary (see sequencer.py)."""

    position = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField()
    since = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.event_id)


class LogLeaf(models.Model):
    """The place of an event in the log. Order is the order of integration."""

    index = models.BigIntegerField(primary_key=True)
    # No foreign key: it would write a row lock into every event, and the trigger already refuses to remove events.
    event_id = models.UUIDField(unique=True)
    leaf_hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.index} {self.event_id}"


class LogNode(models.Model):
    """The hash of a complete subtree of 2**level leaves, level ≥ 1 (RFC 6962, 2.1)."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class Checkpoint(models.Model):
    """What the notary signed: the root of the first ``size`` leaves; ``note`` is a C2SP checkpoint."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"checkpoint of {self.size}"


class Receipt(models.Model):
    """The C2SP tlog-proof of an event of PROVED: what the sender of a submission, or a packet, is given."""

    event_id = models.UUIDField(primary_key=True)
    proof = models.TextField()

    def __str__(self) -> str:
        return f"receipt of {self.event_id}"
