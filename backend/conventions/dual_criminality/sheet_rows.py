"""The tables of a proof sheet: elements of provisions, counterparts, penalties, references."""

from collections.abc import Iterable, Iterator, Sequence
from string import ascii_uppercase

from backend.conventions.blocks import Block, Column, Heading, Paragraph, Table
from backend.conventions.catalogue import Catalogue
from backend.conventions.dual_criminality.answer import (
    ANY,
    Assessment,
    ElementAnswer,
    Outcome,
    ProvisionAnswer,
    Verdict,
)
from backend.conventions.dual_criminality.wording import Words
from backend.conventions.legal_basis.answer import Reference

# Provisions of other offences, and references, beyond which a sheet is a list and no proof.
_MOST = 40
# Provisions without anything to compare that are listed by name.
_LISTED = 12


def telling(answer: Assessment) -> list[ProvisionAnswer]:
    """The provisions to show element by element: with any offence those touched or deciding, else all with elements."""
    if answer.offence != ANY:
        return [row for row in answer.provisions if row.elements or row.verdict is not Verdict.UNKNOWN]
    return [row for row in answer.provisions if row.touched or row.verdict is not Verdict.UNKNOWN]


def details(rows: Sequence[ProvisionAnswer], shown: Sequence[ProvisionAnswer], words: Words) -> Iterator[Block]:
    """Each of `shown` element by element, then what is left of `rows`."""
    for row in shown[:_MOST]:
        yield from _provision(row, words)
    others = [row for row in rows if row not in shown]
    if others and len(others) <= _LISTED:
        yield _overview(others, words)
    elif left := len(rows) - len(shown[:_MOST]):
        yield Paragraph(words("further", count=str(left), state=words.state(rows[0].state)))


def _provision(row: ProvisionAnswer, words: Words) -> Iterator[Block]:
    title = f": {row.title}" if row.title and row.title != row.name else ""
    yield Heading(f"{row.name}{title}", 3)
    mark = words.mark(verified=row.ref.verified)
    verdict = words(f"verdict-{row.verdict}")
    yield Paragraph(f"{verdict} · {mark} · {words(f'basis-{row.basis}')}. {words.said(row.reason)}")
    if row.penalty:
        yield Paragraph(words("penalty", penalty=_penalty(row, words), mark=_penalty_mark(row, words)))
    asked = [element for element in row.elements if element.outcome is not Outcome.NOT_ASKED or element.group]
    if asked:
        columns = (("column-element", 34), ("column-standing", 20), ("column-outcome", 18), ("column-why", 36))
        yield Table(
            tuple(Column(words(key), share) for key, share in columns),
            tuple(_element(element, _letters(row), words) for element in asked),
        )
    spared = [element.concept for element in row.elements if element.standing == "not-required"]
    if spared:
        yield Paragraph(words("spared", concepts=words.concepts(spared)))
    if row.note:
        yield Paragraph(row.note)


def _letters(row: ProvisionAnswer) -> dict[str, str]:
    """A letter for each group of alternatives: its name in the data is English and for people who write them."""
    groups = dict.fromkeys(element.group for element in row.elements if element.group)
    return dict(zip(groups, ascii_uppercase, strict=False))


def _element(element: ElementAnswer, letters: dict[str, str], words: Words) -> tuple[str, ...]:
    others = [name for name in element.by if name != element.concept]
    because = [words("by", concepts=words.concepts(others))] if others else []
    return (
        words.concept(element.concept),
        words(f"standing-{element.standing}", group=letters.get(element.group or "", "")),
        words(f"outcome-{element.outcome}"),
        "; ".join([*because, *([element.note] if element.note else [])]),
    )


def _penalty(row: ProvisionAnswer, words: Words) -> str:
    penalty = row.penalty
    if penalty is None or (penalty.text is None and penalty.years is None):
        return words("penalty-unknown")
    return penalty.text or words("penalty-years", years=str(penalty.years))


def _penalty_mark(row: ProvisionAnswer, words: Words) -> str:
    return words.mark(verified=row.penalty is not None and row.penalty.ref.verified)


def counterparts(answer: Assessment, words: Words) -> Iterator[Block]:
    """The requesting State's own provisions on the matter."""
    if answer.counterparts:
        yield _overview(answer.counterparts[:_MOST], words)


def _overview(listed: Sequence[ProvisionAnswer], words: Words) -> Table:
    columns = (("column-reference", 42), ("column-verified", 22), ("column-result", 16), ("column-penalty", 28))
    rows = tuple(
        (
            f"{row.name}{f': {row.title}' if row.title and row.title != row.name else ''}",
            f"{words.mark(verified=row.ref.verified)}, {words(f'basis-{row.basis}')}",
            words(f"verdict-{row.verdict}"),
            f"{_penalty(row, words)} ({_penalty_mark(row, words)})",
        )
        for row in listed
    )
    return Table(tuple(Column(words(key), share) for key, share in columns), rows)


def thresholds(law: Catalogue, answer: Assessment, words: Words) -> Iterator[Block]:
    """Least penalties that the instruments between the two ask for."""
    keys = ("column-reference", "column-threshold", "column-measures")
    names = [words(key) for key in keys] + [words.state(answer.requesting), words.state(answer.requested)]
    rows = tuple(
        (
            f"{law.instrument(row.ref.source).short_title}, {words.reference(row.ref)} "
            f"({words.mark(verified=row.ref.verified)})",
            f"{words('penalty-years', years=str(row.years))}, {words(f'side-{row.side}')}",
            "; ".join(_measure(law, name, words) for name in row.measures),
            words(f"reached-{row.requesting}"),
            words(f"reached-{row.requested}"),
        )
        for row in answer.thresholds
    )
    if rows:
        yield Table(tuple(Column(name, share) for name, share in zip(names, (30, 22, 22, 17, 17), strict=True)), rows)


def _measure(law: Catalogue, name: str, words: Words) -> str:
    return law.measure(name).label.in_language(words.language) if name in law.measures else name


def references(answer: Assessment, words: Words) -> Iterator[Block]:
    """The provisions shown, of both States, with the address at which each was seen."""
    shown = telling(answer)
    shown += [row for row in answer.elsewhere if row.provisional is Verdict.MET]
    refs = dict.fromkeys(row.ref for row in (*shown[:_MOST], *answer.counterparts[:_MOST]))
    columns = (("column-state", 18), ("column-reference", 30), ("column-verified", 18), ("column-source", 42))
    rows = tuple(_reference(ref, words) for ref in refs)
    if rows:
        yield Table(tuple(Column(words(key), share) for key, share in columns), rows)


def _reference(ref: Reference, words: Words) -> tuple[str, ...]:
    mark = words.mark(verified=ref.verified)
    return words.state(ref.source), words.reference(ref), mark, ref.seen_at or ""


def headings(names: Iterable[str], most: int, words: Words) -> str:
    """Names side by side, a few of many."""
    listed = list(names)
    more = [words("more", count=str(len(listed) - most))] if len(listed) > most else []
    return "; ".join([*listed[:most], *more])
