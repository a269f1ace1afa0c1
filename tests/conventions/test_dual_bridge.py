"""From a narrative, an officer's answers, or an article to conduct in shared concepts."""

import itertools

import pytest

from backend.conventions import classification
from backend.conventions.catalogue import shipped
from backend.conventions.classification.answer import Classification, ElementStanding, OffenceFound, Standing
from backend.conventions.dual_criminality import Conduct, Verdict, assess
from backend.conventions.dual_criminality.bridging import conduct_of
from backend.conventions.dual_criminality.meanings import meanings, typical
from backend.conventions.dual_criminality.origin import start
from backend.conventions.dual_criminality.stating import state
from backend.conventions.dual_criminality.vocabulary import vocabulary
from backend.conventions.errors import UnknownName

WORDS = vocabulary(shipped())


def found(offence: str, *elements: tuple[str, Standing], facts: tuple[str, ...] = ("a-question",)) -> Classification:
    """A classification that found one offence with these elements."""
    rows = tuple(ElementStanding(name, "", "conduct", True, None, standing, (), facts) for name, standing in elements)
    return Classification(("en",), (offence,), (), (OffenceFound(offence, "", 1.0, (), (), rows),), ())


def test_established_elements_become_all_their_concepts() -> None:
    told = found("illegal-interception", ("interception", Standing.ESTABLISHED), ("intent", Standing.ESTABLISHED))
    assert conduct_of(told) == Conduct(frozenset({"interception", "technical-means", "intent"}))


def test_indicated_and_open_elements_are_not_stated() -> None:
    told = found("illegal-access", ("access-to-system", Standing.INDICATED), ("intent", Standing.OPEN))
    assert conduct_of(told) == Conduct()


def test_an_element_that_says_one_of_several_adds_none_of_them_and_is_kept_as_a_choice() -> None:
    told = found("misuse-of-devices", ("device-or-code", Standing.ESTABLISHED))
    made = conduct_of(told)
    assert made.established == frozenset()
    assert made.one_of == {frozenset({"access-code", "device-or-program"})}


def test_an_element_that_an_answer_contradicts_is_absent_and_one_that_only_words_deny_is_not() -> None:
    element = ("access-to-system", Standing.CONTRADICTED)
    assert conduct_of(found("illegal-access", element)).absent == {"access-gained"}
    assert conduct_of(found("illegal-access", element, facts=())) == Conduct()


def test_that_not_all_of_several_concepts_are_true_excludes_none_of_them() -> None:
    assert conduct_of(found("illegal-interception", ("interception", Standing.CONTRADICTED))) == Conduct()


def test_only_the_offences_decided_count() -> None:
    told = found("illegal-access", ("access-to-system", Standing.ESTABLISHED))
    assert conduct_of(told, offences=["illegal-access"]).established == {"access-gained"}
    assert conduct_of(told, offences=["csam"]) == Conduct()
    with pytest.raises(UnknownName, match="unknown offence"):
        conduct_of(told, offences=["hacking"])


def test_answers_of_the_officer_establish_and_exclude() -> None:
    made = conduct_of(answers={"security-bypassed": "yes", "property-lost": "no", "demand-made": "unknown"})
    assert "security-measure-infringed" in made.established
    assert "loss-of-property" in made.absent
    assert not made.established & {"demand-made"}


@pytest.mark.parametrize("answers", [{"no-such-question": "yes"}, {"property-lost": "perhaps"}])
def test_an_unknown_question_or_answer_is_refused(answers: dict[str, str]) -> None:
    with pytest.raises(UnknownName):
        conduct_of(answers=answers)


def test_what_one_source_shows_and_another_denies_is_disputed_and_counts_for_nothing() -> None:
    told = found("illegal-access", ("access-to-system", Standing.ESTABLISHED))
    denied = found("illegal-access", ("access-to-system", Standing.CONTRADICTED))
    both = Classification(("en",), (), (), (*told.offences, *denied.offences), ())
    made = conduct_of(both)
    assert (made.established, made.absent, made.disputed) == (frozenset(), frozenset(), frozenset({"access-gained"}))


def test_any_two_answers_give_a_conduct_that_can_be_compared() -> None:
    for one, two in itertools.combinations(shipped().facts, 2):
        for given in (("yes", "yes"), ("yes", "no"), ("no", "yes")):
            state(conduct_of(answers=dict(zip((one, two), given, strict=True))), WORDS)


def test_a_narrative_leads_to_an_answer() -> None:
    told = classification.classify(
        "Someone got into our mail server without permission and deleted the files.",
        facts={"entered-without-right": "yes"},
    )
    made = conduct_of(told)
    assert {"access-gained", "without-right"} <= made.established
    answer = assess(made, "gd", "co", offence="illegal-access")
    assert answer.verdict is Verdict.UNKNOWN
    assert "intent" in answer.to_settle


def test_every_element_of_every_instrument_has_a_meaning() -> None:
    known = meanings(shipped())
    listed = {(a.offence, e.id) for i in shipped().instruments() for a in i.offences for e in a.elements}
    assert listed - set(known) == set()


@pytest.mark.parametrize("offence", list(shipped().offences))
def test_what_an_article_requires_is_a_conduct_without_contradiction(offence: str) -> None:
    required = typical(shipped(), offence)
    assert required.conduct.established or required.conduct.one_of
    state(required.conduct, WORDS)
    assert (required.article is None) == (offence == "cyber-extortion")


def test_a_treaty_is_taken_before_a_model_law() -> None:
    article = typical(shipped(), "illegal-access").article
    assert article is not None
    assert (article.source, article.ref) == ("budapest", "Art. 2")


def test_what_is_excluded_is_taken_out_of_what_an_article_requires() -> None:
    whole, origin = start(shipped(), "illegal-access")
    assert (origin.kind, "intent" in whole.established) == ("instrument", True)
    less, origin = start(shipped(), "illegal-access", absent=["intent"])
    assert (origin.kind, "intent" in less.established, less.absent) == ("adjusted", False, {"intent"})
    facts, origin = start(shipped(), "illegal-access", ["access-gained"])
    assert (origin.kind, facts) == ("stated", Conduct(frozenset({"access-gained"})))
    with pytest.raises(UnknownName, match="unknown concept"):
        start(shipped(), "illegal-access", absent=["hacking"])
