"""What an answer on the legal basis consists of. Sentences are English and carry a code, by which pages translate."""

from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from backend.conventions.legal_basis.reasons import Reason, Reference
from backend.conventions.legal_basis.terms import Terms

__all__ = [
    "Basis",
    "BasisAnswer",
    "Channel",
    "Composition",
    "DualCriminalityRule",
    "GateStanding",
    "JudgedGate",
    "Limit",
    "Office",
    "Part",
    "Power",
    "Reason",
    "Reference",
    "Refusal",
    "Remaining",
    "Requirement",
    "Standing",
]


class Standing(StrEnum):
    """Whether an instrument can carry the measure between the two States on the day."""

    APPLICABLE = "applicable"
    WITH_CONDITIONS = "applicable-with-conditions"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"


class GateStanding(StrEnum):
    """`met`; `to-do`: an ordinary step of asking or executing; `open`: not known to be met."""

    MET = "met"
    TO_DO = "to-do"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of the measure, such as a number of days or a penalty."""

    name: str
    value: bool | int | str | tuple[str, ...]
    ref: Reference


@dataclass(frozen=True, slots=True)
class DualCriminalityRule:
    """The instrument's rule on dual criminality for the measure."""

    rule: str
    text: str | None
    ref: Reference


@dataclass(frozen=True, slots=True)
class Refusal:
    """A ground on which the requested State may refuse or put off. `likely`: why the question makes it likely.

    Without such a reason a ground is no less open: it depends on facts that the question does not tell.
    """

    ground: str
    text: str
    ref: Reference
    likely: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Basis:
    """One instrument judged for the question. `measure` is the row that carries it: itself or a wider one.

    `least_penalty`: the years of the maximum penalty that it asks for; 0 where it asks for none.
    """

    instrument: str
    title: str
    bilateral: bool
    standing: Standing
    reasons: tuple[Reason, ...]
    measure: str | None = None
    measure_title: str | None = None
    measure_ref: Reference | None = None
    inherited: bool = False
    dual_criminality: DualCriminalityRule | None = None
    limits: tuple[Limit, ...] = ()
    least_penalty: int = 0
    refusal_grounds: tuple[Refusal, ...] = ()
    rank: int = 0
    rank_reason: str = ""

    @property
    def usable(self) -> bool:
        """Whether a letter can name it."""
        return self.standing in {Standing.APPLICABLE, Standing.WITH_CONDITIONS}

    @property
    def refs(self) -> tuple[Reference, ...]:
        """Every row that this judgement rests on, each once."""
        listed = [self.measure_ref] if self.measure_ref else []
        listed += [ref for reason in self.reasons for ref in reason.refs]
        listed += [limit.ref for limit in self.limits]
        if self.dual_criminality and self.dual_criminality.ref.ref:
            listed.append(self.dual_criminality.ref)
        return tuple(dict.fromkeys(listed))


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a composition that one instrument, statute or practice template supplies."""

    source: str
    kind: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Office:
    """An authority of the data. `title` None: not established, do not address."""

    state: str
    kind: str
    title: str | None
    basis: str | None
    confidence: str
    ref: Reference


@dataclass(frozen=True, slots=True)
class Channel:
    """How the letter travels: from which office to which. A channel is never a basis."""

    kind: str
    sender: Office | None
    addressee: Office | None


@dataclass(frozen=True, slots=True)
class JudgedGate:
    """A condition of domestic law. Gates of one State that share `alternative`: one of them is enough."""

    state: str
    direction: str
    needs: str
    standing: GateStanding
    reason: Reason
    alternative: str | None = None


@dataclass(frozen=True, slots=True)
class Power:
    """A power of the requested State that execution needs; `ref` None in the reference: none seen."""

    state: str
    power: str
    who_orders: str | None
    days: int | None
    ref: Reference


@dataclass(frozen=True, slots=True)
class Composition:
    """The answer as a whole: each part from where it comes, and what is not known."""

    measure_from: Part | None
    contents_from: Part | None
    procedure_from: Part | None
    channel: Channel
    gates: tuple[JudgedGate, ...]
    powers: tuple[Power, ...]
    languages: tuple[str, ...]
    unknowns: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A field of the letter. `obligatory`: basis or statute asks for it; `customary`: a practice template does."""

    field: str
    section: str
    text: str
    obligatory: bool
    customary: bool
    repeatable: bool
    contents: tuple[str, ...]
    refs: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Remaining:
    """What can be done beside or without a treaty: the domestic statute, reciprocity, police contact, the provider."""

    way: str
    standing: Standing
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class BasisAnswer:
    """The answer to one question; the best basis first."""

    requesting: str
    requested: str
    measure: str
    on: date
    offences: tuple[str, ...]
    bases: tuple[Basis, ...]
    composition: Composition
    requirements: tuple[Requirement, ...]
    remaining: tuple[Remaining, ...]
    terms: Terms
    warnings: tuple[Reason, ...] = field(default=())

    @property
    def best(self) -> Basis | None:
        """The highest ranked basis that a letter can name; None where there is none."""
        return next((basis for basis in self.bases if basis.usable), None)

    @property
    def dual_criminality_rule(self) -> str | None:
        """The rule of the best basis on dual criminality; None without a basis, or where it has none."""
        return self.best.dual_criminality.rule if self.best and self.best.dual_criminality else None

    @property
    def references(self) -> tuple[Reference, ...]:
        """The rows on which a letter under the best basis would rely, each once."""
        parts = (self.composition.measure_from, self.composition.contents_from, self.composition.procedure_from)
        listed = list(self.best.refs) if self.best else []
        listed += [ref for part in parts if part for ref in part.reason.refs]
        listed += [ref for gate in self.composition.gates for ref in gate.reason.refs]
        listed += [power.ref for power in self.composition.powers if power.ref.ref]
        listed += [ref for requirement in self.requirements if requirement.obligatory for ref in requirement.refs]
        return tuple(dict.fromkeys(listed))

    def to_json(self) -> dict[str, Any]:
        """The answer as JSON-ready dictionaries and lists."""
        body: dict[str, Any] = {"from": self.requesting, "to": self.requested, "measure": self.measure}
        body |= {"on": self.on.isoformat(), "offences": list(self.offences)}
        body["best"] = self.best.instrument if self.best else None
        body["bases"] = [asdict(basis) | {"refs": [asdict(ref) for ref in basis.refs]} for basis in self.bases]
        body["composition"] = asdict(self.composition)
        body["terms"] = asdict(self.terms)
        for name in ("requirements", "remaining", "warnings"):
            body[name] = [asdict(row) for row in getattr(self, name)]
        body["references"] = [asdict(ref) for ref in self.references]
        return body
