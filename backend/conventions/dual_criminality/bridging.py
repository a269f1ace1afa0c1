"""From what a narrative and an officer's answers establish to conduct in shared concepts."""

from collections.abc import Iterable, Mapping

from backend.conventions.catalogue import Catalogue, shipped
from backend.conventions.classification.answer import Classification, Standing
from backend.conventions.classification.bearings import DECIDED, table
from backend.conventions.dual_criminality.answer import Conduct
from backend.conventions.dual_criminality.meanings import Meaning, Place, meanings
from backend.conventions.dual_criminality.stating import state
from backend.conventions.dual_criminality.vocabulary import Vocabulary, vocabulary
from backend.conventions.errors import BadQuestion, UnknownName


def conduct_of(
    classification: Classification | None = None,
    answers: Mapping[str, str] | None = None,
    *,
    offences: Iterable[str] | None = None,
    catalogue: Catalogue | None = None,
) -> Conduct:
    """The conduct that a classification and the officer's answers (question id to yes, no, unknown) establish.

    `offences` are the codes decided: only their elements are taken of the classification (None: of all found).
    Established elements count; indicated ones do not. An element that an answer contradicts is absent, one that only
    the narrative denies is left unstated. What one source shows and another denies is disputed and counts for nothing.
    Raises UnknownName for an offence, question or answer that the data do not know.
    """
    law = catalogue or shipped()
    codes = None if offences is None else set(offences)
    for code in sorted(codes or ()):
        law.offence(code)
    shown, denied = _of_answers(law, answers or {})
    for offence in classification.offences if classification else ():
        if codes is None or offence.code in codes:
            for element in offence.elements:
                if element.standing is Standing.ESTABLISHED:
                    shown.add((offence.code, element.id))
                elif element.standing is Standing.CONTRADICTED and element.facts:
                    denied.add((offence.code, element.id))
    known = meanings(law)
    return _settled(
        [known[place] for place in sorted(shown) if place in known],
        [known[place] for place in sorted(denied) if place in known],
        vocabulary(law),
    )


def _of_answers(law: Catalogue, answers: Mapping[str, str]) -> tuple[set[Place], set[Place]]:
    shown, denied = set[Place](), set[Place]()
    for fact, answer in answers.items():
        if fact not in law.facts:
            raise UnknownName("question", fact, law.facts, "use an id of facts.yaml")
        if answer not in (*DECIDED, "unknown"):
            raise UnknownName("answer", str(answer), (*DECIDED, "unknown"), f"correct the answer to {fact!r}")
        if answer in DECIDED:
            for_it, against = table(law).strong(fact, answer)
            shown |= for_it
            denied |= against
    return shown, denied


def _settled(shown: list[Meaning], denied: list[Meaning], words: Vocabulary) -> Conduct:
    established = frozenset[str]().union(*(meaning.all_of for meaning in shown))
    # That not all of several concepts are true does not say which of them is false.
    absent = frozenset[str]().union(
        *(meaning.all_of for meaning in denied if len(meaning.all_of) == 1), *(meaning.one_of for meaning in denied)
    )
    disputed = {one for one in established for other in absent if other in words.wider[one]}
    disputed |= {other for other in absent if any(other in words.wider[one] for one in established)}
    disputed |= {one for one in established if _clashes(one, established, words)}
    choices = frozenset(meaning.one_of for meaning in shown if meaning.one_of and not meaning.one_of & disputed)
    return _consistent(Conduct(established - disputed, absent - disputed, choices, frozenset(disputed)), words)


def _clashes(one: str, established: frozenset[str], words: Vocabulary) -> bool:
    excluded = {other for wide in words.wider[one] for other in words.disjoint[wide]}
    return any(words.wider[other] & excluded for other in established)


def _consistent(conduct: Conduct, words: Vocabulary) -> Conduct:
    """The conduct, without exclusions and choices where together they contradict what is established."""
    try:
        state(conduct, words)
    except BadQuestion:
        dropped = conduct.absent.union(*conduct.one_of)
        return Conduct(conduct.established - dropped, disputed=conduct.disputed | dropped)
    return conduct
