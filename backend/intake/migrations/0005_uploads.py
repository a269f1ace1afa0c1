"""Uploads that go on after a cut."""

from typing import Any, ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_revoked")]
    operations: ClassVar[list[Any]] = []
