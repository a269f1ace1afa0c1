"""A narrative as words with their places, cut into sentences. Places are code points of the narrative as it came."""

import functools
import re
import unicodedata
from dataclasses import dataclass

# A word may hold apostrophes; an amount of money is known by its sign; a sentence ends at punctuation before a space.
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*(?![^\W_])|[^\W_]+(?:['’][^\W_]+)*|[$€£¥₡]|[.!?…](?=[\s\"'»”)\]]|$)|[;:\n,]")
_ENDS = frozenset(".!?…;\n")
_PAUSES = frozenset(",:")


@dataclass(frozen=True, slots=True)
class Token:
    """A word in its plain form (lower case, without accents) and its place `[start, end)`."""

    plain: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a narrative. `sentence[i]` is the number of the sentence and `clause[i]` that of the clause."""

    words: tuple[Token, ...]
    sentence: tuple[int, ...]
    clause: tuple[int, ...]


@functools.lru_cache(maxsize=16_384)
def plain(word: str) -> str:
    """A word in lower case and without accents, so that a typist's habits do not matter."""
    folded = word.casefold().replace("’", "'")
    if folded.isascii():
        return folded
    return "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))


def tokenise(text: str) -> Tokens:
    """The words of `text`, in order, with sentences and clauses counted."""
    words: list[Token] = []
    sentences: list[int] = []
    clauses: list[int] = []
    sentence = clause = 0
    for match in _TOKEN.finditer(text):
        found = match[0]
        if found in _ENDS:
            sentence += 1
            clause += 1
        elif found in _PAUSES:
            clause += 1
        else:
            words.append(Token(plain(found), match.start(), match.end()))
            sentences.append(sentence)
            clauses.append(clause)
    return Tokens(tuple(words), tuple(sentences), tuple(clauses))
