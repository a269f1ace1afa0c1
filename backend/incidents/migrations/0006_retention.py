"""Retention, legal hold and erasure."""

from typing import Any, ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("incidents", "0005_correlation")]
    operations: ClassVar[list[Any]] = []
