"""Evidence items and their chain of custody.

Who may come to an item's content and when is kept by the database, too: incidents/migrations/0004_custody.py.
"""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.incidents.models.incident import Incident


class EvidenceItem(models.Model):
    """A sealed file: its payload stays as sealed at the source, its file key is an EvidenceKey.

    ``incident`` is null for items that came in a packet from abroad.
    """

    class Stage(models.TextChoices):
        AWAITED = "awaited", _("named by the report, not arrived yet")
        RECEIVED = "received", _("plaintext digest checked")
        MISMATCH = "mismatch", _("does not have the digest that the sender signed")

    class Sensitivity(models.TextChoices):
        NONE = "none", _("not sensitive")
        INTIMATE_IMAGE = "intimate-image", _("intimate image")
        ABUSE_MATERIAL = "abuse-material", _("abuse material")

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
    stored_as = models.CharField(max_length=64, blank=True)
    stage = models.CharField(max_length=8, choices=Stage.choices, default=Stage.AWAITED)

    class Meta:
        constraints = [
            # Of a device. A node may send the same item with several letters: each referral then holds its own.
            models.UniqueConstraint(
                fields=["sender", "evidence_id"], condition=Q(incident__isnull=False), name="evidence_once_per_sender"
            ),
            models.CheckConstraint(
                condition=Q(sensitivity__in=("none", "intimate-image", "abuse-material")),
                name="sensitivity_is_declared_in_known_words",
            ),
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

    @property
    def erased(self) -> bool:
        """Whether its data key is destroyed: then neither its content nor its name can be read any more."""
        return self.data_key.destroyed_at is not None


class EvidenceKey(models.Model):
    """The key of an item's payload, wrapped by the item's data key.

    A table of its own, because no process may read it: the function ``evidence_key`` hands it out for a custody event.
    """

    item = models.OneToOneField(EvidenceItem, primary_key=True, on_delete=models.PROTECT, related_name="file_key")
    file_key_ct = models.BinaryField()

    def __str__(self) -> str:
        return str(self.item_id)


class CustodyEvent(models.Model):
    """Who had an evidence item, when, why, from whom and to whom. Append-only.

    ``came_from`` and ``went_to`` are ``device <fingerprint>``, ``node <id>`` or ``person <user name>``.
    """

    class Act(models.TextChoices):
        RECEIVED = "received", _("received")
        READ = "read", _("read")
        READDRESSED = "readdressed", _("re-addressed")
        RETURNED = "returned", _("returned")

    class Purpose(models.TextChoices):
        """For what a person reads an item: the reason of the act ``read``; their own words are in ``note_ct``."""

        INVESTIGATION = "investigation", _("Investigation of the incident")
        EXAMINATION = "examination", _("Technical examination")
        LETTER = "letter", _("Preparing or executing a letter of request")
        COURT = "court", _("Production before a court")
        VICTIM = "victim", _("Identification or protection of a victim")
        RETURN = "return", _("Return to whoever it belongs to")

    item = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="custody")
    act = models.CharField(max_length=12, choices=Act.choices)
    at = models.DateTimeField()
    by_role = models.CharField(max_length=40)
    by_id = models.CharField(max_length=200)
    came_from = models.CharField(max_length=200)
    went_to = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
    letter = models.CharField(max_length=40, blank=True, help_text="Reference of the letter with which it goes.")
    note_ct = models.BinaryField(null=True, help_text="What the reader says of the purpose.")
    release = models.OneToOneField("incidents.Release", null=True, on_delete=models.PROTECT, related_name="used_by")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~(Q(by_role="") | Q(by_id="") | Q(came_from="") | Q(went_to="") | Q(reason="")),
                name="custody_says_who_why_whence_and_whither",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.item_id}"

    @property
    def why(self) -> Any:
        """The purpose of a reading as it was offered to the reader, else what the node wrote."""
        return dict(self.Purpose.choices).get(self.reason, self.reason)


class ContentOpening(models.Model):
    """That an item's content was opened on a custody event. Written by ``evidence_key`` alone; a reading opens once."""

    event = models.OneToOneField(CustodyEvent, primary_key=True, on_delete=models.PROTECT, related_name="opening")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.event_id)
