"""Nothing: what has arrived of an upload is told by files alone (docs/decisions/uploads.md)."""

from typing import Any, ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_revoked")]
    operations: ClassVar[list[Any]] = []
