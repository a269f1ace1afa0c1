"""Incidents that share indicators; likely duplicates."""

from typing import Any, ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("incidents", "0004_custody")]
    operations: ClassVar[list[Any]] = []
