"""What arrived sealed: reports, evidence and packets. Nothing here can read any of it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# Up to this size the sealed bytes stay in the row; larger ones are a file in the node's sealed/ folder (DESIGN §2).
MAX_IN_ROW = 65_536


class Submission(models.Model):
    """A sealed submission as stored by accept(); the row is the queue of record."""

    class Kind(models.TextChoices):
        REPORT = "report", _("Report")
        EVIDENCE = "evidence", _("Evidence")
        PACKET = "packet", _("Packet")

    class Stage(models.TextChoices):
        RECEIVED = "received"
        OPENED = "opened"
        QUARANTINED = "quarantined"
        GIVEN_UP = "given_up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sender = models.CharField(max_length=64, help_text="Fingerprint of the device's or the peer node's transport key.")
    submission_id = models.UUIDField(help_text="Chosen by the sender.")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    key_id = models.CharField(max_length=16)
    digest = models.BinaryField(help_text="SHA-256 of the sealed bytes.")
    size = models.BigIntegerField()
    sealed = models.BinaryField(null=True)
    stored_as = models.CharField(max_length=64, null=True)
    received_at = models.DateTimeField()
    stage = models.CharField(max_length=11, choices=Stage.choices, default=Stage.RECEIVED)
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    quarantine_reason = models.CharField(max_length=300, blank=True, default="")
    settled_at = models.DateTimeField(null=True)
    sender_revoked = models.BooleanField(
        default=False, db_default=False, help_text="Whether its device had been revoked when it was accepted."
    )
    # accept() names none of what follows: the defaults are the database's own.
    released_by = models.CharField(
        max_length=150, blank=True, default="", db_default="", help_text="Who lets it be opened although revoked."
    )
    released_at = models.DateTimeField(null=True)
    given_up_by = models.CharField(max_length=150, blank=True, default="", db_default="")
    given_up_because = models.CharField(max_length=300, blank=True, default="", db_default="")
    erased_at = models.DateTimeField(null=True, help_text="When the sealed bytes were removed; the row stays.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender", "submission_id"], name="submission_once_per_sender"),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True, sealed__isnull=False, stored_as__isnull=True)
                | Q(erased_at__isnull=True, sealed__isnull=True, stored_as__isnull=False)
                | Q(erased_at__isnull=False, sealed__isnull=True, stored_as__isnull=True),
                name="sealed_in_row_or_in_file",
            ),
            # Only what a person gave up, or what was opened, may lose its bytes or its key.
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(stage__in=("opened", "given_up")), name="only_settled_is_erased"
            ),
            models.CheckConstraint(
                condition=~Q(stage="given_up") | ~(Q(given_up_by="") | Q(given_up_because="")),
                name="given_up_by_a_person_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(released_by="", released_at__isnull=True)
                | (~Q(released_by="") & Q(released_at__isnull=False)),
                name="released_by_a_person",
            ),
        ]
        indexes = [
            models.Index(fields=["received_at"], condition=Q(stage="received"), name="submission_to_open"),
            models.Index(fields=["-received_at"], condition=Q(stage="quarantined"), name="submission_quarantined"),
            # What keeps an intake key from being destroyed, beside what waits; what a revoked device has sent.
            models.Index(
                fields=["key_id"], condition=~Q(stage__in=["received", "opened"]), name="submission_set_aside"
            ),
            models.Index(fields=["sender"], condition=Q(sender_revoked=True), name="submission_of_revoked"),
        ]

    audit_kind = "submission"

    def __str__(self) -> str:
        return f"{self.kind} {self.submission_id}"

    @property
    def audit_id(self) -> str:
        return str(self.id)
