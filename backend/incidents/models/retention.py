"""How long incidents are kept, how long backups are, and what was erased.

No period is built in: persons set each, with the provision that it rests on, and a second person confirms it.
"""

import uuid

from django.db import models
from django.db.models import F, Q

from backend.incidents.models.incident import Incident

MAX_MONTHS = 1200


class RetentionRule(models.Model):
    """For how long incidents of an offence are kept, by the law of a State. In force once confirmed, until ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=2, help_text="Of the unit that reported, or with which a referral is.")
    offence = models.CharField(max_length=40, blank=True, help_text="Common offence code; empty for any other one.")
    months = models.PositiveSmallIntegerField(null=True, help_text="Null: kept without end.")
    basis = models.CharField(max_length=300, help_text="The provision that sets the period.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state", "offence"],
                condition=Q(confirmed_at__isnull=False, ended_at__isnull=True),
                name="one_rule_in_force",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | (Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(confirmed_by=F("made_by"))),
                name="another_person_confirms_a_rule",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="a_rule_is_ended_by_a_person",
            ),
            models.CheckConstraint(
                condition=(Q(months__isnull=True) | Q(months__gte=1, months__lte=MAX_MONTHS)) & ~Q(basis=""),
                name="rule_has_a_period_and_a_basis",
            ),
        ]

    audit_kind = "retention-rule"

    def __str__(self) -> str:
        return f"{self.state} {self.offence or 'any'}: {self.months or 'no end'}"

    @property
    def audit_id(self) -> str:
        return str(self.id)


class BackupLifetime(models.Model):
    """After how many days the last backup of the database is destroyed, as the administrator says. Append-only."""

    days = models.PositiveSmallIntegerField(help_text="0 where no backup is made.")
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    audit_kind = "backup-lifetime"

    def __str__(self) -> str:
        return f"{self.days} days"

    @property
    def audit_id(self) -> str:
        return str(self.pk)


class Erasure(models.Model):
    """That an incident is to be, or was, erased: as a rule's period is over, or as persons ordered and approved it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="erasures")
    rule = models.ForeignKey(RetentionRule, null=True, on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=300, blank=True, help_text="Of an order; without names. It outlives the data.")
    ordered_at = models.DateTimeField()
    ordered_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    refused_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    erased_at = models.DateTimeField(null=True)
    rewritten_at = models.DateTimeField(null=True, help_text="When the server's file of keys was written anew.")

    class Meta:
        indexes = [models.Index(fields=["-erased_at"], condition=Q(erased_at__isnull=False), name="erasure_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["incident"], condition=Q(refused_at__isnull=True), name="one_erasure_of_an_incident"
            ),
            models.CheckConstraint(
                condition=Q(rule__isnull=False, ordered_by__isnull=True, basis="", approved_by__isnull=True)
                | (Q(rule__isnull=True, ordered_by__isnull=False) & ~Q(basis="")),
                name="erased_by_rule_or_by_order",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approved_by__isnull=True)
                | (Q(approved_at__isnull=False, approved_by__isnull=False) & ~Q(approved_by=F("ordered_by"))),
                name="another_person_approves_an_erasure",
            ),
            models.CheckConstraint(
                condition=Q(refused_at__isnull=True, refused_by__isnull=True)
                | Q(refused_at__isnull=False, refused_by__isnull=False, erased_at__isnull=True),
                name="what_was_refused_is_not_erased",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(rule__isnull=False) | Q(approved_at__isnull=False),
                name="nothing_is_erased_unapproved",
            ),
            models.CheckConstraint(
                condition=Q(rewritten_at__isnull=True) | Q(erased_at__isnull=False), name="rewritten_once_erased"
            ),
        ]

    audit_kind = "erasure"

    def __str__(self) -> str:
        return str(self.id)

    @property
    def audit_id(self) -> str:
        return str(self.id)
