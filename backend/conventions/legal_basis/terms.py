"""What holds for a letter beside its contents: whose time runs, how it may be used, who signs, in what form."""

from dataclasses import dataclass

from backend.conventions.legal_basis.reasons import Reason, Reference


@dataclass(frozen=True, slots=True)
class Duty:
    """A limit in days and whose time runs: `requested`, `requesting`, `ordering` State or `provider`."""

    days: int
    bound: str
    duty: str
    text: str
    ref: Reference


@dataclass(frozen=True, slots=True)
class Term:
    """A rule under which the letter travels and its answer may be used: use limitation, languages, costs ..."""

    kind: str
    text: str
    ref: Reference


@dataclass(frozen=True, slots=True)
class Electronic:
    """Whether the requested State takes an electronic letter and signature: `yes`, `no` or `unknown`, each as seen.

    `papers` tells what that is worth for a letter of request or an order of a court.
    """

    transmission: str
    scope: str | None
    original_to_follow: str
    channels: tuple[str, ...]
    signature: str
    papers: str | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Linked:
    """An act that goes before this one (`precedes`) or has to come after it (`follows`), with its best basis today."""

    relation: str
    measure: str
    instrument: str | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for the letter under the best basis, beside its contents."""

    duties: tuple[Duty, ...]
    rules: tuple[Term, ...]
    signatory: Reason
    documents: tuple[Reason, ...]
    electronic: Electronic
    linked: tuple[Linked, ...]
    unknowns: tuple[Reason, ...] = ()
