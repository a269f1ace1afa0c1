"""From provisions to one verdict, and why: any provision fulfilled is enough; not met needs every one to fail."""

from collections.abc import Iterable

from backend.conventions.dual_criminality.answer import ANY, ProvisionAnswer, Statement, Verdict
from backend.conventions.dual_criminality.provisions import WHOLE_CODE
from backend.conventions.dual_criminality.wording import Words, asked, statement

# Provisions named as those that come nearest; all are listed anyway.
_NAMED = 3


def combine(verdicts: Iterable[Verdict]) -> Verdict:
    """Met where one is; unknown where one is or none is there; else not met."""
    found = set(verdicts)
    if Verdict.MET in found:
        return Verdict.MET
    return Verdict.UNKNOWN if Verdict.UNKNOWN in found or not found else Verdict.NOT_MET


def for_state(combined: Verdict, level: str) -> Verdict:
    """What the provisions loaded say of the State: not met only where its whole code was read."""
    return Verdict.UNKNOWN if combined is Verdict.NOT_MET and level != WHOLE_CODE else combined


def reasons(
    words: Words, state: str, offence: str, rows: tuple[ProvisionAnswer, ...], level: str
) -> tuple[Statement, ...]:
    """Why the provisions of `state` give their verdict; rows as `nearest_first` has them."""
    if not rows:
        return (statement(words, "nothing-loaded", state=state),)
    met = [row for row in rows if row.verdict is Verdict.MET]
    if met:
        return tuple(statement(words, "met", (row.ref,), provision=row.name, state=state) for row in met[:_NAMED])
    if combine(row.verdict for row in rows) is Verdict.NOT_MET:
        return _not_met(words, state, offence, rows, level)
    found = (*_unverified(words, rows), *_open(words, rows, offence), *_headings(words, state, rows))
    return found or (statement(words, "nothing-touched", state=state),)


def _not_met(
    words: Words, state: str, offence: str, rows: tuple[ProvisionAnswer, ...], level: str
) -> tuple[Statement, ...]:
    refs = tuple(row.ref for row in rows)
    if offence == ANY and level == WHOLE_CODE:
        return (statement(words, "not-met", refs, state=state),)
    found = statement(words, "not-met-loaded", refs, state=state, offence=offence)
    why = tuple(row.reason for row in rows[:_NAMED])
    caution = () if level == WHOLE_CODE else (statement(words, "provisions-only", state=state),)
    return (found, *why, *caution)


def _unverified(words: Words, rows: tuple[ProvisionAnswer, ...]) -> tuple[Statement, ...]:
    """Rows that would be met; where there is none, those that would be not met."""
    bare = [row for row in rows if row.verdict is Verdict.UNKNOWN and row.elements]
    met = [row for row in bare if row.provisional is Verdict.MET]
    found = met or [row for row in bare if row.provisional is Verdict.NOT_MET]
    return tuple(
        statement(words, "seems", (row.ref,), provision=row.name, verdict=str(row.provisional))
        for row in found[:_NAMED]
    )


def _open(words: Words, rows: tuple[ProvisionAnswer, ...], offence: str) -> tuple[Statement, ...]:
    return tuple(
        statement(words, "open", (row.ref,), provision=row.name, concepts=asked(row.open))
        for row in nearest(rows, offence)
    )


def nearest(rows: tuple[ProvisionAnswer, ...], offence: str) -> tuple[ProvisionAnswer, ...]:
    """Provisions that ask more than the conduct states, a few at most; with "any", of those that it touches."""
    left = [row for row in rows if row.provisional is Verdict.UNKNOWN and row.open]
    found = [row for row in left if row.touched or offence != ANY]
    return tuple(found[:_NAMED])


def _headings(words: Words, state: str, rows: tuple[ProvisionAnswer, ...]) -> tuple[Statement, ...]:
    bare = [row for row in rows if row.reason.code == "row-heading-only"]
    if not bare:
        return ()
    return (statement(words, "heading-only", (row.ref for row in bare), state=state, count=str(len(bare))),)
