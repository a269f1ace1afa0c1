"""A narrative as words with their places, cut into sentences. Places are code points of the narrative as it came."""

import functools
import operator
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

    `until[i]` is the number of the first word after its sentence.
    The same as lists side by side, because a narrative of two hundred words is looked through many times.
    """

    plain: list[str]
    starts: list[int]
    ends: list[int]
    sentence: list[int]
    clause: list[int]
    until: list[int]

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
    # Where sentences and clauses end, as numbers of the word that follows; empty ones count, too.
    sentences: list[int] = []
    clauses: list[int] = []
    # Of ASCII the lower case is the plain form, and as long.
    ascii_only = text.isascii()
    for match in _TOKEN.finditer(text.lower() if ascii_only else text):
        word = match[0]
        if word not in _MARKS:
            found.append(word)
            starts.append(match.start())
        else:
            clauses.append(len(found))
            if _MARKS[word]:
                sentences.append(len(found))
    sentence, until = _numbered(sentences, len(found))
    clause, _ = _numbered(clauses, len(found))
    ends = list(map(operator.add, starts, map(len, found)))
    if not ascii_only:
        found = [word.lower() if word.isascii() else plain(word) for word in found]
    return Tokens(found, starts, ends, sentence, clause, until)


def _numbered(ends: list[int], last: int) -> tuple[list[int], list[int]]:
    """For each word the number of its stretch, and where that ends."""
    numbers: list[int] = []
    until: list[int] = []
    start = 0
    for number, end in enumerate((*ends, last)):
        if size := end - start:
            numbers += [number] * size
            until += [end] * size
            start = end
    return numbers, until
