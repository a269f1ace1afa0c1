"""References that persons have confirmed, for one letter or in the node's register: apart from the law data."""

import uuid

from django.db import models
from django.db.models import Q


class ConfirmedReference(models.Model):
    """A person saw the source of a reference that the law data has as unverified; only then may a letter rely on it."""

    letter = models.ForeignKey(
        "referral.LetterOfRequest", on_delete=models.PROTECT, related_name="confirmed_references"
    )
    reference = models.CharField(max_length=300)
    source_seen = models.CharField(max_length=300)
    confirmed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "reference"], name="reference_confirmed_once")]

    def __str__(self) -> str:
        return self.reference


class ProvisionConfirmation(models.Model):
    """A line of the node's register: a person compared what the law data say under a reference with its source.

    It counts as long as the data say the same (`digest`), and until it is withdrawn; it is never changed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=64, help_text="The State or instrument of the law data.")
    ref = models.CharField(max_length=1000)
    digest = models.CharField(max_length=64, help_text="conventions.provisions: what the data said under it.")
    source_seen = models.CharField(max_length=300)
    confirmed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["source", "ref"], name="confirmation_of_provision")]
        constraints = [
            models.CheckConstraint(condition=~Q(source_seen=""), name="confirmation_names_a_source"),
            models.CheckConstraint(condition=Q(digest__regex="^[0-9a-f]{64}$"), name="confirmation_has_a_digest"),
        ]

    audit_kind = "provision_confirmation"

    def __str__(self) -> str:
        return f"{self.source} {self.ref}"

    @property
    def audit_id(self) -> str:
        return str(self.id)

    @property
    def is_withdrawn(self) -> bool:
        """Whether somebody withdrew it; no query where the withdrawal was read with the line."""
        return hasattr(self, "withdrawal")


class ConfirmationWithdrawal(models.Model):
    """A confirmation of the register counts no longer, from now on: what was signed on it stands."""

    confirmation = models.OneToOneField(ProvisionConfirmation, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.CharField(max_length=300)
    withdrawn_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="withdrawal_has_a_reason")]

    def __str__(self) -> str:
        return str(self.confirmation_id)
