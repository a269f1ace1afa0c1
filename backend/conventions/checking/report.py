"""What a check of the law data finds."""

from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal, get_args

CORRECT_OR_ADD = "correct the name, or add what it names first"
PUT_IN_ORDER = "correct the day that is wrong, or write null where it is not known"
OpenKind = Literal["unverified", "doubtful", "expired", "old"]
OwnerKind = Literal["state", "instrument", "list"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong: a fault stops the check from passing, a doubt is shown for a lawyer to look at.

    `do` is what to do about it; `owner` the State or instrument that it is about, where the file is not theirs.
    """

    file: str
    path: str
    text: str
    do: str = ""
    owner: str = ""

    def __str__(self) -> str:
        place = f"{self.file}: {self.path}" if self.path else self.file
        return f"{place}: {self.text}; {self.do}" if self.do else f"{place}: {self.text}"

    @property
    def about(self) -> frozenset[str]:
        """The State or instrument that has to be mended: the owner, and that of the file itself."""
        folder, _, name = self.file.rpartition("/")
        own = {name.removesuffix(".yaml")} if folder.rpartition("/")[2] in {"states", "instruments"} else set()
        return frozenset(own | ({self.owner} if self.owner else set()))


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row that is unverified or out of date; `owner` is a State, an instrument, or a file of the region."""

    owner: str
    owner_kind: OwnerKind
    path: str
    name: str
    kind: OpenKind
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a check on one day. `readable`: every file could be read, and all the checks were made."""

    on: date
    files: int
    readable: bool
    faults: tuple[Problem, ...]
    doubts: tuple[Problem, ...]
    open_rows: tuple[OpenRow, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong; unverified rows and doubts do not fail the check."""
        return not self.faults

    def only(self, owners: Collection[str]) -> "Report":
        """What of it concerns these States and instruments; a file that cannot be read concerns everybody."""
        return replace(
            self,
            faults=tuple(one for one in self.faults if not self.readable or one.about & set(owners)),
            doubts=tuple(one for one in self.doubts if one.about & set(owners)),
            open_rows=tuple(row for row in self.open_rows if row.owner in owners),
        )

    def counts(self) -> dict[OwnerKind, dict[str, Counter[OpenKind]]]:
        """How many rows are unverified, doubtful, expired and old: by State, by instrument, by list."""
        found: dict[OwnerKind, dict[str, Counter[OpenKind]]] = {kind: {} for kind in get_args(OwnerKind)}
        for row in self.open_rows:
            found[row.owner_kind].setdefault(row.owner, Counter())[row.kind] += 1
        return found

    def to_json(self) -> dict[str, Any]:
        """The report as JSON-ready dictionaries and lists."""
        return asdict(self) | {"on": self.on.isoformat(), "passed": self.passed, "counts": self.counts()}


def misnamed(file: str, path: str, got: str) -> Problem:
    """A row that says under `path` what the name of its file has to say, and does not."""
    return Problem(file, path, f"is {got!r} and has to equal the name of the file", "rename one of them")


def dangling(file: str, path: str, kind: str, got: str | None, owner: str = "") -> Problem:
    """A name that leads nowhere."""
    return Problem(file, path, f"no {kind} {got!r}", CORRECT_OR_ADD, owner)
