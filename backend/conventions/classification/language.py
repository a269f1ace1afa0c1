"""In which language, or languages, a narrative is written: by its commonest small words."""

import functools

from backend.conventions.catalogue import Catalogue
from backend.conventions.tokens import Tokens

# A second language counts when it has at least this share of the marks of the first.
_SHARE = 0.5


def languages(catalogue: Catalogue, tokens: Tokens) -> tuple[str, ...]:
    """The languages of the narrative, the main one first; English where nothing tells."""
    known = _marks(catalogue)
    counts: dict[int, dict[str, int]] = {}
    for place, marked in enumerate(map(known.get, tokens.plain)):
        if marked:
            of_sentence = counts.setdefault(tokens.sentence[place], {})
            for language in marked:
                of_sentence[language] = of_sentence.get(language, 0) + 1
    total = {language: sum(row.get(language, 0) for row in counts.values()) for language in catalogue.cue_languages}
    most = max(total.values(), default=0)
    if most == 0:
        return ("en",)
    found = {language for language, count in total.items() if count >= _SHARE * most}
    for row in counts.values():
        found |= _missed(row, found)
    return tuple(sorted(found, key=lambda language: (-total[language], language)))


@functools.lru_cache(maxsize=8)
def _marks(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """For each small word the languages that it marks."""
    found: dict[str, tuple[str, ...]] = {}
    for language in catalogue.cue_languages:
        for word in frozenset(catalogue.cues(language).marks):
            found[word] = (*found.get(word, ()), language)
    return found


def _missed(sentence: dict[str, int], found: set[str]) -> set[str]:
    """The languages of a sentence that is in none of those found: one sentence of another is read too."""
    best = {language for language, count in sentence.items() if count == max(sentence.values())}
    return set() if best & found else best
