"""What docs/adding-law.md shows holds: its rows fit the schema, and following it leaves data that pass the check."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from backend.conventions import legal_basis
from backend.conventions.catalogue import Catalogue
from backend.conventions.checking import check
from backend.conventions.dating import as_of
from backend.conventions.harmonising.recomputing import recompute
from backend.conventions.schema.concepts import ConceptMapping, NationalOffence
from backend.conventions.schema.instruments import Cooperation, Element, RequestContent
from backend.conventions.schema.states import BilateralStanding, StatuteOffence, TreatyStanding

PAGE = (Path(__file__).parents[2] / "docs" / "adding-law.md").read_text(encoding="utf-8")
ON = date(2026, 11, 28)
KINDS = [
    StatuteOffence,
    TreatyStanding,
    BilateralStanding,
    Cooperation,
    RequestContent,
    Element,
    ConceptMapping,
    NationalOffence,
]


def blocks() -> list[Any]:
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]


def edited(path: Path) -> Any:
    return yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)  # noqa: S506  a safe loader


def write(path: Path, document: Any) -> None:
    path.write_bytes(msgspec.json.encode(document))


def test_every_row_fits_its_schema() -> None:
    shown = blocks()
    assert len(shown) == len(KINDS)
    for block, kind in zip(shown, KINDS, strict=True):
        assert msgspec.convert(block, tuple[kind, ...])  # type: ignore[valid-type]


@pytest.fixture
def amended(data: Path) -> Path:
    """The page's amended penalty and denounced treaty, written as it says."""
    penalty, treaty = blocks()[:2]
    barbados, grenada = edited(data / "states/bb.yaml"), edited(data / "states/gd.yaml")
    rows = barbados["cybercrime_statute"]["offences"]
    barbados["cybercrime_statute"]["offences"] = [row for row in rows if row["ref"] != "s. 14"] + penalty
    grenada["treaties"] = [row for row in grenada["treaties"] if row["instrument"] != "untoc"] + treaty
    write(data / "states/bb.yaml", barbados)
    write(data / "states/gd.yaml", grenada)
    return data


@pytest.mark.long
def test_a_change_written_so_passes_the_check_and_answers_by_the_day(amended: Path) -> None:
    assert [str(fault) for fault in check(amended, on=ON).faults] == []
    law, change = Catalogue(amended), date(2027, 3, 1)
    for day, years in ((change - timedelta(days=1), 1), (change, 5)):
        rows = as_of(law, day).state("bb").cybercrime_statute.offences
        assert [row.max_years for row in rows if row.ref == "s. 14"] == [years]


def test_a_treaty_denounced_so_binds_until_the_day_before(amended: Path) -> None:
    law = Catalogue(amended)

    def standing(on: date) -> str:
        answer = legal_basis.find("gd", "jm", "stored-data", on=on, offences=["computer-fraud"], catalogue=law)
        return next(str(basis.standing) for basis in answer.bases if basis.instrument == "untoc")

    assert standing(date(2027, 6, 29)) != "not-applicable"
    assert standing(date(2027, 6, 30)) == "not-applicable"


@pytest.mark.long
def test_a_state_added_so_passes_the_check_and_is_answered_with_what_is_not_known(data: Path) -> None:
    brazil = edited(data / "states/co.yaml")
    name = dict.fromkeys(("en", "es", "fr", "nl"), "Brazil")
    brazil |= {"code": "br", "name": name, "official_languages": ["pt"], "tier": 3, "as_of": "2026-11-28"}
    brazil |= {"treaties": [], "bilateral": [], "authorities": [], "notes": [], "sources": [], "other_statutes": []}
    brazil["cybercrime_statute"] |= {"title": None, "year": None, "citation": None, "offences": []}
    brazil["mla_statute"] = dict.fromkeys(("title", "year", "citation", "source")) | {
        "confidence": "low",
        "verified": False,
    }
    for key in ("gates", "domestic_powers", "provider_law", "territories"):
        brazil.pop(key, None)
    write(data / "states/br.yaml", brazil)
    areas, view = edited(data / "cyberlaw-areas.yaml"), edited(data / "harmonisation.yaml")
    areas["states"]["br"] = areas["states"]["co"]
    write(data / "cyberlaw-areas.yaml", areas)
    write(data / "harmonisation.yaml", view | recompute(Catalogue(data)))
    assert [str(fault) for fault in check(data, on=ON).faults] == []
    answer = legal_basis.find("gd", "br", "preservation", on=ON, catalogue=Catalogue(data))
    assert answer.best is None
    assert {reason.code for reason in answer.composition.unknowns} >= {"gates-not-established"}
