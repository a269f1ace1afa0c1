"""Submissions of a device that was revoked are taken and set aside."""

from typing import Any, ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_receipts")]
    operations: ClassVar[list[Any]] = []
