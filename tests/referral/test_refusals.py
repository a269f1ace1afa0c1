"""Why an act is refused is said in the language of whoever acts."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from referral.letters.acting import Step
from referral.letters.stages import Role, Stage
from referral.lifecycle import (
    ApprovalMissing,
    RoleMissing,
    SecondPersonNeeded,
    TransitionNotPermitted,
    UrgentFormNotOpen,
)
from referral.problems import sentence
from referral.services.answering import NotAnswerable
from referral.services.contents import NoLegalBasis
from referral.services.drafting import IncompleteLetter
from referral.services.signing import ConfirmationWithdrawn, UnverifiedReference
from scripts.translations import compile_all


@pytest.fixture(autouse=True, scope="module")
def compiled() -> None:
    compile_all(Path(settings.LOCALE_PATHS[0]))


REFUSED = [
    TransitionNotPermitted(Stage.DRAFT, Stage.SIGNED, (Stage.COMPLETE, Stage.WITHDRAWN)),
    ApprovalMissing(),
    RoleMissing(Step.SIGN, frozenset({Role.SIGNER})),
    *(SecondPersonNeeded(Step.APPROVE, earlier) for earlier in ("drafted", "completed", "signed")),
    UrgentFormNotOpen(),
    IncompleteLetter(()),
    UnverifiedReference(("gd s. 5",)),
    ConfirmationWithdrawn(("gd s. 5",)),
    NotAnswerable(f"The day {date(2026, 1, 2)} has passed; name the day until which the data are preserved."),
    NoLegalBasis(
        "No instrument of the data carries the measure search from gd to cr on 2026-01-02; see `comity basis` for what "
        "remains."
    ),
]


@pytest.mark.parametrize("language", ["es", "fr", "nl"])
@pytest.mark.parametrize("refusal", REFUSED, ids=lambda refusal: type(refusal).__name__)
def test_a_refusal_is_said_in_the_language_of_the_page(refusal: Exception, language: str) -> None:
    with translation.override(language):
        assert sentence(refusal) != str(refusal)


def test_what_stands_in_it_is_named_as_the_pages_name_it() -> None:
    with translation.override("es"):
        said = sentence(REFUSED[0])
    assert "Borrador" in said
    assert "Draft" not in said
    assert "draft" not in said


def test_any_other_refusal_is_said_as_it_is() -> None:
    with translation.override("es"):
        assert sentence(NotAnswerable("Something else.")) == "Something else."
