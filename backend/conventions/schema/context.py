"""Files about the region as a whole: areas of cyberlaw, and the computed harmonisation view."""

from datetime import date
from typing import Any

from backend.conventions.schema.common import Row, Slug, Source, StateCode


class TreatyFloor(Row, frozen=True, kw_only=True):
    """What an instrument says of electronic form, whatever the national law."""

    instrument: Slug
    ref: str
    text: str
    applies_to: str | tuple[StateCode, ...]
    verified: bool
    source: str | None = None
    seen_in: str | None = None


class CyberlawAreas(Row, frozen=True, kw_only=True):
    """`cyberlaw-areas.yaml`; the blocks of a State are read by those who need them."""

    version: int
    description: str
    as_of: date
    legend: dict[str, str]
    treaty_floor: tuple[TreatyFloor, ...]
    findings: tuple[str, ...]
    sources: tuple[Source, ...]
    states: dict[StateCode, dict[str, dict[str, Any]]]


class Harmonisation(Row, frozen=True, kw_only=True):
    """`harmonisation.yaml`: computed; never edited."""

    version: int
    as_of: date
    inputs: tuple[str, ...]
    budapest_substantive: dict[Slug, str]
    tier_1: tuple[StateCode, ...]
    states: dict[StateCode, dict[str, Any]]
    codes: dict[Slug, dict[str, Any]]
    matrix: dict[Slug, dict[StateCode, dict[str, Any]]]
    pair_summary: dict[str, Any]
    pairs: tuple[dict[str, Any], ...]
    findings: tuple[str, ...]
