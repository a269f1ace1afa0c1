"""What persons do with quarantined submissions."""

from typing import Any, ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("intake", "0005_uploads")]
    operations: ClassVar[list[Any]] = []
