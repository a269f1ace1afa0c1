"""Where the laws meet: figures made anew, the matrix by elements, pairs, amendments, areas, and their command."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from backend.cli.law import command
from backend.conventions.catalogue import Catalogue, shipped
from backend.conventions.dual_criminality import Verdict, assess
from backend.conventions.errors import UnknownName
from backend.conventions.harmonising.amendments import amendments, by_pair
from backend.conventions.harmonising.areas import AREAS, areas
from backend.conventions.harmonising.cells import Asked, Cell, Meets, Row, matrix
from backend.conventions.harmonising.pairs import Cause, Direction, charges, conduct_required, pairs
from backend.conventions.harmonising.recomputing import differences


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    return matrix()


@pytest.fixture(scope="module")
def all_pairs() -> tuple[Direction, ...]:
    return pairs()


def cell(rows: tuple[Row, ...], offence: str, state: str) -> Cell:
    return next(c for row in rows if row.offence == offence for c in row.cells if c.state == state)


def test_the_figures_made_anew_are_those_of_the_file() -> None:
    assert differences() == ()


def test_a_changed_row_is_told_as_a_difference(change: Callable[[str, str, str], Path]) -> None:
    old = "offence: illegal-access"
    folder = change("states/co.yaml", old, "offence: spam")
    found = differences(Catalogue(folder))
    assert any(line.startswith("matrix.illegal-access.co") for line in found)
    assert any(line.startswith("codes.illegal-access.states_found") for line in found)


def test_every_offence_has_a_cell_for_every_state(rows: tuple[Row, ...]) -> None:
    assert [row.offence for row in rows] == list(shipped().offences)
    assert all([cell.state for cell in row.cells] == list(shipped().state_codes) for row in rows)


@pytest.mark.parametrize(
    ("offence", "state", "meets"),
    [
        ("illegal-access", "co", Meets.MET),
        ("illegal-access", "us", Meets.ASKS_MORE),
        ("illegal-access", "cr", Meets.ABSENT),
        ("illegal-access", "bb", Meets.UNVERIFIED),
        ("illegal-access", "gd", Meets.HEADING_ONLY),
        ("illegal-access", "fr", Meets.HEADING_ONLY),
        ("illegal-access", "dm", Meets.NONE_LOADED),
    ],
)
def test_what_the_law_of_a_state_makes_of_an_offence(
    rows: tuple[Row, ...], offence: str, state: str, meets: Meets
) -> None:
    assert cell(rows, offence, state).meets is meets


def test_each_concept_of_the_reference_is_asked_or_not(rows: tuple[Row, ...]) -> None:
    asked = cell(rows, "illegal-access", "co").provisions[0].asked
    assert asked["computer-system"] is Asked.REQUIRED
    assert asked["access-gained"] is Asked.COVERED
    assert asked["without-right"] is Asked.COVERED
    assert asked["security-measure-infringed"] is Asked.NOT_ASKED
    assert set(cell(rows, "illegal-access", "gd").provisions[0].asked.values()) == {Asked.UNKNOWN}
    canada = cell(rows, "illegal-access", "ca").provisions
    assert all(("dishonest-intent",) in one.adds for one in canada)


def test_only_verified_text_answers(rows: tuple[Row, ...]) -> None:
    for row in rows:
        for one in row.cells:
            if one.meets in {Meets.MET, Meets.ASKS_MORE, Meets.ABSENT}:
                assert any(provision.ref.verified for provision in one.provisions)


def test_the_answer_of_a_cell_is_that_of_the_comparison(rows: tuple[Row, ...]) -> None:
    from backend.conventions.dual_criminality.meanings import typical

    for row in rows[:2]:
        conduct = typical(shipped(), row.offence).conduct
        for one in row.cells:
            requesting = "us" if one.state != "us" else "gb"
            verdict = assess(conduct, requesting, one.state, offence=row.offence).verdict
            assert (verdict is Verdict.MET) == (one.meets is Meets.MET), (row.offence, one.state)


@pytest.mark.long
def test_every_two_states_are_heard_in_both_directions(all_pairs: tuple[Direction, ...]) -> None:
    number = len(shipped().state_codes)
    assert len({(row.requesting, row.requested) for row in all_pairs}) == number * (number - 1)


def test_the_conduct_of_a_pair_is_what_the_own_provision_requires() -> None:
    own = next(c.provision for c in charges(shipped(), "co") if c.provision.row.ref == "art. 269A")
    conduct = conduct_required(own)
    assert conduct.established == {"computer-system", "intent"}
    assert conduct.one_of == {
        frozenset({"access-gained", "remaining-after-right-ended"}),
        frozenset({"no-authority", "exceeds-authority"}),
    }


@pytest.mark.long
def test_a_meeting_is_the_answer_of_the_comparison(all_pairs: tuple[Direction, ...]) -> None:
    for row in (row for row in all_pairs if row.requesting in {"co", "us"} and row.requested in {"ca", "cr"}):
        for charge in charges(shipped(), row.requesting):
            meeting = next(m for m in row.meetings if m.provision == charge.provision.name
                           and m.offence == charge.provision.row.offence)  # fmt: skip
            if charge.stated is None:
                assert meeting.cause is Cause.OWN_NOT_READ
                continue
            answer = assess(conduct_required(charge.provision), row.requesting, row.requested)
            expected = answer.verdict if charge.provision.row.verified else Verdict.UNKNOWN
            assert meeting.verdict is expected, (row.requesting, row.requested, meeting.provision)


def test_a_charge_that_is_met_rests_on_verified_text_of_both_sides(all_pairs: tuple[Direction, ...]) -> None:
    verified = {(row.provision.row.state, row.provision.name) for code in shipped().state_codes
                for row in charges(shipped(), code) if row.provision.row.verified}  # fmt: skip
    met = [(row, one) for row in all_pairs for one in row.meetings if one.verdict is Verdict.MET]
    assert met
    for row, one in met:
        assert (row.requesting, one.provision) in verified
        assert (row.requested, one.met_by) in verified


@pytest.mark.long
def test_an_amendment_mends_what_asks_exactly_one_thing_more(all_pairs: tuple[Direction, ...]) -> None:
    changes = amendments(all_pairs)
    kept = set(shipped().comparison_rules.never_dropped)
    assert kept
    assert not [change for change in changes if kept & set(change.concepts)]
    assert [len(row.mends) for row in changes] == sorted((len(row.mends) for row in changes), reverse=True)
    first = changes[0]
    assert (first.state, first.offence, first.provision) == ("cr", "illegal-access", None)
    concepts = {concept.id: concept for concept in shipped().concepts.concepts}
    for row in changes:
        assert all(concepts[name].kind != "conduct" and concepts[name].scale is None for name in row.concepts)


@pytest.mark.long
def test_an_amendment_that_is_made_mends_its_charges(data: Path) -> None:
    """Where Costa Rica no longer asks the aim of a benefit for sabotage, what was to be mended is met."""
    some = ("co", "cr", "jm", "us")
    before = next(row for row in amendments(pairs(some)) if row.provision == "art. 229 ter")
    assert before.concepts == ("undue-benefit-intent",)
    path = data / "state-elements.yaml"
    body = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    for row in body["offences"]:
        if (row["state"], row["ref"]) == ("cr", "art. 229 ter"):
            row["elements"] = [one for one in row["elements"] if one["concept"] != "undue-benefit-intent"]
    path.write_text(yaml.dump(body, Dumper=yaml.CSafeDumper, allow_unicode=True), encoding="utf-8")
    after = {(row.requesting, one.provision, one.offence): one for row in pairs(some, catalogue=Catalogue(data))
             if row.requested == "cr" for one in row.meetings}  # fmt: skip
    assert {after[mended].provisional for mended in before.mends} == {Verdict.MET}


def test_the_best_change_between_two_states_is_one_of_theirs(all_pairs: tuple[Direction, ...]) -> None:
    best = by_pair(all_pairs)
    assert len(best) == len(all_pairs) // 2
    assert all(row is None or row.state in pair for pair, row in best.items())
    assert best["co", "cr"] is not None


def test_an_unknown_state_or_offence_is_refused() -> None:
    with pytest.raises(UnknownName, match="unknown State 'xx'"):
        pairs(["co", "xx"])
    with pytest.raises(UnknownName, match="unknown offence 'hacking'"):
        pairs(["co", "cr"], ["hacking"])


def test_each_state_has_its_four_areas() -> None:
    found = areas()
    assert [(row.state, row.area) for row in found] == [(s, a) for s in shipped().state_codes for a in AREAS]
    assert {row.status for row in found} <= {"legislation", "draft", "none", "unknown"}
    assert all(row.source for row in found if row.verified)


# The command


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, ("matrix", *arguments))


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "illegal-access"),
        (("--offence", "illegal-access"), "security-measure-infringed"),
        (("--state", "co"), "Colombia (co)"),
        (("--pairs",), "Single amendments that would mend most"),
        (("--pairs", "--state", "co", "--state", "cr"), "co asks cr"),
        (("--pairs", "--state", "gd"), "gd asks ve"),
        (("--areas",), "data protection"),
        (("--areas", "--state", "gd"), "Electronic Crimes Act"),
    ],
)
def test_each_view_is_readable_in_100_columns(arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    assert words in done.output
    assert "Not legal advice" in done.output
    long = [line for line in done.output.splitlines() if len(line) > 100 and "://" not in line]
    assert long == []


@pytest.mark.parametrize(
    ("arguments", "column"),
    [((), "asked"), (("--pairs", "--state", "co", "--state", "cr"), "cause"), (("--areas",), "tracker")],
)
def test_csv_has_as_many_cells_in_each_line_as_in_the_first(arguments: tuple[str, ...], column: str) -> None:
    lines = list(csv.reader(io.StringIO(run(*arguments, "--csv").output)))
    assert column in lines[0]
    assert len(lines) > 30
    assert {len(line) for line in lines} == {len(lines[0])}


def test_json_of_each_view() -> None:
    body = json.loads(run("--offence", "illegal-access", "--state", "co", "--json").output)
    assert list(body) == ["illegal-access"]
    assert list(body["illegal-access"]["cells"]) == ["co"]
    body = json.loads(run("--pairs", "--state", "co", "--state", "cr", "--json").output)
    assert {(row["from"], row["to"]) for row in body["directions"]} == {("co", "cr"), ("cr", "co")}
    assert body["best_by_pair"]["co-cr"]["count"] >= 1
    assert len(json.loads(run("--areas", "--json").output)["areas"]) == 128


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--state", "xx"), "unknown State 'xx'"),
        (("--offence", "hacking"), "unknown offence 'hacking'"),
        (("--pairs", "--areas"), "two views"),
        (("--csv", "--json"), "two forms"),
    ],
)
def test_wrong_usage_is_exit_2(arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert words in done.output
