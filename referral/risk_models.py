"""What a person decided on a finding that speaks against a letter, and what stood when the letter was signed."""

import uuid

from django.db import models
from django.db.models import Q


class RiskOverride(models.Model):
    """A person of the authority answers for a finding, with a reason: that it may stand, or how it was mended after.

    `about_ct` holds the reason, what the finding said and the digest of all that it was about; it is never changed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    letter = models.ForeignKey("referral.LetterOfRequest", on_delete=models.PROTECT, related_name="risk_overrides")
    rule = models.CharField(max_length=64, help_text="Of refusal-risks.yaml, or of a risk file.")
    about_ct = models.BinaryField()
    overridden_at = models.DateTimeField()
    overridden_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(rule=""), name="override_names_a_rule")]

    audit_kind = "risk_override"

    def __str__(self) -> str:
        return self.rule

    @property
    def audit_id(self) -> str:
        return str(self.id)


class FindingsAtSigning(models.Model):
    """The findings as they stood at the signature: how the letter was judged can be read later, whatever the rules."""

    letter = models.OneToOneField(
        "referral.LetterOfRequest", on_delete=models.PROTECT, primary_key=True, related_name="findings_at_signing"
    )
    findings_ct = models.BinaryField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.letter_id)
