"""Nodes, authorities, 24/7 contact points, their keys and validity (DESIGN §5).

What the law data does not know (who sits where, by which number) lives here, kept by people of this node.
"""

from django.db import models
from django.db.models import Q


class Node(models.Model):
    """A node as its key card shows it; this node itself is the row with ``own``."""

    id = models.CharField(primary_key=True, max_length=16)
    state = models.CharField(max_length=2)
    own = models.BooleanField(default=False)
    card = models.BinaryField(help_text="The key card as signed by the node's identity key.")
    identity_key = models.CharField(max_length=160)
    transport_key = models.CharField(max_length=160)
    transport_fingerprint = models.CharField(max_length=64, unique=True)
    log_key = models.CharField(max_length=160)
    exchange_recipient = models.TextField()
    exchange_key_id = models.CharField(max_length=16)
    edge_url = models.CharField(max_length=300)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    imported_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=200, blank=True, help_text="Who compared the fingerprint words.")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["own"], condition=Q(own=True), name="one_own_node"),
        ]

    audit_kind = "node"

    def __str__(self) -> str:
        return self.id

    @property
    def audit_id(self) -> str:
        return self.id


class PublishedKey(models.Model):
    """The public half of an intake or exchange key of this node, with the statement that publishes it."""

    class Kind(models.TextChoices):
        INTAKE = "intake"
        EXCHANGE = "exchange"

    key_id = models.CharField(primary_key=True, max_length=16)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    recipient = models.TextField()
    statement = models.BinaryField(help_text="Signed by the identity key (crypto/SPEC.md, intake-key statement).")
    seal_from = models.DateTimeField()
    seal_until = models.DateTimeField()
    withdrawn_at = models.DateTimeField(
        null=True, help_text="Rotated or lost: from then on nothing sealed to it is accepted."
    )
    # Set by the database's destroy_key() alone, which knows when that may be; its private half goes after that.
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "seal_from"], name="published_key_kind")]
        constraints = [
            models.CheckConstraint(
                condition=Q(seal_until__gt=models.F("seal_from")), name="seal_until_after_seal_from"
            ),
        ]

    audit_kind = "published-key"

    def __str__(self) -> str:
        return f"{self.kind} {self.key_id}"

    @property
    def audit_id(self) -> str:
        return self.key_id


class Authority(models.Model):
    """An authority that may send, receive or sign letters: an office, never a person."""

    class Kind(models.TextChoices):
        CENTRAL = "central"
        COMPETENT = "competent"
        CONTACT_POINT = "24-7"
        DIPLOMATIC = "diplomatic"

    id = models.CharField(primary_key=True, max_length=64)
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="authorities")
    state = models.CharField(max_length=2)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=300)
    exercise = models.BooleanField(default=False, help_text="Not a real office: marked EXERCISE wherever it is shown.")
    certificate_pem = models.TextField(blank=True)
    certificate_sha256 = models.CharField(max_length=64, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=200, blank=True)
    confirmed_source = models.CharField(max_length=300, blank=True, help_text="The source that the person saw.")

    class Meta:
        verbose_name_plural = "authorities"

    audit_kind = "authority"

    def __str__(self) -> str:
        return self.title

    @property
    def audit_id(self) -> str:
        return self.id


class ContactPoint(models.Model):
    """How an authority is reached round the clock; office numbers only, tested by people of this node."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="contact_points")
    phone = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=200, blank=True)
    hours = models.CharField(max_length=100, blank=True)
    last_tested_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.authority_id} {self.hours}"
