"""What a test is put to: the draft, the answer on the legal basis, and what follows from both."""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from backend.conventions.catalogue import Catalogue
from backend.conventions.dual_criminality.answer import Assessment
from backend.conventions.legal_basis.answer import Basis, BasisAnswer, Reference
from backend.conventions.legal_basis.gates import open_gates
from backend.conventions.refusal_risks.draft import Draft, SoughtMeasure
from backend.conventions.refusal_risks.finding import Found
from backend.conventions.refusal_risks.rulebook import Rulebook
from backend.conventions.schema.risks import When
from backend.conventions.schema.states import State


@dataclass(frozen=True, slots=True)
class Hit:
    """What a test found. `lacks`: the letter fields whose emptiness it tells; `detail` fills `{detail}`."""

    detail: str = ""
    found: tuple[Found, ...] = ()
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unclear:
    """A test that the draft does not decide: a person must look."""

    detail: str = ""


Result = Hit | Unclear | None
"""None: nothing found."""


@dataclass(frozen=True)
class Case:
    """One draft under one answer."""

    draft: Draft
    answer: BasisAnswer
    assessments: Sequence[Assessment]
    urgent: bool
    catalogue: Catalogue
    book: Rulebook

    @functools.cached_property
    def chain(self) -> tuple[str, ...]:
        """The measure asked for and the wider ones whose rules hold for it."""
        return self.catalogue.measure_chain(self.answer.measure)

    @functools.cached_property
    def sought(self) -> tuple[SoughtMeasure, ...]:
        """The parts of the draft that seek the measure of the answer."""
        return tuple(sought for sought in self.draft.measures if sought.measure == self.answer.measure)

    @functools.cached_property
    def requested(self) -> State:
        """The requested State."""
        return self.catalogue.place(self.answer.requested)[0]

    @functools.cached_property
    def requesting(self) -> State:
        """The requesting State."""
        return self.catalogue.place(self.answer.requesting)[0]

    @functools.cached_property
    def carriers(self) -> frozenset[str]:
        """The instruments that carry the measure: those that the letter cites for it, else the best basis."""
        cited = {one.source for one in self.draft.references if one.source is not None and one.role == "measure"}
        best = {self.answer.best.instrument} if self.answer.best else set()
        return frozenset(cited & set(self.catalogue.instrument_ids) or best)

    @functools.cached_property
    def sources(self) -> frozenset[str]:
        """Every instrument of the basis: carriers, sources of contents and procedure, and a scheme of both States."""
        parts = (self.answer.composition.contents_from, self.answer.composition.procedure_from)
        named = self.carriers | {part.source for part in parts if part is not None}
        found = {name for name in named if name in self.catalogue.instrument_ids}
        parents = {self.catalogue.instrument(name).parent for name in found}
        schemes = {row.instrument for row in self.requested.treaties if self.shares_scheme(row.instrument)}
        return frozenset(found | {parent for parent in parents if parent} | schemes)

    @functools.cached_property
    def obligatory(self) -> frozenset[str]:
        """The letter fields that basis or statute make mandatory."""
        return frozenset(row.field for row in self.answer.requirements if row.obligatory)

    def basis(self, instrument: str) -> Basis | None:
        """What the answer says of an instrument."""
        return next((basis for basis in self.answer.bases if basis.instrument == instrument), None)

    def filled(self, *fields: str) -> bool:
        """Whether one of the fields has something."""
        return any(self.draft.filled(field) for field in fields)

    def texts(self, fields: Sequence[str]) -> list[str]:
        """All texts of the fields, in every language."""
        return [text for field in fields for _, _, text in self.draft.words(field)]

    def shares_scheme(self, instrument: str) -> bool:
        """Whether both States take part in a scheme that binds nobody, so that a statute is the basis."""
        rows = (state.standing_towards(instrument) for state in (self.requesting, self.requested))
        return all(row is not None and row.status == "scheme-participant" for row in rows)

    def prescribed_form(self) -> bool:
        """Whether the requested State's statute prescribes a form for this request."""
        form = self.requested.mla_statute.request_form
        kind = "commonwealth" if "commonwealth" in self.requesting.memberships else "non-commonwealth"
        applies = form is not None and bool({"*", kind, self.requesting.code} & set(form.applies_to))
        return applies and "mla-general" in self.chain

    def reference(self, instrument: str, ref: str) -> Reference:
        """A number of an instrument, verified where every row that has it is, and there is one."""
        held = self.catalogue.instrument(instrument)
        numbered = (
            held.cooperation,
            held.request_contents,
            held.refusal_grounds,
            held.rules.values(),
            held.definitions,
        )
        rows: list[Any] = [row for part in numbered for row in part]
        found = [row for row in rows if row.ref == ref]
        verified = bool(found) and all(row.verified for row in found)
        return Reference(instrument, ref, verified, any(getattr(row, "doubtful", False) for row in found))

    def holds(self, when: When) -> bool:
        """Whether everything that a test asks for beforehand is so."""
        return all(condition(self, when) for condition in _CONDITIONS)


def _basis(case: Case, when: When) -> bool:
    rule = case.answer.dual_criminality_rule
    return (
        (not when.basis or bool(case.carriers & set(when.basis)))
        and not case.carriers & set(when.basis_not)
        and (not when.dual_criminality or rule in when.dual_criminality)
        and (when.rule is None or any(when.rule in case.catalogue.instrument(name).rules for name in case.sources))
    )


def _states(case: Case, when: When) -> bool:
    incoming = {gate.needs for gate in case.answer.composition.gates if gate.direction == "incoming"}
    return (
        (not when.requested or case.requested.code in when.requested)
        and (not when.gates or bool(incoming & set(when.gates)))
        and (when.scheme is None or case.shares_scheme(when.scheme))
        and (not when.form or case.prescribed_form())
        and (not when.territories or any(not place.national for place in case.requested.territories))
    )


def _measures(case: Case, when: When) -> bool:
    return (not when.measures or bool(set(when.measures) & set(case.chain))) and not (
        set(when.measures_not) & set(case.chain)
    )


def _offences(case: Case, when: When) -> bool:
    codes = {charge.code for charge in case.draft.offences}
    if when.offences and not codes & set(when.offences):
        return False
    if when.outside_offences_of is None:
        return True
    own = {article.offence for article in case.catalogue.instrument(when.outside_offences_of).offences}
    return not codes or bool(codes - own)


def _letter(case: Case, when: When) -> bool:
    urgent = case.urgent or case.draft.claims_urgency or case.draft.life_at_risk
    return (
        (not when.translated or _translated(case))
        and (not when.attachments or bool(case.draft.attachments))
        and (not when.urgency or urgent)
        and (when.life_at_risk is None or when.life_at_risk == case.draft.life_at_risk)
        and (when.filled is None or case.filled(when.filled))
    )


def _translated(case: Case) -> bool:
    """Whether the version that is read there is not the authentic one."""
    languages = case.draft.languages
    return len(languages) > 1 and languages[0] not in case.answer.composition.languages


_CONDITIONS: tuple[Callable[[Case, When], bool], ...] = (_basis, _states, _measures, _offences, _letter)


def closed_gates(case: Case, needs: Sequence[str]) -> Iterator[str]:
    """The sentences of gates that need one of these and are not known to be met, each once."""
    gates = open_gates(case.answer.composition.gates)
    yield from dict.fromkeys(gate.reason.text for gate in gates if gate.needs in needs)
