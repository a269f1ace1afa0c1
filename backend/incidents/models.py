"""Incidents as reported: everything a person wrote is encrypted under the incident's own data key.

In clear, and named in the threat model: reference, unit, times, sizes, counts, offence codes, who decided, the tokens.
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


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


class Classification(models.Model):
    """What the law engine proposes for an incident. Never rewritten: other data or another engine add a further row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="classifications")
    codes = ArrayField(models.CharField(max_length=40), help_text="Common offence codes, best first.")
    result_ct = models.BinaryField(help_text="Elements, spans and articles as JSON.")
    engine_version = models.CharField(max_length=32)
    law_digest = models.CharField(max_length=64, help_text="Of the law data that the engine read.")
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["incident", "-made_at"], name="classification_newest")]
        constraints = [
            # The same engine on the same data says the same of the same report: once is enough.
            models.UniqueConstraint(
                fields=["engine_version", "law_digest", "incident"], name="one_proposal_per_version"
            )
        ]

    def __str__(self) -> str:
        return ", ".join(self.codes)


class ClassificationDecision(models.Model):
    """A person confirms the engine's proposal or overrides it, with a reason. Append-only.

    The decision that no other replaces stands, whatever the engine proposes later.
    """

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed"
        OVERRIDDEN = "overridden"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="decisions")
    proposal = models.ForeignKey(Classification, on_delete=models.PROTECT, related_name="decisions")
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    codes = ArrayField(models.CharField(max_length=40), help_text="Common offence codes as decided; may be none.")
    reason_ct = models.BinaryField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            # One chain for an incident: two who decide at the same moment are not both right.
            models.UniqueConstraint(fields=["incident"], condition=Q(replaces__isnull=True), name="one_first_decision"),
            models.CheckConstraint(condition=Q(outcome__in=("confirmed", "overridden")), name="decision_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome}: {', '.join(self.codes)}"


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


class EvidenceItem(models.Model):
    """A sealed file: its payload stays as sealed at the source, its file key is wrapped by the data key.

    ``incident`` is null for items that came in a packet from abroad.
    """

    class Stage(models.TextChoices):
        AWAITED = "awaited", "named by the report, not arrived yet"
        RECEIVED = "received", "plaintext digest checked"
        MISMATCH = "mismatch", "does not have the digest that the sender signed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="evidence")
    data_key = models.ForeignKey("vault.DataKey", on_delete=models.PROTECT)
    submission = models.ForeignKey("intake.Submission", null=True, on_delete=models.PROTECT)
    sender = models.CharField(max_length=64)
    evidence_id = models.UUIDField(help_text="Chosen by the sender; its submission id.")
    name_ct = models.BinaryField()
    media_type_ct = models.BinaryField()
    sensitive = models.BooleanField(default=False)
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
