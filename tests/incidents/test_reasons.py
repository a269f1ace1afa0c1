"""Reasons of a quarantine in the reader's language, from the English that is kept."""

import pytest
from django.utils import translation

from backend.incidents import reasons
from backend.incidents.setting_aside import Quarantine


@pytest.mark.parametrize("language", ["es", "fr", "nl"])
@pytest.mark.parametrize(
    "name", [name for name, value in vars(reasons).items() if name.isupper() and isinstance(value, str)]
)
def test_every_reason_of_ours_is_said_in_every_language(name: str, language: str) -> None:
    kept = str(Quarantine(getattr(reasons, name), most=7, times=8, failure="KeyError"))
    with translation.override(language):
        assert reasons.shown(kept) != kept
        assert "%(" not in reasons.shown(kept)


def test_what_stood_in_its_places_stays() -> None:
    kept = str(Quarantine(reasons.FAILED, times=8, failure="ValueError <- 100% (odd)"))
    assert kept == "failed 8 times (ValueError <- 100% (odd))"
    with translation.override("es"):
        assert reasons.shown(kept) == "falló 8 veces (ValueError <- 100% (odd))"
    with translation.override("en"):
        assert reasons.shown(kept) == kept


@pytest.mark.parametrize("kept", ["", "100% (else)", "report: 'x' is none of ours", "failed 8 times"])
def test_any_other_reason_is_shown_as_it_was_kept(kept: str) -> None:
    assert str(Quarantine(kept)) == kept
    with translation.override("nl"):
        assert reasons.shown(kept) == kept
