"""The law of a day: a change of law is a second row, and each day is judged by the row that held on it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from backend.conventions import legal_basis
from backend.conventions.catalogue import Catalogue, shipped
from backend.conventions.dating import as_of
from backend.conventions.legal_basis import BasisAnswer
from backend.conventions.schema.common import DatedRow

CHANGE = date(2026, 6, 1)
BEFORE, AFTER = date(2026, 5, 31), date(2026, 6, 1)
Edit = Callable[[str, Callable[[Any], object]], None]


@pytest.fixture
def edit(data: Path) -> Edit:
    """Change a file of the copy as lists and mappings."""

    def changed(file: str, change: Callable[[Any], object]) -> None:
        path = data / file
        document = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)  # noqa: S506  a safe loader
        change(document)
        path.write_bytes(msgspec.json.encode(document))

    return changed


def amend(rows: list[dict[str, Any]], place: int, **new: Any) -> None:
    """From the day of the change the row says something else: the old one ends, and a new one begins."""
    rows.append(rows[place] | new | {"valid_from": CHANGE.isoformat()})
    rows[place]["valid_until"] = CHANGE.isoformat()


def find(data: Path, on: date, *question: str, offences: tuple[str, ...] = ()) -> BasisAnswer:
    law = Catalogue(data)
    return legal_basis.find(*question, on=on, offences=offences, catalogue=as_of(law, on))


def test_where_no_row_is_dated_the_catalogue_itself_is_the_law_of_every_day() -> None:
    assert as_of(shipped(), date(1999, 1, 1)) is shipped()


def test_the_law_of_one_day_is_made_once(data: Path, edit: Edit) -> None:
    edit("states/bb.yaml", lambda d: amend(d["gates"], 0))
    law = Catalogue(data)
    assert as_of(law, BEFORE) is as_of(law, BEFORE)
    assert as_of(as_of(law, BEFORE), AFTER) is as_of(law, AFTER)
    # What does not change is not copied.
    assert as_of(law, BEFORE).state("gd") is law.state("gd")


def test_an_amended_penalty_answers_by_the_day(data: Path, edit: Edit) -> None:
    """A treaty asks for a penalty of a year; the law of the requesting State had less until it was amended."""
    offences = lambda d: d["cybercrime_statute"]["offences"]  # noqa: E731
    edit("states/bb.yaml", lambda d: amend(offences(d), place_of(offences(d), "s. 14"), max_years=6))
    years = {day: _years(Catalogue(data), day) for day in (BEFORE, AFTER)}
    assert years == {BEFORE: [1], AFTER: [6]}
    asked = ("bb", "cr", "stored-data")
    before, after = (find(data, day, *asked, offences=("cyber-harassment",)) for day in (BEFORE, AFTER))
    assert _codes(before, "untoc") >= {"penalty-too-low"}
    assert not _codes(after, "untoc") & {"penalty-too-low", "penalty-seems-too-low"}


def place_of(rows: list[dict[str, Any]], ref: str) -> int:
    return next(place for place, row in enumerate(rows) if row["ref"] == ref)


def _years(law: Catalogue, day: date) -> list[int | None]:
    rows = as_of(law, day).state("bb").cybercrime_statute.offences
    return [row.max_years for row in rows if row.ref == "s. 14"]


def _codes(answer: BasisAnswer, instrument: str) -> set[str]:
    return {reason.code for basis in answer.bases if basis.instrument == instrument for reason in basis.reasons}


def test_an_amended_gate_answers_by_the_day(data: Path, edit: Edit) -> None:
    edit("states/bb.yaml", lambda d: amend(d["gates"], 2, needs="none", ref="Cap. 140A as amended"))
    before, after = (find(data, day, "gd", "bb", "stored-data").composition.gates for day in (BEFORE, AFTER))
    assert "Cap. 140A, Part III, ss. 17-27" in {gate.reason.refs[0].ref for gate in before}
    assert "Cap. 140A as amended" not in {gate.reason.refs[0].ref for gate in before}
    assert "Cap. 140A as amended" in {gate.reason.refs[0].ref for gate in after}
    assert "Cap. 140A, Part III, ss. 17-27" not in {gate.reason.refs[0].ref for gate in after}


def test_an_amended_article_answers_by_the_day_and_a_past_letter_by_the_old_one(data: Path, edit: Edit) -> None:
    """Judged again today, a letter of the day before the change stands on the article as it then was."""
    article = lambda d: next(i for i, row in enumerate(d["cooperation"]) if row["ref"] == "Art. 29")  # noqa: E731
    edit("instruments/budapest.yaml", lambda d: amend(d["cooperation"], article(d), ref="Art. 29 bis", title="Amended"))
    asked = ("gd", "cr", "preservation")
    today = find(data, AFTER, *asked)
    letter_then, letter_again = find(data, BEFORE, *asked), find(data, BEFORE, *asked)
    assert today.best is not None
    assert letter_then.best is not None
    assert (today.best.measure_ref and today.best.measure_ref.ref) == "Art. 29 bis"
    assert (letter_then.best.measure_ref and letter_then.best.measure_ref.ref) == "Art. 29"
    assert letter_again == letter_then
    # And it is the very answer that the data gave before the change was written into them.
    assert letter_then.bases == legal_basis.find(*asked, on=BEFORE).bases


def test_a_new_wording_of_the_statute_leaves_the_old_one_to_its_days(data: Path, edit: Edit) -> None:
    def renamed(document: Any) -> None:
        old = document["mla_statute"] | {"valid_until": CHANGE.isoformat()}
        document["mla_statute_earlier"] = [old]
        document["mla_statute"] = old | {"title": "Mutual Assistance Act 2026", "valid_from": CHANGE.isoformat()}
        document["mla_statute"]["valid_until"] = None

    edit("states/bb.yaml", renamed)
    law = Catalogue(data)
    assert as_of(law, BEFORE).state("bb").mla_statute.title == "Mutual Assistance in Criminal Matters Act"
    assert as_of(law, AFTER).state("bb").mla_statute.title == "Mutual Assistance Act 2026"


def test_before_the_first_known_wording_the_statute_is_not_established(data: Path, edit: Edit) -> None:
    edit("states/bb.yaml", lambda d: d["mla_statute"].update(valid_from="2000-01-01"))
    assert as_of(Catalogue(data), date(1999, 12, 31)).state("bb").mla_statute.title is None


def test_a_rule_of_an_instrument_has_its_wordings(data: Path, edit: Edit) -> None:
    def reworded(document: Any) -> None:
        old = document["rules"]["scope"]
        document["rules_earlier"] = {"scope": [old | {"valid_until": CHANGE.isoformat()}]}
        document["rules"]["scope"] = old | {"text": "Any offence.", "valid_from": CHANGE.isoformat()}
        document["rules"]["urgency"] = old | {"text": "Sooner.", "valid_from": CHANGE.isoformat()}

    edit("instruments/untoc.yaml", reworded)
    law = Catalogue(data)
    assert as_of(law, AFTER).instrument("untoc").rules["scope"].text == "Any offence."
    assert as_of(law, BEFORE).instrument("untoc").rules["scope"] is not None
    assert as_of(law, BEFORE).instrument("untoc").rules["scope"].text.startswith("Offences covered")
    assert "urgency" not in as_of(law, BEFORE).instrument("untoc").rules


def test_orders_and_national_elements_are_dated_too(data: Path, edit: Edit) -> None:
    def revoked(document: Any) -> None:
        next(gate for gate in document["gates"] if gate["orders"])["orders"][0]["valid_until"] = CHANGE.isoformat()

    edit("states/tt.yaml", revoked)
    edit("state-elements.yaml", lambda d: d["offences"][0].update(valid_from=CHANGE.isoformat()))
    law = Catalogue(data)
    orders = [sum(len(gate.orders) for gate in as_of(law, day).state("tt").gates or ()) for day in (BEFORE, AFTER)]
    assert orders[0] - orders[1] == 1
    rows = [len(as_of(law, day).state_elements.offences) for day in (BEFORE, AFTER)]
    assert rows[1] - rows[0] == 1


@given(
    st.lists(st.dates(date(2000, 1, 1), date(2030, 1, 1)), min_size=1, max_size=6, unique=True),
    st.dates(date(1990, 1, 1), date(2040, 1, 1)),
)
def test_of_rows_that_follow_each_other_one_holds_on_every_day(changes: list[date], day: date) -> None:
    bounds = [None, *sorted(changes), None]
    rows = [DatedRow(valid_from=a, valid_until=b) for a, b in zip(bounds, bounds[1:], strict=False)]
    assert len([row for row in rows if row.valid_on(day)]) == 1
