"""Known answers for the 45 pairs of the ten States of the founding workshop.

Written from the rows of the States (treaty tables of depositaries, statutes) and the articles of the instruments, by
reading them, not from what the engine prints: a new row of the data that changes one of these is a change of the law to
be looked at.
"""

from datetime import date

import pytest

from backend.conventions import legal_basis
from backend.conventions.catalogue import shipped
from backend.conventions.legal_basis import BasisAnswer, Standing
from backend.conventions.legal_basis.gates import open_gates

ON = date(2026, 11, 24)

# The pair | the best basis of a letter for stored data, either way | gates open when the first asks | when the second
# asks. `in`: of the State that is asked, `out`: of the one that asks.
# - Nassau Convention (oas-mla): party are ag, bs, cr, jm, sr, sv, tt; bb, cu, lc are not (OAS table).
# - Palermo Convention (untoc): all ten are party. Budapest: cr alone.
# - ag: commencement of its Act not seen. bs: no treaty of the ten scheduled, no designation seen. bb: a condition for
#   States outside the Commonwealth, both ways; its schedule carries the CARICOM treaty, which is not in force. cu:
#   reciprocity. jm: Commonwealth States by Order (the one seen names none of the ten), others by treaty and Order.
#   tt: others by treaty and Order, none seen for the ten; the alternative of Act 26 of 2005 is of unknown reach.
KNOWN = """
ag bs | oas-mla | in designation                 | in commencement
ag bb | untoc   | -                              | in commencement
ag cr | oas-mla | -                              | in commencement
ag cu | untoc   | in reciprocity                 | in commencement
ag sv | oas-mla | -                              | in commencement
ag jm | oas-mla | in designation                 | in commencement
ag lc | untoc   | -                              | in commencement
ag sr | oas-mla | -                              | in commencement
ag tt | oas-mla | -                              | in commencement
bs bb | untoc   | -                              | in designation
bs cr | oas-mla | -                              | in designation
bs cu | untoc   | in reciprocity                 | in designation
bs sv | oas-mla | -                              | in designation
bs jm | oas-mla | in designation                 | in designation
bs lc | untoc   | -                              | in designation
bs sr | oas-mla | -                              | in designation
bs tt | oas-mla | -                              | in designation
bb cr | untoc   | out designation                | in designation
bb cu | untoc   | in reciprocity, out designation | in designation
bb sv | untoc   | out designation                | in designation
bb jm | untoc   | in designation                 | -
bb lc | untoc   | -                              | -
bb sr | untoc   | out designation                | in designation, in treaty
bb tt | untoc   | -                              | -
cr cu | untoc   | in reciprocity                 | -
cr sv | oas-mla | -                              | -
cr jm | oas-mla | in order                       | -
cr lc | untoc   | -                              | -
cr sr | oas-mla | -                              | -
cr tt | oas-mla | in order, in treaty            | -
cu sv | untoc   | -                              | in reciprocity
cu jm | untoc   | in order                       | in reciprocity
cu lc | untoc   | -                              | in reciprocity
cu sr | untoc   | -                              | in reciprocity
cu tt | untoc   | in order, in treaty            | in reciprocity
sv jm | oas-mla | in order                       | -
sv lc | untoc   | -                              | -
sv sr | oas-mla | -                              | -
sv tt | oas-mla | in order, in treaty            | -
jm lc | untoc   | -                              | in designation
jm sr | oas-mla | -                              | in order
jm tt | oas-mla | -                              | in designation
lc sr | untoc   | -                              | -
lc tt | untoc   | -                              | -
sr tt | oas-mla | in order, in treaty            | -
"""


def _rows() -> list[tuple[str, str, str, set[str], set[str]]]:
    found = []
    for line in KNOWN.strip().splitlines():
        pair, best, there, back = (part.strip() for part in line.split("|"))
        first, second = pair.split()
        found.append((first, second, best, _gates(there), _gates(back)))
    return found


def _gates(told: str) -> set[str]:
    return set() if told == "-" else {part.strip() for part in told.split(",")}


def _open(answer: BasisAnswer) -> set[str]:
    short = {"incoming": "in", "outgoing": "out"}
    return {f"{short[gate.direction]} {gate.needs}" for gate in open_gates(answer.composition.gates)}


def _standings(answer: BasisAnswer) -> dict[str, Standing]:
    return {basis.instrument: basis.standing for basis in answer.bases}


def test_all_pairs_of_the_ten_are_written_down() -> None:
    ten = {row.code for row in shipped().states() if row.tier == 1}
    assert len(ten) == 10
    assert len({frozenset(row[:2]) for row in _rows()}) == 45
    assert {code for row in _rows() for code in row[:2]} == ten


@pytest.mark.parametrize(("first", "second", "best", "there", "back"), _rows())
def test_a_letter_for_stored_data(first: str, second: str, best: str, there: set[str], back: set[str]) -> None:
    for asking, asked, gates in ((first, second, there), (second, first, back)):
        answer = legal_basis.find(asking, asked, "stored-data", on=ON)
        assert answer.best is not None
        assert answer.best.instrument == best
        # Both ask for a least penalty, and no offence is named: there is something to show.
        assert answer.best.standing is Standing.WITH_CONDITIONS
        assert _open(answer) == gates
        standings = _standings(answer)
        assert standings["untoc"] is Standing.WITH_CONDITIONS
        assert standings["budapest"] is Standing.NOT_APPLICABLE
        assert standings["un-cybercrime"] is Standing.NOT_APPLICABLE
        assert standings.get("caricom-mlat") in {None, Standing.NOT_APPLICABLE}
        assert standings.get("medellin") in {None, Standing.NOT_APPLICABLE}
        assert standings.get("central-american-mla") in {None, Standing.UNKNOWN}
        assert standings.get("harare") in {None, Standing.NOT_APPLICABLE}


@pytest.mark.parametrize(("first", "second", "best", "there", "back"), _rows())
def test_preservation_may_be_asked_for_and_nobody_must_do_it(
    first: str, second: str, best: str, there: set[str], back: set[str]
) -> None:
    for asking, asked in ((first, second), (second, first)):
        answer = legal_basis.find(asking, asked, "preservation", on=ON)
        assert answer.best is not None
        assert answer.best.instrument == best
        assert "no-duty" in {reason.code for reason in answer.best.reasons}
        assert "police-contact" in {way.way for way in answer.remaining}


@pytest.mark.parametrize(
    ("asking", "asked", "offence", "best", "standing"),
    [
        # Código Penal art. 217 bis: up to 6 years; El Salvador's gate is a step, not a condition.
        ("cr", "sv", "computer-fraud", "oas-mla", Standing.APPLICABLE),
        ("cr", "sr", "system-interference", "oas-mla", Standing.APPLICABLE),
        # Cybercrimes Act s. 3: up to 7 years, above the four of the Palermo Convention; a group has to be shown.
        ("jm", "lc", "illegal-access", "untoc", Standing.WITH_CONDITIONS),
        # Computer Misuse Act s. 3: 2 years; the Nassau Convention asks for one, the Palermo Convention for four.
        ("tt", "cr", "illegal-access", "oas-mla", Standing.APPLICABLE),
        ("tt", "lc", "illegal-access", "untoc", Standing.WITH_CONDITIONS),
    ],
)
def test_what_the_offence_changes(asking: str, asked: str, offence: str, best: str, standing: Standing) -> None:
    answer = legal_basis.find(asking, asked, "stored-data", on=ON, offences=[offence])
    assert answer.best is not None
    assert (answer.best.instrument, answer.best.standing) == (best, standing)


def test_two_years_are_too_few_for_the_palermo_convention_and_an_aggravated_form_is_advised() -> None:
    answer = legal_basis.find("tt", "lc", "stored-data", on=ON, offences=["illegal-access"])
    palermo = next(basis for basis in answer.bases if basis.instrument == "untoc")
    told = next(reason.text for reason in palermo.reasons if reason.code == "penalty-seems-too-low")
    assert "illegal-access (s. 3) carries 2 (unverified)" in told
    assert "Consider an aggravated form" in told
    assert "s. 6) carries 7" in told
    assert "to-be-shown" in {reason.code for reason in palermo.reasons}
