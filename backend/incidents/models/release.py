"""Releases of declared-sensitive material: proposed by one person on a recorded basis, approved by another."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.incidents.models.evidence import EvidenceItem


class Release(models.Model):
    """A proposal to let one sensitive item leave: to a node with a letter, or to a person as a download. Append-only.

    ``went_to`` is as in CustodyEvent: ``node <id>`` or ``person <user name>``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="releases")
    went_to = models.CharField(max_length=200)
    letter = models.CharField(max_length=40, blank=True, help_text="Reference of the letter with which it may go.")
    basis_ct = models.BinaryField(help_text="By which law, order or consent.")
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(went_to__startswith="node ") & ~Q(letter=""))
                | (Q(went_to__startswith="person ") & Q(letter="")),
                name="release_is_to_a_node_by_letter_or_to_a_person",
            ),
        ]

    audit_kind = "release"

    def __str__(self) -> str:
        return str(self.id)

    @property
    def audit_id(self) -> str:
        return str(self.id)


class ReleaseDecision(models.Model):
    """What another person decided on a proposal. Append-only; without an approving one nothing leaves."""

    class Outcome(models.TextChoices):
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")

    release = models.OneToOneField(Release, primary_key=True, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    reason_ct = models.BinaryField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=("approved", "refused")), name="release_is_approved_or_refused"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.release_id}"
