"""Custody that the database keeps, whoever asks: no content without an event, no sensitive item without two persons."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import migrations, models
from django.db.models import PROTECT, Q

from backend.incidents.migrations._custody import CHAIN, ITEMS, RELEASES, UNDO

SENSITIVITIES = [("none", "not sensitive"), ("intimate-image", "intimate image"), ("abuse-material", "abuse material")]
ACTS = [("received", "received"), ("read", "read"), ("readdressed", "re-addressed"), ("returned", "returned")]
# What was only called sensitive counts as what is guarded most.
DECLARED = "UPDATE incidents_evidenceitem SET sensitivity = 'abuse-material' WHERE sensitive"
UNDECLARED = "UPDATE incidents_evidenceitem SET sensitive = true WHERE sensitivity <> 'none'"
KEYS = """
INSERT INTO incidents_evidencekey (item_id, file_key_ct)
    SELECT id, file_key_ct FROM incidents_evidenceitem WHERE file_key_ct IS NOT NULL;
"""
KEYS_BACK = "UPDATE incidents_evidenceitem i SET file_key_ct = k.file_key_ct FROM incidents_evidencekey k WHERE k.item_id = i.id"
# Events of before name one side only; the other was this node.
BOTH_SIDES = """
ALTER TABLE incidents_custodyevent DISABLE TRIGGER custody_is_final;
UPDATE incidents_custodyevent SET went_to = 'node ' || (SELECT id FROM directory_node WHERE own) WHERE went_to = '';
UPDATE incidents_custodyevent SET came_from = 'node ' || (SELECT id FROM directory_node WHERE own) WHERE came_from = '';
ALTER TABLE incidents_custodyevent ENABLE TRIGGER custody_is_final;
"""


def _one(model: str, name: str) -> models.OneToOneField:  # type: ignore[type-arg]
    return models.OneToOneField(
        on_delete=PROTECT, primary_key=True, related_name=name, serialize=False, to=f"incidents.{model}"
    )


def _user() -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0003_supplements"),
        ("directory", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar[list[Any]] = [
        migrations.AddField(
            "evidenceitem",
            "sensitivity",
            models.CharField(choices=SENSITIVITIES, default="none", max_length=14),
        ),
        migrations.RunSQL(DECLARED, UNDECLARED),
        migrations.RemoveField("evidenceitem", "sensitive"),
        migrations.AddConstraint(
            "evidenceitem",
            models.CheckConstraint(
                condition=Q(sensitivity__in=("none", "intimate-image", "abuse-material")),
                name="sensitivity_is_declared_in_known_words",
            ),
        ),
        migrations.CreateModel(
            "EvidenceKey",
            [("item", _one("evidenceitem", "file_key")), ("file_key_ct", models.BinaryField())],
        ),
        migrations.RunSQL(KEYS, KEYS_BACK),
        migrations.RemoveField("evidenceitem", "file_key_ct"),
        migrations.CreateModel(
            "ContentOpening", [("event", _one("custodyevent", "opening")), ("at", models.DateTimeField())]
        ),
        migrations.CreateModel(
            "Release",
            [
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "item",
                    models.ForeignKey(on_delete=PROTECT, related_name="releases", to="incidents.evidenceitem"),
                ),
                ("went_to", models.CharField(max_length=200)),
                (
                    "letter",
                    models.CharField(
                        blank=True, help_text="Reference of the letter with which it may go.", max_length=40
                    ),
                ),
                ("basis_ct", models.BinaryField(help_text="By which law, order or consent.")),
                ("proposed_at", models.DateTimeField()),
                ("proposed_by", _user()),
            ],
            options={
                "ordering": ["proposed_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=(Q(went_to__startswith="node ") & ~Q(letter=""))
                        | (Q(went_to__startswith="person ") & Q(letter="")),
                        name="release_is_to_a_node_by_letter_or_to_a_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            "ReleaseDecision",
            [
                ("release", _one("release", "decision")),
                (
                    "outcome",
                    models.CharField(choices=[("approved", "approved"), ("refused", "refused")], max_length=8),
                ),
                ("reason_ct", models.BinaryField()),
                ("decided_at", models.DateTimeField()),
                ("decided_by", _user()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(outcome__in=("approved", "refused")), name="release_is_approved_or_refused"
                    ),
                ],
            },
        ),
        migrations.RunSQL(BOTH_SIDES, ""),
        migrations.AddField(
            "custodyevent",
            "letter",
            models.CharField(
                blank=True, default="", help_text="Reference of the letter with which it goes.", max_length=40
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "custodyevent",
            "note_ct",
            models.BinaryField(help_text="What the reader says of the purpose.", null=True),
        ),
        migrations.AddField(
            "custodyevent",
            "release",
            models.OneToOneField(null=True, on_delete=PROTECT, related_name="used_by", to="incidents.release"),
        ),
        migrations.AlterField("custodyevent", "act", models.CharField(choices=ACTS, max_length=12)),
        migrations.AlterField("custodyevent", "came_from", models.CharField(max_length=200)),
        migrations.AlterField("custodyevent", "went_to", models.CharField(max_length=200)),
        migrations.AddConstraint(
            "custodyevent",
            models.CheckConstraint(
                condition=~(Q(by_role="") | Q(by_id="") | Q(came_from="") | Q(went_to="") | Q(reason="")),
                name="custody_says_who_why_whence_and_whither",
            ),
        ),
        migrations.RunSQL(CHAIN + ITEMS + RELEASES, UNDO),
    ]
