"""Referrals, letters of request, what each measure came to, preservations, packets and their transmission.

What is in a letter is encrypted under the referral's data key. In clear, and named in the threat model: references,
States, authorities, kinds, stages, times and who acted.
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from referral.letters.kinds import ANSWERS, URGENT_KINDS, LetterKind
from referral.register_models import ConfirmationWithdrawal, ConfirmedReference, ProvisionConfirmation
from referral.risk_models import FindingsAtSigning, RiskOverride

__all__ = [
    "ConfirmationWithdrawal",
    "ConfirmedReference",
    "DueAct",
    "FindingsAtSigning",
    "LetterEvidence",
    "LetterOfRequest",
    "MeasureSought",
    "Packet",
    "Preservation",
    "ProvisionConfirmation",
    "Referral",
    "RiskOverride",
    "Transmission",
]

DIRECTIONS = [("out", "outgoing"), ("in", "incoming")]
ANSWER_KINDS = tuple(sorted(kind.value for kind in ANSWERS))
MAY_BE_URGENT = tuple(sorted(kind.value for kind in URGENT_KINDS))


class Referral(models.Model):
    """The national file: from none, one or several incidents to returned evidence."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=32, unique=True)
    direction = models.CharField(max_length=3, choices=DIRECTIONS)
    other_state = models.CharField(
        max_length=2, help_text="The requested State of an outgoing one, the requesting of an incoming one."
    )
    incidents = models.ManyToManyField("incidents.Incident", related_name="referrals")
    data_key = models.ForeignKey("vault.DataKey", on_delete=models.PROTECT)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT)

    class Meta:
        indexes = [models.Index(fields=["-opened_at"], name="referral_newest")]

    audit_kind = "referral"

    def __str__(self) -> str:
        return self.reference

    @property
    def audit_id(self) -> str:
        return str(self.id)


class LetterOfRequest(models.Model):
    """A letter of any kind: a request, or an answer that names the letter it answers (DESIGN §6)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="letters")
    direction = models.CharField(max_length=3, choices=DIRECTIONS)
    kind = models.CharField(max_length=32)
    reference = models.CharField(max_length=40)
    stage = models.CharField(max_length=20)
    requesting_state = models.CharField(max_length=2)
    requested_state = models.CharField(max_length=2)
    sender_node = models.ForeignKey("directory.Node", on_delete=models.PROTECT, related_name="+")
    addressee_node = models.ForeignKey("directory.Node", on_delete=models.PROTECT, related_name="+")
    from_authority = models.ForeignKey("directory.Authority", on_delete=models.PROTECT, related_name="+")
    to_authority = models.ForeignKey("directory.Authority", on_delete=models.PROTECT, related_name="+")
    in_answer_to = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="answers")
    form = models.CharField(max_length=8, default="ordinary", help_text="ordinary, urgent or registry: lifecycle.Form")
    content_ct = models.BinaryField(help_text="request.json")
    pdf_ct = models.BinaryField(null=True)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    writers = ArrayField(
        models.IntegerField(),
        default=list,
        help_text="Whoever wrote on the draft: none of them approves or signs.",
    )
    completed_at = models.DateTimeField(null=True)
    completed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    signer_sha256 = models.CharField(max_length=64, blank=True, help_text="Of the certificate that signed.")
    received_at = models.DateTimeField(null=True)
    registered_as = models.CharField(max_length=40, blank=True)
    moved_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "letters of request"
        indexes = [models.Index(fields=["direction", "-moved_at"], name="letter_newest")]
        constraints = [
            models.UniqueConstraint(fields=["sender_node", "reference"], name="letter_reference_once_per_sender"),
            # Four eyes (DESIGN §6, Who acts): the database refuses, whoever asks.
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (
                    (Q(drafted_by__isnull=True) | ~Q(approved_by=F("drafted_by")))
                    & (Q(completed_by__isnull=True) | ~Q(approved_by=F("completed_by")))
                ),
                name="approver_neither_drafted_nor_completed",
            ),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True)
                | Q(form__in=("urgent", "registry"))
                | Q(drafted_by__isnull=True)
                | ~Q(signed_by=F("drafted_by")),
                name="signer_did_not_draft",
            ),
            models.CheckConstraint(
                condition=Q(direction="in")
                | Q(stage__in=("draft", "complete", "approved", "withdrawn", "superseded"))
                | Q(signed_by__isnull=False, pdf_ct__isnull=False),
                name="nothing_leaves_unsigned",
            ),
            models.CheckConstraint(
                condition=Q(direction="in")
                | Q(signed_by__isnull=True)
                | Q(approved_by__isnull=False)
                | Q(form__in=("urgent", "registry")),
                name="signed_when_approved_or_by_form",
            ),
            models.CheckConstraint(
                condition=Q(direction="in") | ~Q(kind__in=ANSWER_KINDS) | Q(in_answer_to__isnull=False),
                name="an_answer_names_what_it_answers",
            ),
            # Answers are composed by the node; a request is some person's, or nobody could be the other one.
            models.CheckConstraint(
                condition=Q(direction="in") | Q(kind__in=ANSWER_KINDS) | Q(drafted_by__isnull=False),
                name="a_request_has_a_drafter",
            ),
            models.CheckConstraint(
                condition=Q(direction="in")
                | Q(kind__in=ANSWER_KINDS)
                | Q(stage__in=("draft", "withdrawn", "superseded"))
                | Q(completed_by__isnull=False),
                name="somebody_completed_it",
            ),
            models.CheckConstraint(
                condition=Q(direction="in") | ~Q(stage="approved") | Q(approved_by__isnull=False),
                name="somebody_approved_it",
            ),
            models.CheckConstraint(
                condition=Q(direction="in")
                | Q(form="ordinary")
                | Q(form="urgent", kind__in=MAY_BE_URGENT)
                | Q(form="registry", kind=LetterKind.ACKNOWLEDGEMENT.value),
                name="form_is_open_to_the_kind",
            ),
        ]

    audit_kind = "letter"

    def __str__(self) -> str:
        return self.reference

    @property
    def audit_id(self) -> str:
        return str(self.id)


class MeasureSought(models.Model):
    """One measure that a letter asks for, and what came of it; the letter's outcome is derived from these."""

    letter = models.ForeignKey(LetterOfRequest, on_delete=models.PROTECT, related_name="measures")
    measure = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=16, default="open")
    outcome_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "position"], name="measure_position")]

    def __str__(self) -> str:
        return f"{self.measure}: {self.outcome}"


class Preservation(models.Model):
    """Expedited preservation asked for by a letter, and until when it was promised."""

    letter = models.OneToOneField(LetterOfRequest, on_delete=models.PROTECT, related_name="preservation")
    stage = models.CharField(max_length=20)
    until = models.DateField(null=True)
    answer_ct = models.BinaryField(null=True, help_text="Custodian and its reference, as JSON.")
    moved_at = models.DateTimeField()
    bound_to = models.ForeignKey(LetterOfRequest, null=True, on_delete=models.PROTECT, related_name="binds")

    audit_kind = "preservation"

    def __str__(self) -> str:
        return f"{self.stage} {self.until}"

    @property
    def audit_id(self) -> str:
        return str(self.pk)


class DueAct(models.Model):
    """What the urgent form put off: the second person, the translation, the confirmation of references."""

    letter = models.ForeignKey(LetterOfRequest, on_delete=models.PROTECT, related_name="due_acts")
    act = models.CharField(max_length=40)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "act"], name="due_act_once")]

    def __str__(self) -> str:
        return f"{self.act} by {self.due_on}"


class LetterEvidence(models.Model):
    """An evidence item that goes, or came, with a letter."""

    letter = models.ForeignKey(LetterOfRequest, on_delete=models.PROTECT, related_name="evidence")
    item = models.ForeignKey("incidents.EvidenceItem", on_delete=models.PROTECT, related_name="letters")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "position"], name="letter_evidence_position")]

    def __str__(self) -> str:
        return str(self.item_id)


class Packet(models.Model):
    """A letter and its evidence as sealed for one node; outgoing ones lie in evidence/ under ``stored_as``."""

    id = models.UUIDField(primary_key=True, editable=False)
    letter = models.OneToOneField(LetterOfRequest, on_delete=models.PROTECT, related_name="packet")
    direction = models.CharField(max_length=3, choices=DIRECTIONS)
    peer = models.ForeignKey("directory.Node", on_delete=models.PROTECT, related_name="+")
    submission = models.OneToOneField("intake.Submission", null=True, on_delete=models.PROTECT)
    stored_as = models.CharField(max_length=64, blank=True)
    key_id = models.CharField(max_length=16, help_text="The addressee's exchange key that it is sealed to.")
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    made_at = models.DateTimeField()

    audit_kind = "packet"

    def __str__(self) -> str:
        return str(self.id)

    @property
    def audit_id(self) -> str:
        return str(self.id)


class Transmission(models.Model):
    """A packet on its way; the row is the queue, back-off is ``not_before`` (DESIGN §2, truth)."""

    class Stage(models.TextChoices):
        TO_BUILD = "to_build", "waits to be packed"
        QUEUED = "queued"
        DELIVERED = "delivered"
        FAILED = "failed", "given up; a person must look"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    letter = models.OneToOneField(LetterOfRequest, on_delete=models.PROTECT, related_name="transmission")
    packet_id = models.UUIDField(unique=True, default=uuid.uuid4)
    stage = models.CharField(max_length=9, choices=Stage.choices, default=Stage.TO_BUILD)
    queued_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    last_problem = models.CharField(max_length=300, blank=True)
    delivered_at = models.DateTimeField(null=True)
    receipt = models.TextField(blank=True, help_text="The addressee's receipt, verified against its key card.")

    class Meta:
        indexes = [
            models.Index(
                fields=["queued_at"], condition=Q(stage__in=("to_build", "queued")), name="transmission_to_do"
            ),
        ]

    audit_kind = "transmission"

    def __str__(self) -> str:
        return f"{self.stage} {self.packet_id}"

    @property
    def audit_id(self) -> str:
        return str(self.id)
