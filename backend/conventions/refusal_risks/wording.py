"""Words of the draft that a rule looks for: phrases as in the cue files, found in the language of each text."""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence

from backend.conventions.classification.phrases import Index
from backend.conventions.errors import UnknownName
from backend.conventions.refusal_risks.draft import Draft
from backend.conventions.refusal_risks.finding import Found
from backend.conventions.schema.risks import LegalTerm
from backend.conventions.schema.states import State
from backend.conventions.tokens import plain, tokenise

_NEAR = 160  # code points after a term in which its explanation has to begin
_Lists = Mapping[str, dict[str, tuple[str, ...]]]


class Wording:
    """The lists of terms, each made ready when first asked for."""

    def __init__(
        self, terms: _Lists, explained: Mapping[str, tuple[str, ...]], legal_terms: Sequence[LegalTerm]
    ) -> None:
        self.terms = terms
        self.explained = explained
        self.legal_terms = tuple(legal_terms)
        self._made: dict[tuple[str, ...], Index] = {}

    def find(self, draft: Draft, fields: Sequence[str], lists: Sequence[str]) -> Iterator[Found]:
        """Every place in the fields where a term of the lists stands. Raises UnknownName for a list that is none."""
        for name in lists:
            if name not in self.terms:
                raise UnknownName("list of terms", name, self.terms, "add it to a risk file, under `terms`")
        for field in fields:
            for place, language, text in draft.words(field):
                phrases = tuple(phrase for name in lists for phrase in _phrases(self.terms[name], language))
                yield from self._in(text, phrases, field, place, language)

    def has(self, draft: Draft, fields: Sequence[str], lists: Sequence[str]) -> bool:
        """Whether a term of the lists stands in one of the fields. Raises UnknownName for a list that is none."""
        return next(self.find(draft, fields, lists), None) is not None

    def unexplained(self, draft: Draft, fields: Sequence[str], requested: State) -> Iterator[Found]:
        """Terms of a legal system that the requested State does not know, and that no explanation follows."""
        for term in self.legal_terms:
            if {requested.code, requested.legal_system} & set(term.known_to):
                continue
            for field in fields:
                for place, language, text in draft.words(field):
                    for found in self._in(text, _phrases(term.words, language), field, place, language):
                        if not self._explained(text[found.end : found.end + _NEAR], language):
                            yield found

    def _explained(self, following: str, language: str | None) -> bool:
        if re.match(r"[\s»”\"']*\(", following):
            return True
        return any(True for _ in self._in(following, _phrases(self.explained, language), "", 0, language))

    def _in(self, text: str, phrases: tuple[str, ...], field: str, place: int, language: str | None) -> Iterator[Found]:
        if not phrases:
            return
        if phrases not in self._made:
            self._made[phrases] = Index.of(phrases)
        tokens = tokenise(text)
        for found in self._made[phrases].find(tokens):
            start, end = tokens.starts[found.first], tokens.ends[found.last - 1]
            yield Found(field, place, language, text[start:end], start, end)


def _phrases(by_language: Mapping[str, tuple[str, ...]], language: str | None) -> tuple[str, ...]:
    """The phrases of a language; of every one for a text that is in none, such as a name."""
    if language is None:
        return tuple(dict.fromkeys(phrase for phrases in by_language.values() for phrase in phrases))
    return by_language.get(language, ())


def plain_text(text: str) -> str:
    """`plain` of more than a word, letter by letter: its cache of words is not to keep what a letter says."""
    return "".join(map(plain, text))


@functools.lru_cache(maxsize=256)
def _name(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(plain(name))}(?!\w)")


def names(text: str, name: str) -> bool:
    """Whether the text has the name, as a word; accents and capitals do not matter."""
    return place_of(text, name) is not None


def place_of(text: str, name: str) -> tuple[int, int] | None:
    """Where the text first has the name as a word: `[start, end)` in its code points; None where it does not."""
    found = _name(name).search(plain_text(text))
    if found is None:
        return None
    # The plain form may be shorter or longer: a combining accent goes, "ß" becomes two letters.
    origins = [place for place, letter in enumerate(text) for _ in plain(letter)]
    return origins[found.start()], origins[found.end() - 1] + 1
