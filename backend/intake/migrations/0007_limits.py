"""Rates and quick questions of the edge."""

from typing import Any, ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("intake", "0006_settling")]
    operations: ClassVar[list[Any]] = []
