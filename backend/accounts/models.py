"""People, the roles they are appointed to, and sign-in."""

from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q


class Role(models.TextChoices):
    """Who acts (DESIGN §6)."""

    OFFICER = "officer"
    DUTY = "duty", "24/7 point of contact"
    PROSECUTOR = "prosecutor"
    APPROVER = "approver"
    SIGNER = "signer"
    REGISTRAR = "registrar"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class User(AbstractUser):
    """A person who signs in at the desk. What they may do follows from their appointments alone."""

    full_name = models.CharField(max_length=200, blank=True)
    must_change_password = models.BooleanField(default=False)

    audit_kind = "user"

    @property
    def audit_id(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        """How pages name the person: by the full name, by the user name where none was given."""
        return self.full_name or self.username

    def appointments_at(self, at: datetime) -> models.QuerySet["Appointment"]:
        """The appointments in force at ``at``."""
        return self.appointments.filter(valid_from__lte=at).filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at))

    def roles_at(self, at: datetime, *, authority: str | None = None) -> frozenset[str]:
        """The roles held at ``at``; empty for somebody whose account is closed.

        With the id of an authority, those held there and those held at the node without naming any. Asks nothing where
        the appointments were fetched before, as for the person of a request.
        """
        if not self.is_active:
            return frozenset()
        held = [one for one in self.appointments.all() if one.in_force(at)]
        if authority is not None:
            held = [one for one in held if one.authority_id in (None, authority)]
        return frozenset(one.role for one in held)


class Appointment(models.Model):
    """A person holds a role, in an authority where the role is one of an authority; acting ones end by themselves."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=13, choices=Role.choices)
    authority = models.ForeignKey("directory.Authority", null=True, on_delete=models.PROTECT)
    acting = models.BooleanField(default=False)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(acting=False) | Q(valid_until__isnull=False), name="acting_appointments_end"
            ),
        ]

    audit_kind = "appointment"

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"

    def in_force(self, at: datetime) -> bool:
        """Whether it has begun at ``at`` and has not ended."""
        return self.valid_from <= at and (self.valid_until is None or self.valid_until > at)

    @property
    def audit_id(self) -> str:
        return str(self.pk)
