"""Elements of a large XML file one after the other, in bounded memory, without entities.

expat itself, because its events carry line numbers and its handlers let a document type be refused where it begins: no
DTD, so no entity beyond the five of XML, none of them external, nothing fetched.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from backend.cli.importing.rows import LONGEST_ROW, BadRow, Unreadable

PIECE = 64 * 1024
DEEPEST = 32


@dataclass
class Element:
    """An element without its name space; `taken` says whether its text has gone into a report."""

    name: str
    line: int
    attributes: dict[str, str]
    text: str = ""
    children: list["Element"] = field(default_factory=list)
    taken: bool = False

    def all(self, *path: str) -> list["Element"]:
        """The elements under this path, in order."""
        found = [self]
        for name in path:
            found = [child for one in found for child in one.children if child.name == name]
        return found

    def take(self, *path: str) -> str | None:
        """The text of the first element under this path, which counts as taken."""
        return next(iter(self.take_all(*path)), None)

    def take_all(self, *path: str) -> list[str]:
        """The texts of all elements under this path, which count as taken; those without text are left out."""
        found = [one for one in self.all(*path) if one.text]
        for one in found:
            one.taken = True
        return [one.text for one in found]

    def left(self, above: str = "") -> Iterator[tuple[str, str]]:
        """Path and text of what nobody took."""
        path = f"{above}{self.name}"
        if self.text and not self.taken:
            yield path, self.text
        for child in self.children:
            yield from child.left(f"{path}/")


def elements(source: BinaryIO, name: str) -> Iterator[Element | BadRow]:
    """Each element of this name, complete; a BadRow for one that is too large or too deep.

    Raises Unreadable where the file is no XML, or has a document type: what follows cannot be read then.
    """
    reading = _Reading(name)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    parser.StartDoctypeDeclHandler = reading.refuse
    parser.EntityDeclHandler = reading.refuse
    reading.parser = parser
    ended = False
    while not ended:
        piece = source.read(PIECE)
        ended = not piece
        try:
            parser.Parse(piece, ended)
        except expat.ExpatError as wrong:
            yield from reading.hand_over()
            raise Unreadable(
                f"From line {wrong.lineno} on the file is no well-formed XML ({expat.errors.messages[wrong.code]}); "
                "mend it there and run the same command again."
            ) from None
        yield from reading.hand_over()


class _Reading:
    """The elements that are open; finished ones wait to be handed over."""

    def __init__(self, name: str) -> None:
        self.parser: expat.XMLParserType
        self._name = name
        self._open: list[Element] = []
        self._size = 0
        self._deeper = 0
        self._wrong: str | None = None
        self._done: list[Element | BadRow] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if not self._open and name != self._name:
            return
        if len(self._open) >= DEEPEST:
            self._deeper += 1
            self._wrong = f"The element is nested more than {DEEPEST} deep."
            return
        if not self._open:
            self._size, self._wrong = 0, None
        element = Element(name, self.parser.CurrentLineNumber, attributes)
        self._count(len(name) + sum(len(key) + len(value) for key, value in attributes.items()) + 64)
        if self._open and not self._wrong:
            self._open[-1].children.append(element)
        self._open.append(element)

    def end(self, _name: str) -> None:
        if not self._open or self._deeper:
            self._deeper = max(0, self._deeper - 1)
            return
        element = self._open.pop()
        element.text = element.text.strip()
        if not self._open:
            self._done.append(BadRow(element.line, self._wrong) if self._wrong else element)

    def text(self, text: str) -> None:
        if self._open:
            self._count(len(text))
            if not self._wrong:
                self._open[-1].text += text

    def refuse(self, *_declared: object) -> None:
        raise Unreadable(
            f"Line {self.parser.CurrentLineNumber} declares a document type or an entity, which none of these files "
            "needs; take it out and run the same command again."
        )

    def hand_over(self) -> Iterator[Element | BadRow]:
        done, self._done = self._done, []
        yield from done

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > LONGEST_ROW:
            self._wrong = f"The element is larger than {LONGEST_ROW} characters."
