"""What a check of the law data finds."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong: a fault stops the check from passing, a doubt is shown for a lawyer to look at."""

    file: str
    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}: {self.path}: {self.text}" if self.path else f"{self.file}: {self.text}"


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row that is unverified or out of date; `owner` is a State, an instrument, or a file of the region."""

    owner: str
    path: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a check on one day."""

    on: date
    files: int
    faults: tuple[Problem, ...]
    doubts: tuple[Problem, ...]
    open_rows: tuple[OpenRow, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong; unverified rows and doubts do not fail the check."""
        return not self.faults

    def to_json(self) -> dict[str, Any]:
        """The report as JSON-ready dictionaries and lists."""
        return asdict(self) | {"on": self.on.isoformat(), "passed": self.passed}
