"""Keys that are taken back ahead of their time: rotated, or lost."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]
    operations = [
        migrations.AddField(
            "publishedkey",
            "withdrawn_at",
            models.DateTimeField(
                help_text="Rotated or lost: from then on nothing sealed to it is accepted.", null=True
            ),
        ),
    ]
