"""The provisions of a State that a conduct is compared with, each with its penalty; some are headings only."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass, replace

from backend.conventions.catalogue import Catalogue
from backend.conventions.dual_criminality.answer import (
    ElementAnswer,
    Outcome,
    Penalty,
    ProvisionAnswer,
    Statement,
    Verdict,
)
from backend.conventions.dual_criminality.comparing import compare, decides, provisional
from backend.conventions.dual_criminality.stating import Stated
from backend.conventions.dual_criminality.wording import Words, asked, statement
from backend.conventions.legal_basis.answer import Reference
from backend.conventions.schema.concepts import Coverage, NationalOffence
from backend.conventions.schema.states import StatuteOffence

WHOLE_CODE = "whole-code-seen"
_ORDER = {Verdict.MET: 0, Verdict.UNKNOWN: 1, Verdict.NOT_MET: 2, Verdict.NOT_REQUIRED: 3}


@dataclass(frozen=True, slots=True)
class Provision:
    """A row by elements together with the row of the State's file that has its penalty, where there is one."""

    row: NationalOffence
    statute: StatuteOffence | None

    @property
    def ref(self) -> Reference:
        """The reference, verified where the words of the law were seen."""
        doubtful = self.statute is not None and self.statute.doubtful
        return Reference(self.row.state, self.row.ref, self.row.verified, doubtful, self.row.source)

    @property
    def title(self) -> str | None:
        """The title of the row, or of the row with the penalty."""
        return self.row.title or (self.statute.title if self.statute else None)

    @property
    def name(self) -> str:
        """How it is called: the reference, or the title where there is none or its number is doubtful; the limb."""
        shown = self.title if self.ref.doubtful or not self.row.ref else self.row.ref
        return f"{shown or self.row.offence} {self.row.limb or ''}".strip()

    @property
    def penalty(self) -> Penalty | None:
        """The maximum penalty; None where no row of the State's file belongs to the provision."""
        if self.statute is None:
            return None
        row = self.statute
        ref = Reference(self.row.state, row.ref, row.penalty_verified, row.doubtful, row.penalty_source or row.source)
        return Penalty(row.max_years, row.max_penalty, ref)


@functools.lru_cache(maxsize=512)
def provisions_of(catalogue: Catalogue, state: str) -> tuple[Provision, ...]:
    """All provisions of the State that name an act; one that only raises a penalty is left out."""
    statutes = {(row.ref, row.offence): row for row in catalogue.state(state).cybercrime_statute.offences}
    rows = [row for row in catalogue.state_elements.offences if row.state == state]
    known = {(row.ref, row.offence) for row in rows}
    found = [Provision(row, statutes.get((row.ref, row.offence))) for row in rows if not row.aggravation_only]
    found += [Provision(_heading(state, row), row) for key, row in statutes.items() if key not in known]
    return tuple(found)


def coverage_of(catalogue: Catalogue, state: str) -> Coverage:
    """How much of the State's criminal law was read."""
    rows = {row.state: row for row in catalogue.state_elements.coverage}
    return rows.get(state) or rows.get("*") or Coverage(state=state, level="provisions-only", note="")


def _heading(state: str, row: StatuteOffence) -> NationalOffence:
    """A provision of which the State's file has a reference, and nobody has written down the elements."""
    return NationalOffence(
        state=state,
        ref=row.ref,
        offence=row.offence,
        title=row.title,
        elements=(),
        basis="heading-only",
        confidence=row.confidence,
        verified=False,
        source=row.source,
    )


def answer_for(provision: Provision, stated: Stated, words: Words) -> ProvisionAnswer:
    """The provision compared; `words` are the English ones."""
    row, elements = provision.row, compare(provision.row, stated)
    would_say = provisional(row, elements)
    shown = ProvisionAnswer(
        row.state,
        row.offence,
        provision.name,
        provision.title,
        row.limb,
        provision.ref,
        row.basis,
        row.seen_kind,
        row.confidence,
        would_say if row.verified else Verdict.UNKNOWN,
        would_say,
        Statement("", ""),
        elements,
        provision.penalty,
        row.note,
    )
    return _with_reason(shown, row, words)


def _with_reason(shown: ProvisionAnswer, row: NationalOffence, words: Words) -> ProvisionAnswer:
    code, elements = _why(shown, row)
    values = {"provision": shown.name}
    if elements:
        values["concepts"] = asked(elements)
    if code == "row-unverified":
        values["verdict"] = str(shown.provisional)
    return replace(shown, reason=statement(words, code, (shown.ref,), **values))


def _why(shown: ProvisionAnswer, row: NationalOffence) -> tuple[str, tuple[ElementAnswer, ...]]:
    if not row.elements and not row.absent:
        return "row-heading-only", ()
    if not row.verified:
        return "row-unverified", ()
    if row.absent:
        return "row-absent", ()
    failing = tuple(element for element in shown.elements if decides(element, shown.elements))
    if alleged := tuple(element for element in failing if element.standing == "excludes"):
        return "row-excepted", alleged
    if failing:
        return "row-not-met", failing
    if shown.verdict is Verdict.MET:
        return "row-met", ()
    return "row-open", shown.open


def nearest_first(rows: Iterable[ProvisionAnswer]) -> tuple[ProvisionAnswer, ...]:
    """The rows, those nearest to being fulfilled first, in an order that is the same however the data are ordered."""
    return tuple(sorted(rows, key=_rank))


def _rank(row: ProvisionAnswer) -> tuple[object, ...]:
    places = (_ORDER[row.verdict], _ORDER[row.provisional], not row.touched, not row.elements, _asked(row))
    return (*places, -len(row.with_outcome(Outcome.MATCHED)), row.offence, row.name, row.title or "")


def _asked(row: ProvisionAnswer) -> int:
    """How many things are still to be known: a group of alternatives counts once."""
    return len({element.group or element.concept for element in row.open})
