"""The four areas of cyberlaw, by State: whether there is a law, what a tracker says, and what was seen of it."""

from dataclasses import asdict, dataclass
from typing import Any

from backend.conventions.catalogue import Catalogue, shipped

# The blocks of a State in cyberlaw-areas.yaml that are areas; the others answer questions of a letter.
AREAS = ("electronic_transactions", "consumer_protection_online", "data_protection", "cybercrime")


@dataclass(frozen=True, slots=True)
class Area:
    """An area in a State. `status` is the data's reading, `tracker` the label of UNCTAD's tracker."""

    state: str
    area: str
    status: str
    tracker: str | None
    title: str | None
    year: int | None
    verified: bool
    evidence: str
    source: str | None
    note: str | None

    def to_json(self) -> dict[str, Any]:
        """The area as JSON-ready values."""
        return asdict(self)


def areas(catalogue: Catalogue | None = None) -> tuple[Area, ...]:
    """Each area of each State, by State; `unknown` where the file has no block."""
    law = catalogue or shipped()
    return tuple(
        _area(state, area, law.cyberlaw_areas.states.get(state, {}).get(area, {}))
        for state in law.state_codes
        for area in AREAS
    )


def _area(state: str, area: str, block: dict[str, Any]) -> Area:
    return Area(
        state,
        area,
        block.get("status", "unknown"),
        block.get("unctad"),
        block.get("title"),
        block.get("year"),
        bool(block.get("verified", False)),
        block.get("evidence", "none"),
        block.get("source"),
        block.get("note"),
    )
