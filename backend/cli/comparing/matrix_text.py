"""The harmonisation views as plain text of at most 100 columns."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from backend.cli.comparing.text import WIDTH, table
from backend.conventions.catalogue import shipped
from backend.conventions.dual_criminality.answer import Verdict
from backend.conventions.harmonising.amendments import Amendment
from backend.conventions.harmonising.areas import Area
from backend.conventions.harmonising.cells import Asked, Cell, Meets, ProvisionCell, Row
from backend.conventions.harmonising.pairs import Cause, Direction, Meeting

_MEETS = {
    Meets.MET: ("=", "verified text: conduct as the reference requires it is an offence"),
    Meets.ASKS_MORE: ("+", "verified text asks more than the reference, or leaves something open"),
    Meets.ABSENT: ("-", "text seen: no such offence"),
    Meets.UNVERIFIED: ("~", "elements noted, not verified"),
    Meets.HEADING_ONLY: ("h", "only the heading is known"),
    Meets.NONE_LOADED: (".", "no provision in the data; there may be one"),
}
_ASKED = {
    Asked.REQUIRED: ("R", "required"),
    Asked.COVERED: ("c", "covered: one of several, or something wider is asked"),
    Asked.NARROWER: ("n", "something narrower is asked"),
    Asked.NOT_ASKED: ("o", "not asked"),
    Asked.UNKNOWN: ("?", "unknown"),
}
_CAUSES = {
    Cause.ASKS_MORE: "verified provisions ask more; the facts of a case may show it",
    Cause.NO_SUCH_OFFENCE: "text seen, no such offence; another offence may reach the conduct",
    Cause.NOT_VERIFIED: "a provision that nobody verified would be met",
    Cause.NOT_READ: "of the requested State only headings, or nothing, on this offence",
    Cause.OWN_NOT_READ: "of the requesting State's own provision only the heading is known",
    Cause.OWN_NOT_VERIFIED: "the requesting State's own provision is not verified",
}
_AREA_MARKS = {"legislation": "law", "draft": "draft", "none": "none", "unknown": "?"}
_NOTE = "Computed from the data of {day}. Unknown is not 'no'. Not legal advice."
# Amendments that are shown; --json has all.
_MOST = 15


def overview(rows: Sequence[Row], states: Sequence[str]) -> str:
    """All offences against all States, a sign each."""
    lines = _grid(
        ((row.offence, [_MEETS[cell.meets][0] for cell in row.cells if cell.state in states]) for row in rows), states
    )
    legend = [f"  {sign}  {words}" for sign, words in _MEETS.values()]
    return "\n".join([*lines, "", *legend, "", "One offence by its elements: --offence CODE", _note()])


def elements(row: Row, states: Sequence[str]) -> str:
    """One offence: its concepts against the States, by the nearest provision of each; what each asks beyond."""
    cells = [cell for cell in row.cells if cell.state in states]
    article = f"{row.article.source} {row.article.ref}" if row.article else "what is commonly required"
    body = [("(result)", [_MEETS[cell.meets][0] for cell in cells])]
    body += [(name, [_sign(cell, name) for cell in cells]) for name in row.concepts]
    lines = [f"{row.offence}, compared with {article}", "", *_grid(body, states), ""]
    lines += [f"  {sign}  {words}" for sign, words in (*_MEETS.values(), *_ASKED.values())]
    lines += ["", *table(("State", "Provision", "Standing", "Asks beyond"), _listed(cells), (6, 30, 22, 42)), ""]
    return "\n".join([*lines, _note()])


def _sign(cell: Cell, concept: str) -> str:
    first = next(iter(cell.provisions), None)
    return _ASKED[first.asked[concept]][0] if first and concept in first.asked else " "


def _listed(cells: Iterable[Cell]) -> list[tuple[str, str, str, str]]:
    return [(cell.state, row.name, _standing(row), _beyond(row.adds)) for cell in cells for row in cell.provisions]


def _standing(row: ProvisionCell) -> str:
    return f"{'verified' if row.ref.verified else 'NOT VERIFIED'}, {'no such offence' if row.absent else row.basis}"


def _beyond(adds: Iterable[Iterable[str]]) -> str:
    return "; ".join(" / ".join(names) for names in adds)


def provisions(rows: Sequence[Row], states: Sequence[str]) -> str:
    """Every provision of some States, offence by offence."""
    lines: list[str] = []
    for state in states:
        found = []
        for row in rows:
            cell = next(cell for cell in row.cells if cell.state == state)
            found += [(row.offence, cell.meets, one.name, _standing(one), _beyond(one.adds)) for one in cell.provisions]
            if not cell.provisions:
                found.append((row.offence, cell.meets, "", "", ""))
        name = shipped().state(state).name.en
        lines += [f"{name} ({state})", "", *table(_PROVISIONS, found, (20, 13, 25, 16, 26)), ""]
    return "\n".join([*lines, _note()])


_PROVISIONS = ("Offence", "Result", "Provision", "Standing", "Asks beyond the reference")


def meetings(found: Sequence[Direction], changes: Sequence[Amendment]) -> str:
    """How many charges of each State are an offence in each other one, why the others are unknown, what would mend."""
    states = sorted({row.requesting for row in found})
    met = {(row.requesting, row.requested): _count(row)[Verdict.MET] for row in found}
    body = [(f"{first} asks", [_number(met.get((first, second))) for second in states]) for first in states]
    lines = ["Charges of the requesting State (left) that are an offence in the requested State (top)", ""]
    lines += [*_grid(body, states), "", "  .  none known to be met    9  nine or more", ""]
    lines += [*_causes(found), "", *_mending(changes)]
    return "\n".join(
        [*lines, "", "One State's pairs: --pairs --state STATE; two States in detail: name both.", _note()]
    )


def _count(row: Direction) -> Counter[Verdict]:
    return Counter(one.verdict for one in row.meetings)


def _number(count: int | None) -> str:
    return " " if count is None else "." if count == 0 else str(min(count, 9))


def _causes(found: Iterable[Direction]) -> list[str]:
    counted = Counter(one.cause for row in found for one in row.meetings)
    total = Counter(one.verdict for row in found for one in row.meetings)
    lines = [f"{total[verdict]:6}  {verdict}" for verdict in (Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN)]
    return [*lines, *(f"{counted[cause]:10}  {cause}: {words}" for cause, words in _CAUSES.items())]


def _mending(changes: Sequence[Amendment]) -> list[str]:
    if not changes:
        return ["No single amendment of a text that was seen would mend anything."]
    rows = [(row.state, row.offence, _change(row), str(len(row.mends))) for row in changes[:_MOST]]
    return ["Single amendments that would mend most", "", *table(_CHANGES, rows, (7, 24, 55, 14))]


_CHANGES = ("State", "Offence", "Change", "Charges mended")


def _change(row: Amendment) -> str:
    if row.provision is None:
        return "make the offence, no narrower than the reference"
    return f"{row.provision}: no longer ask {' / '.join(row.concepts)}"


def directions(
    found: Sequence[Direction], changes: Mapping[tuple[str, str], Amendment | None], *, detailed: bool
) -> str:
    """Pairs of States, both directions: counted, or charge by charge."""
    if detailed:
        lines = [line for row in found for line in _charges(row)]
    else:
        rows = [(f"{row.requesting} asks {row.requested}", *_figures(row)) for row in found]
        lines = list(
            table(("Direction", "Met", "Not met", "Unknown", "of which asks more"), rows, (30, 12, 12, 12, 20))
        )
    lines += ["", "The single amendment that would mend most between two States", ""]
    named = [("-".join(pair), row) for pair, row in changes.items() if row]
    body = [(pair, row.state, f"{row.offence}: {_change(row)}", str(len(row.mends))) for pair, row in named]
    lines += table(("Pair", "State", "Change", "Mended"), body, (8, 7, 70, 8)) if body else ["none"]
    return "\n".join([*lines, "", _note()])


def _figures(row: Direction) -> tuple[str, str, str, str]:
    count = _count(row)
    more = sum(one.cause is Cause.ASKS_MORE for one in row.meetings)
    return str(count[Verdict.MET]), str(count[Verdict.NOT_MET]), str(count[Verdict.UNKNOWN]), str(more)


def _charges(row: Direction) -> list[str]:
    rows = [(one.offence, one.provision, one.verdict, _why(one)) for one in row.meetings]
    heading = f"{row.requesting} asks {row.requested}: its own provisions as conduct"
    if not rows:
        return [heading, "  no provision of the requesting State is in the data", ""]
    return [heading, "", *table(("Offence", "Own provision", "There", "Because"), rows, (22, 26, 10, 42)), ""]


def _why(one: Meeting) -> str:
    if one.verdict is Verdict.MET:
        return f"fulfils {one.met_by}"
    if one.cause is Cause.ASKS_MORE:
        return f"{one.nearest} also asks {_beyond(one.asks_more) or 'what is not certain'}"
    return str(one.cause)


def area_overview(rows: Sequence[Area], names: Sequence[str]) -> str:
    """The four areas by State."""
    by_state: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_state[row.state].append(_AREA_MARKS.get(row.status, row.status) + ("" if row.verified else " (unverified)"))
    headings = ("State", *(name.replace("_", " ") for name in names))
    body = [(f"{shipped().state(state).name.en} ({state})", *cells) for state, cells in by_state.items()]
    return "\n".join(
        [*table(headings, body, (30, 17, 17, 17, 17)), "", "Titles and sources: --areas --state STATE", _note()]
    )


def area_details(rows: Sequence[Area]) -> str:
    """The areas of some States with title and source."""
    lines = []
    for row in rows:
        mark = "verified" if row.verified else "NOT VERIFIED"
        title = row.title or "no title"
        lines.append(f"{row.state}  {row.area.replace('_', ' ')}: {row.status} ({mark}, by {row.evidence})")
        lines.append(f"    {title}{f', {row.year}' if row.year else ''}; tracker: {row.tracker or 'no label'}")
        lines += [f"    {words}" for words in (row.note, row.source) if words]
    return "\n".join([*lines, "", _note()])


def _grid(body: Iterable[tuple[str, Sequence[str]]], states: Sequence[str]) -> list[str]:
    """Signs under the States' codes, which stand upright, so that 32 of them fit."""
    rows = list(body)
    room = max((len(name) for name, _ in rows), default=0)
    heads = [" " * room + "  " + " ".join(code[place] for code in states) for place in (0, 1)]
    lines = [*heads, *(f"{name:{room}}  {' '.join(signs)}" for name, signs in rows)]
    return [line.rstrip()[:WIDTH] for line in lines]


def _note() -> str:
    return _NOTE.format(day=shipped().state_elements.as_of.isoformat())
