"""Custody that the database enforces; declared-sensitive material."""

from typing import Any, ClassVar

from django.db import migrations, models

SENSITIVITIES = [("none", "not sensitive"), ("intimate-image", "intimate image"), ("abuse-material", "abuse material")]
# What was only called sensitive counts as what is guarded most.
DECLARED = "UPDATE incidents_evidenceitem SET sensitivity = 'abuse-material' WHERE sensitive"
UNDECLARED = "UPDATE incidents_evidenceitem SET sensitive = true WHERE sensitivity <> 'none'"


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_supplements")]
    operations: ClassVar[list[Any]] = [
        migrations.AddField(
            "evidenceitem",
            "sensitivity",
            models.CharField(choices=SENSITIVITIES, default="none", max_length=14),
        ),
        migrations.RunSQL(DECLARED, UNDECLARED),
        migrations.RemoveField("evidenceitem", "sensitive"),
    ]
