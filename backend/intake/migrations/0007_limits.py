"""Sealed bytes are kept as they are: what is encrypted does not get smaller, and trying costs more than storing it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("intake", "0006_settling")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE intake_submission ALTER COLUMN sealed SET STORAGE EXTERNAL",
            "ALTER TABLE intake_submission ALTER COLUMN sealed SET STORAGE EXTENDED",
        )
    ]
