"""What each page shows."""

import pytest
from django.urls import reverse

from tests.desk.world import World

pytestmark = pytest.mark.django_db


def test_smoke(world: World) -> None:
    for name, kwargs in [
        ("start", {}),
        ("incidents", {}),
        ("incident", {"pk": world.incident.pk}),
        ("referrals", {}),
        ("referral", {"pk": world.referral.pk}),
        ("draft_letter", {"pk": world.referral.pk}),
        ("open_referral", {"pk": world.incident.pk}),
        ("letter", {"pk": world.draft.pk}),
        ("edit_letter", {"pk": world.draft.pk}),
        ("letter_pdf", {"pk": world.draft.pk}),
        ("inbox", {}),
        ("letter", {"pk": world.received.pk}),
        ("directory", {}),
    ]:
        answer = world.client("prosecutor").get(reverse(name, kwargs=kwargs))
        assert answer.status_code == 200, name
    for name in ("quarantine", "audit", "directory", "start"):
        assert world.client("administrator").get(reverse(name)).status_code == 200
