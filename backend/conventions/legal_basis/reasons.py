"""Why: a sentence in English with a code, by which pages translate, and the rows of the data that it rests on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """A row of the data that an answer rests on: of an instrument or of a State's law (`source` names which)."""

    source: str
    ref: str | None
    verified: bool
    doubtful: bool = False
    seen_at: str | None = None

    def __str__(self) -> str:
        return f"{self.source} {self.ref}" if self.ref else self.source


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a sentence, its code, and the rows it rests on."""

    code: str
    text: str
    refs: tuple[Reference, ...] = ()
