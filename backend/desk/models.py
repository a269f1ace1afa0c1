"""What the desk's processes count together: attempts at signing in, and codes that were used."""

from django.db import models


class Attempt(models.Model):
    """One entry of the cache that sign-in counts in (see attempts.py)."""

    key = models.BinaryField(primary_key=True, max_length=32, help_text="SHA-256 of the name: names hold IP addresses.")
    value = models.JSONField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="attempt_expires")]

    def __str__(self) -> str:
        return f"until {self.expires_at}"
