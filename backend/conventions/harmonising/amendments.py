"""Which single change of one State's law would make most charges of the others an offence there too."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from backend.conventions.catalogue import Catalogue, shipped
from backend.conventions.dual_criminality.meanings import typical
from backend.conventions.dual_criminality.vocabulary import vocabulary
from backend.conventions.harmonising.pairs import Cause, Direction, Meeting, charges


@dataclass(frozen=True, slots=True)
class Amendment:
    """`state` drops one element (`concepts`: a required one, or all of a group of alternatives) from its provision,
    or, with `provision` None, makes the offence. `mends` are (requesting State, its provision, the offence)."""

    state: str
    offence: str
    provision: str | None
    concepts: tuple[str, ...]
    mends: tuple[tuple[str, str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """The amendment as JSON-ready values."""
        body: dict[str, Any] = {"state": self.state, "offence": self.offence, "provision": self.provision}
        body |= {"kind": "drop-element" if self.provision else "add-offence", "concepts": list(self.concepts)}
        mends = [{"from": state, "provision": name, "offence": offence} for state, name, offence in self.mends]
        return body | {"mends": mends, "count": len(self.mends)}


def amendments(directions: Iterable[Direction], catalogue: Catalogue | None = None) -> tuple[Amendment, ...]:
    """Single changes that would mend something, what mends most first.

    Only what was seen can be mended: a provision whose verified text asks one thing more, or a law whose text was seen
    and holds no such offence. That nothing of a State is loaded calls for reading, not for an amendment. An act, a rank
    of the mental scale and what makes the act wrong are what the offence is, so no proposal drops them.
    """
    law = catalogue or shipped()
    found: dict[tuple[str, str, str | None, tuple[str, ...]], list[tuple[str, str, str]]] = defaultdict(list)
    for direction in directions:
        for meeting in direction.meetings:
            change = _change(law, direction.requesting, meeting)
            if change is not None:
                mended = (direction.requesting, meeting.provision, meeting.offence)
                found[direction.requested, meeting.offence, *change].append(mended)
    listed = [Amendment(*key, tuple(mends)) for key, mends in found.items()]
    return tuple(sorted(listed, key=_rank))


def _change(law: Catalogue, requesting: str, meeting: Meeting) -> tuple[str | None, tuple[str, ...]] | None:
    """The provision and the concepts that it would drop; (None, ()) to make the offence; None where neither mends."""
    if meeting.cause is Cause.ASKS_MORE and len(meeting.asks_more) == 1:
        dropped = [vocabulary(law).concepts[name] for name in meeting.asks_more[0]]
        kept = law.comparison_rules.never_dropped
        if all(one.kind != "conduct" and one.scale is None and one.id not in kept for one in dropped):
            return meeting.nearest, meeting.asks_more[0]
    if meeting.cause is Cause.NO_SUCH_OFFENCE and _fits(law, requesting, meeting):
        return None, ()
    return None


def _fits(law: Catalogue, requesting: str, meeting: Meeting) -> bool:
    """Whether the charge shows the act of the reference instrument: what else it asks, a new offence need not ask."""
    required, concepts = typical(law, meeting.offence).conduct, vocabulary(law).concepts
    acts = {name for name in required.established if concepts[name].kind == "conduct"}
    choices = [choice for choice in required.one_of if all(concepts[name].kind == "conduct" for name in choice)]
    for charge in charges(law, requesting):
        same = (charge.provision.name, charge.provision.row.offence) == (meeting.provision, meeting.offence)
        if same and charge.stated is not None:
            shown = charge.stated.proven.keys()
            return acts <= shown and all(choice & shown or charge.stated.choice_for(choice) for choice in choices)
    return False


def _rank(row: Amendment) -> tuple[object, ...]:
    return -len(row.mends), row.state, row.offence, row.provision or "", row.concepts


def by_pair(
    directions: Iterable[Direction], catalogue: Catalogue | None = None
) -> dict[tuple[str, str], Amendment | None]:
    """For each two States, the single change that mends most between them; None where none would."""
    grouped: dict[tuple[str, str], list[Direction]] = defaultdict(list)
    for direction in directions:
        first, second = sorted((direction.requesting, direction.requested))
        grouped[first, second].append(direction)
    return {pair: next(iter(amendments(rows, catalogue)), None) for pair, rows in sorted(grouped.items())}
