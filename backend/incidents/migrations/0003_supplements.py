"""Supplements and retractions beside the report."""

from typing import Any, ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("incidents", "0002_reference")]
    operations: ClassVar[list[Any]] = []
