"""Custody that the database enforces; declared-sensitive material."""

from typing import Any, ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_supplements")]
    operations: ClassVar[list[Any]] = []
