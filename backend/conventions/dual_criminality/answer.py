"""What a comparison under dual criminality consists of. Sentences are English with a code, by which pages translate."""

from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from backend.conventions.legal_basis.answer import Reason, Reference

# In place of an offence of the common list: whatever provision the conduct fulfils.
ANY = "any"


class Verdict(StrEnum):
    """Whether the conduct is an offence. `not-required`: the legal basis does not ask. Unknown is an answer."""

    MET = "met"
    NOT_MET = "not-met"
    NOT_REQUIRED = "not-required"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """What the conduct says of one element. `caution`: an exception that the facts do not allege.

    `either`: one of several alternatives is shown, without it being known which.

    `not-asked` and `aggravating` never change the answer.
    """

    MATCHED = "matched"
    EITHER = "either"
    MISSING = "missing"
    UNKNOWN = "unknown"
    CAUTION = "caution"
    NOT_ASKED = "not-asked"
    AGGRAVATING = "aggravating"
    LEFT_OUT = "left-out"


class Reached(StrEnum):
    """Whether a maximum penalty reaches what an instrument asks; `seems-`: by a number that nobody has verified."""

    YES = "reached"
    NO = "below"
    SEEMS_YES = "seems-reached"
    SEEMS_NO = "seems-below"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Statement(Reason):
    """A reason with what fills its sentence: names with codes of States and offences, ids of concepts, references."""

    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Conduct:
    """What the facts establish and what they exclude, as ids of concepts; everything else is not stated.

    Each set of `one_of` holds concepts of which at least one is true, without it being known which. `disputed` are
    concepts that one source alleges and another denies: they count as not stated.
    """

    established: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    one_of: frozenset[frozenset[str]] = frozenset()
    disputed: frozenset[str] = frozenset()

    def to_json(self) -> dict[str, Any]:
        """The conduct as sorted lists."""
        body: dict[str, Any] = {"established": sorted(self.established), "absent": sorted(self.absent)}
        body["one_of"] = sorted(sorted(names) for names in self.one_of)
        return body | {"disputed": sorted(self.disputed)}


@dataclass(frozen=True, slots=True)
class ElementAnswer:
    """One element of a provision. `by` are the concepts of the conduct that decided it; `group` its alternatives."""

    concept: str
    kind: str
    standing: str
    outcome: Outcome
    by: tuple[str, ...] = ()
    group: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Penalty:
    """The maximum of the basic form in the State's file; `years` None: not known. `ref.verified` is the penalty's."""

    years: int | None
    text: str | None
    ref: Reference


@dataclass(frozen=True, slots=True)
class ProvisionAnswer:
    """A national provision compared with the conduct.

    `name` is how it is called: the reference, or the title where there is none or its number is doubtful.
    `provisional` is what the elements say; it differs from `verdict` only where the row is not verified, which can
    answer neither met nor not met. `basis` is seen, knowledge or heading-only; `limb` names a form of the section.
    """

    state: str
    offence: str
    name: str
    title: str | None
    limb: str | None
    ref: Reference
    basis: str
    seen_kind: str | None
    confidence: str
    verdict: Verdict
    provisional: Verdict
    reason: Statement
    elements: tuple[ElementAnswer, ...] = ()
    penalty: Penalty | None = None
    note: str | None = None

    def with_outcome(self, outcome: Outcome) -> tuple[ElementAnswer, ...]:
        """The elements that came out so."""
        return tuple(element for element in self.elements if element.outcome is outcome)

    @property
    def open(self) -> tuple[ElementAnswer, ...]:
        """The elements that have to be known before the provision can be fulfilled; of alternatives all."""
        return self.with_outcome(Outcome.UNKNOWN)

    @property
    def touched(self) -> bool:
        """Whether the conduct shows an act that the provision names."""
        shown = (*self.with_outcome(Outcome.MATCHED), *self.with_outcome(Outcome.EITHER))
        return any(element.kind == "conduct" for element in shown)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A least maximum penalty of an instrument that binds both States, and whether each side's provisions reach it.

    `side` says whose penalty counts: requesting, both, or either.
    """

    years: int
    side: str
    measures: tuple[str, ...]
    ref: Reference
    requesting: Reached
    requested: Reached


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer. `provisions` are the requested State's, the nearest to an answer first.

    `verdict` speaks of the provisions asked about: all of the State with offence "any", else those of that offence.
    `whole_state` speaks of the State: not met only where its whole code was read. `compared` is the verdict before the
    rule of the legal basis is heard. `elsewhere` are the requested State's provisions on other offences, `counterparts`
    the requesting State's own, for context: that State's charge is not judged again. `to_settle` are the concepts that
    would settle what is unknown: those that the nearest provisions ask and the facts do not state.
    """

    requesting: str
    requested: str
    offence: str
    on: date
    as_of: date
    conduct: Conduct
    rule: str | None
    verdict: Verdict
    compared: Verdict
    whole_state: Verdict
    provisional: Verdict
    coverage: str
    coverage_note: str
    reasons: tuple[Statement, ...]
    provisions: tuple[ProvisionAnswer, ...]
    elsewhere: tuple[ProvisionAnswer, ...] = ()
    counterparts: tuple[ProvisionAnswer, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    to_settle: tuple[str, ...] = ()
    warnings: tuple[Statement, ...] = ()

    @property
    def decisive(self) -> tuple[ProvisionAnswer, ...]:
        """The provisions on which the verdict rests: those that share it, of a not-met answer all of them."""
        return tuple(row for row in self.provisions if row.verdict is self.compared)

    @property
    def references(self) -> tuple[Reference, ...]:
        """The rows of both States, each once, the requested State's first."""
        return tuple(dict.fromkeys(row.ref for row in (*self.provisions, *self.elsewhere, *self.counterparts)))

    def to_json(self) -> dict[str, Any]:
        """The answer as JSON-ready dictionaries and lists."""
        body: dict[str, Any] = {"from": self.requesting, "to": self.requested, "offence": self.offence}
        body |= {"on": self.on.isoformat(), "as_of": self.as_of.isoformat(), "conduct": self.conduct.to_json()}
        body |= {"rule": self.rule, "verdict": self.verdict, "compared": self.compared}
        body |= {"whole_state": self.whole_state, "provisional": self.provisional}
        body |= {"coverage": self.coverage, "coverage_note": self.coverage_note, "to_settle": list(self.to_settle)}
        for name in ("reasons", "provisions", "elsewhere", "counterparts", "thresholds", "warnings"):
            body[name] = [asdict(row) for row in getattr(self, name)]
        body["references"] = [asdict(ref) for ref in self.references]
        return body
