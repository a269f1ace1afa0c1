"""Why an act is refused is said in the language of whoever acts."""

from collections.abc import Callable
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
from referral.services.drafting import IncompleteLetter
from referral.services.references import NotOpen
from referral.services.risks import RisksStand
from referral.services.signing import ConfirmationWithdrawn, UnverifiedReference
from scripts.translations import compile_all


@pytest.fixture(autouse=True, scope="module")
def compiled() -> None:
    compile_all(Path(settings.LOCALE_PATHS[0]))


REFUSED = [
    lambda: TransitionNotPermitted(Stage.DRAFT, Stage.SIGNED, (Stage.COMPLETE, Stage.WITHDRAWN)),
    ApprovalMissing,
    lambda: RoleMissing(Step.SIGN, frozenset({Role.SIGNER})),
    lambda: SecondPersonNeeded(Step.APPROVE, "drafted"),
    lambda: SecondPersonNeeded(Step.APPROVE, "completed"),
    lambda: SecondPersonNeeded(Step.APPROVE, "signed"),
    UrgentFormNotOpen,
    lambda: IncompleteLetter(()),
    lambda: UnverifiedReference(("gd s. 5",)),
    lambda: ConfirmationWithdrawn(("gd s. 5",)),
    lambda: RisksStand(()),
]


@pytest.mark.parametrize("language", ["es", "fr", "nl"])
@pytest.mark.parametrize("refusal", REFUSED)
def test_a_refusal_is_said_in_the_language_of_the_page(refusal: Callable[[], Exception], language: str) -> None:
    with translation.override("en"):
        english = sentence(refusal())
    with translation.override(language):
        assert sentence(refusal()) != english


def test_what_stands_in_it_is_named_as_the_pages_name_it() -> None:
    with translation.override("es"):
        said = sentence(REFUSED[0]())
    assert "Borrador" in said
    assert "draft" not in said.lower()


def test_any_other_refusal_is_said_as_it_is() -> None:
    with translation.override("es"):
        assert sentence(NotOpen("Something else.")) == "Something else."
