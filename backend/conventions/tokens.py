"""A narrative as words with their places, cut into sentences. Places are code points of the narrative as it came."""

import functools
import re
import unicodedata
from dataclasses import dataclass

# A word may hold apostrophes; an amount of money is known by its sign; a sentence ends at punctuation before a space.
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*(?![^\W_])|[^\W_]+(?:['’][^\W_]+)*|[$€£¥₡]|[.!?…](?=[\s\"'»”)\]]|$)|[;:\n,]")
# What is no word, and whether it ends a sentence; all of it ends a clause.
_MARKS = dict.fromkeys(".!?…;\n", True) | dict.fromkeys(",:", False)


@dataclass(frozen=True, slots=True)
class Token:
    """A word in its plain form (lower case, without accents) and its place `[start, end)`."""

    plain: str
    start: int
    end: int


@dataclass(frozen=True)
class Tokens:
    """The words of a narrative: word `i` is `plain[i]` at `[starts[i], ends[i])`, in `sentence[i]` and `clause[i]`.

    The same as lists side by side, because a narrative of two hundred words is looked through many times.
    """

    plain: list[str]
    starts: list[int]
    ends: list[int]
    sentence: list[int]
    clause: list[int]

    @functools.cached_property
    def words(self) -> tuple[Token, ...]:
        """The words one by one, made when first asked for."""
        return tuple(map(Token, self.plain, self.starts, self.ends))


@functools.lru_cache(maxsize=16_384)
def plain(word: str) -> str:
    """A word in lower case and without accents, so that a typist's habits do not matter."""
    folded = word.casefold().replace("’", "'")
    if folded.isascii():
        return folded
    return "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))


def tokenise(text: str) -> Tokens:
    """The words of `text`, in order, with sentences and clauses counted."""
    found: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    sentences: list[int] = []
    clauses: list[int] = []
    sentence = clause = 0
    # Of ASCII the lower case is the plain form, and as long.
    ascii_only = text.isascii()
    for match in _TOKEN.finditer(text.lower() if ascii_only else text):
        word = match[0]
        ends_sentence = _MARKS.get(word)
        if ends_sentence is None:
            start, end = match.span()
            found.append(word)
            starts.append(start)
            ends.append(end)
            sentences.append(sentence)
            clauses.append(clause)
        else:
            clause += 1
            sentence += ends_sentence
    return Tokens(found if ascii_only else list(map(plain, found)), starts, ends, sentences, clauses)
