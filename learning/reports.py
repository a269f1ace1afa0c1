"""The narratives and sentences of `narratives/`, as people wrote them; narratives/README.md tells the format."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "narratives"
NONE = "none"
_HEAD = re.compile(r"(gold|also|not|indicators):\s*(.*)$")
_MARK = re.compile(r"\{([^{}|]+)\|([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Passage:
    """A marked passage: the mark and its place `[start, end)` in the text."""

    mark: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Report:
    """A narrative with its labels. `gold` is empty where it is no cybercrime; `also` are neither right nor wrong."""

    id: str
    text: str
    gold: frozenset[str]
    also: frozenset[str]
    traps: frozenset[str]
    passages: tuple[Passage, ...]

    @property
    def language(self) -> str:
        """The language, by the beginning of the id."""
        return self.id[:2]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A single sentence that shows the marks; none where it only seems to."""

    text: str
    marks: tuple[str, ...]


def reports(part: str) -> list[Report]:
    """The narratives of `working`, `apart` or `held-out`, in the order of the files."""
    return [report for path in sorted((FOLDER / part).glob("*.txt")) for report in _reports(path)]


def sentences() -> list[Sentence]:
    """All single sentences."""
    found = []
    for path in sorted((FOLDER / "sentences").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            keys, bar, text = line.partition("|")
            if bar and text.strip():
                marks = tuple(key.strip() for key in keys.split("+"))
                found.append(Sentence(text.strip(), () if marks == ("other",) else marks))
    return found


def digest() -> str:
    """The SHA-256 of everything from which is learned."""
    whole = hashlib.sha256()
    for part in ("sentences", "working", "apart"):
        for path in sorted((FOLDER / part).glob("*.txt")):
            whole.update(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {part}/{path.name}\n".encode())
    return whole.hexdigest()


def _reports(path: Path) -> Iterator[Report]:
    for block in re.split(r"(?m)^## ", path.read_text(encoding="utf-8"))[1:]:
        name, *lines = block.split("\n")
        labels: dict[str, frozenset[str]] = {}
        told: list[str] = []
        for line in lines:
            head = _HEAD.match(line)
            if head and not told:
                labels[head[1]] = frozenset(part.strip() for part in head[2].split(",") if part.strip())
            elif line.strip():
                told.append(line.strip())
        text, passages = unmarked(" ".join(told))
        empty: frozenset[str] = frozenset()
        gold = labels["gold"] - {NONE}
        yield Report(name.strip(), text, gold, labels.get("also", empty) - gold, labels.get("not", empty), passages)


def unmarked(marked: str) -> tuple[str, tuple[Passage, ...]]:
    """A text without its marks, and the passages that were marked."""
    text, passages, done = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[done : match.start()]
        start = len(text)
        text += match[2]
        passages += [Passage(key.strip(), start, len(text)) for key in match[1].split("+")]
        done = match.end()
    return text + marked[done:], tuple(passages)
