"""The check of the law data: the shipped data pass, and each kind of fault is found, with its place and a remedy."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from backend.conventions.catalogue import SHIPPED
from backend.conventions.checking import Report, check

ON = date(2026, 11, 24)

# One fault of each kind: what it is, in which file, the text that is replaced, by what, and the words of the finding.
FAULTS = [
    ("a treaty row without an instrument", "states/gd.yaml", "instrument: untoc", "instrument: untok", "'untok'"),
    ("a measure that is not in the tree", "instruments/untoc.yaml", "measure: records", "measure: paper", "'paper'"),
    ("an offence that is not in the list", "states/gd.yaml", "offence: spam", "offence: junk", "'junk'"),
    ("a gate for a State that is none", "states/tt.yaml", "    - ca\n", "    - zz\n", "'zz'"),
    ("a bilateral row without its mirror", "states/gd.yaml", "- with: us", "- with: fr", "no row that mirrors it"),
    ("an element that no list has", "facts.yaml", "element: ict-system", "element: toaster", "'toaster'"),
    ("a concept that is none", "concepts.yaml", "broader: [act-on-data]", "broader: [act-on-date]", "'act-on-date'"),
    ("an element without a concept", "concepts.yaml", "element: rx-material, c", "element: rx, c", "'rx-material'"),
    ("a cue for an element that is none", "engine/cues/es.yaml", "    interception:", "    hearing:", "'hearing'"),
    ("a cue that is badly written", "engine/cues/fr.yaml", '"intercept*"', '".. intercept*"', "begins and ends"),
    ("a parent that is no measure", "measures.yaml", "parent: stored-data", "parent: data-stored", "'data-stored'"),
    ("a template that is none", "engine/letter-templates.yaml", "tcy-31", "tcy-32", "'tcy-32'"),
    ("in force before it was signed", "states/gd.yaml", "'2002-02-15'", "'1992-02-15'", "before signed"),
    ("a mandatory content that no field covers", "letter-fields.yaml", "- necessity\n      - j", "- j", "'necessity'"),
]

# The same for what a replaced word cannot make: the file as lists and mappings, and the change of it.
Document = Any
EDITS: list[tuple[str, str, Callable[[Document], object], str]] = [
    (
        "a convention that is none",
        "instruments/budapest-p1.yaml",
        lambda d: d.update(parent="bucharest"),
        "no instrument 'bucharest'",
    ),
    (
        "a protocol to a protocol",
        "instruments/medellin.yaml",
        lambda d: d.update(parent="budapest-p1"),
        "'budapest-p1' is itself the protocol",
    ),
    (
        "a hook for a measure that is none",
        "instruments/untoc.yaml",
        lambda d: next(row for row in d["cooperation"] if "hook_for" in row["limits"])["limits"].update(
            hook_for=["ear"]
        ),
        "no measure 'ear'",
    ),
    (
        "a content of a request that no field covers, though nobody must give it",
        "instruments/caricom-mlat.yaml",
        lambda d: d["request_contents"][3].update(field="deadline"),
        "covers 'deadline'",
    ),
    (
        "a field that covers what nobody asks for",
        "letter-fields.yaml",
        lambda d: d["fields"][0]["covers"].append("horoscope"),
        "no content of a request 'horoscope'",
    ),
    (
        "a central authority of a State that has no part in the treaty",
        "instruments/us-jm-mlat.yaml",
        lambda d: d["central_authorities"][0].update(state="fr"),
        "'fr' has no row for this instrument",
    ),
    (
        "a bilateral instrument that one State alone lists",
        "states/bz.yaml",
        lambda d: next(row for row in d["bilateral"] if row["with"] == "us").pop("instrument"),
        "these States have a row for it: us",
    ),
    (
        "a bilateral row that leads to a treaty of many",
        "states/vc.yaml",
        lambda d: next(row for row in d["bilateral"] if row["with"] == "us").update(instrument="untoc"),
        "'untoc' is not bilateral",
    ),
    (
        "a mirror with another day",
        "states/kn.yaml",
        lambda d: next(row for row in d["bilateral"] if row["with"] == "us").update(in_force="2001-01-01"),
        "the row that mirrors it in the file of 'us' has other days",
    ),
    (
        "a bilateral row with another day than its instrument",
        "states/lc.yaml",
        lambda d: next(row for row in d["bilateral"] if row["with"] == "us").update(in_force="2001-01-02"),
        "2001-01-02 in the file of 'lc'",
    ),
    (
        "an office of a territory that is none",
        "states/nl.yaml",
        lambda d: next(row for row in d["authorities"] if row.get("territory")).update(territory="atlantis"),
        "no territory 'atlantis'",
    ),
    (
        "a territory's treaty that is none",
        "states/nl.yaml",
        lambda d: d["territories"][0].update(
            treaties=[{"instrument": "budapost", "status": "extended", "in_force": None}]
        ),
        "no instrument 'budapost'",
    ),
    (
        "a territory that stands twice",
        "states/fr.yaml",
        lambda d: d["territories"][1].update(code=d["territories"][0]["code"]),
        "stands for another territory",
    ),
    (
        "an office for a treaty that is none",
        "states/bs.yaml",
        lambda d: d["authorities"][0].update(instruments=["versailles"]),
        "no instrument 'versailles'",
    ),
    (
        "a gate that a treaty opens that is none",
        "states/gb.yaml",
        lambda d: d["gates"][0].update(instruments=["westphalia"]),
        "no instrument 'westphalia'",
    ),
    (
        "a power that no State can have",
        "measures.yaml",
        lambda d: next(m for m in d["measures"] if m.get("domestic_power")).update(domestic_power=["bewitch"]),
        "no power of domestic law 'bewitch'",
    ),
    (
        "a test of a risk on a field that is none",
        "engine/risk-tests.yaml",
        lambda d: d["tests"]["nexus-missing"][0].update(fields=["star-sign"]),
        "no field of a letter 'star-sign'",
    ),
    (
        "a test of a risk that is none",
        "engine/risk-tests.yaml",
        lambda d: d["tests"].update({"full-moon": d["tests"]["nexus-missing"]}),
        "no such rule",
    ),
    (
        "a test of a risk under an instrument that is none",
        "engine/risk-tests.yaml",
        lambda d: d["tests"]["one-year-threshold-not-met"][0]["when"].update(basis=["magna-carta"]),
        "no instrument 'magna-carta'",
    ),
    (
        "a ground of refusal that no instrument has",
        "engine/basis.yaml",
        lambda d: d["likely"].update({"bad-weather": ["gate-open"]}),
        "no ground of refusal 'bad-weather'",
    ),
    (
        "a letter that follows what is no measure",
        "engine/basis.yaml",
        lambda d: d["follows"].update({"preservation": "applause"}),
        "no measure 'applause'",
    ),
    (
        "a known answer about an offence that is none",
        "concepts.yaml",
        lambda d: d["tests"][1].update(offence="sorcery"),
        "no offence 'sorcery'",
    ),
    (
        "national elements of a State that is none",
        "state-elements.yaml",
        lambda d: d["offences"][2].update(state="yy"),
        "no State 'yy'",
    ),
    (
        "national elements of an offence that is none",
        "state-elements.yaml",
        lambda d: d["offences"][3].update(offence="alchemy"),
        "no offence 'alchemy'",
    ),
    (
        "ratified by a State that has only signed",
        "states/jm.yaml",
        lambda d: row_of(d, "un-cybercrime").update(status="signatory", ratified_or_acceded="2026-01-01"),
        "is 'signatory' and has a day of ratification",
    ),
    (
        "an offence without a rule of classification",
        "engine/classification.yaml",
        lambda d: d["offences"].pop("spam"),
        "no rule for 'spam'",
    ),
    (
        "a rule of classification for an offence that is none",
        "engine/classification.yaml",
        lambda d: d["offences"].update({"voodoo": d["offences"]["csam"]}),
        "no offence 'voodoo'",
    ),
    (
        "a rule of classification on an element that is none",
        "engine/classification.yaml",
        lambda d: d["offences"]["csam"].update(shows=[["ether"]]),
        "no element 'ether'",
    ),
    (
        "cues under the name of another language",
        "engine/cues/nl.yaml",
        lambda d: d.update(language="fr"),
        "is 'fr' and has to equal",
    ),
    (
        "a template for a measure that is none",
        "engine/letter-templates.yaml",
        lambda d: d["by_measure"].update({"seance": next(iter(d["by_measure"].values()))}),
        "no measure 'seance'",
    ),
    (
        "an instrument under another name",
        "instruments/comjib-cyber.yaml",
        lambda d: d.update(id="comjib"),
        "is 'comjib' and has to equal",
    ),
    (
        "an article on an offence that is none",
        "instruments/hipcar.yaml",
        lambda d: d["offences"][0].update(offence="telepathy"),
        "no offence 'telepathy'",
    ),
    (
        "an element that stands twice",
        "instruments/commonwealth-model-law.yaml",
        lambda d: (elements := next(row for row in d["offences"] if row["elements"])["elements"]).append(elements[0]),
        "the element '",
    ),
    (
        "two powers on the same day",
        "states/gb.yaml",
        lambda d: d["domestic_powers"].append(d["domestic_powers"][0] | {"days": 3}),
        "two rows on produce",
    ),
    (
        "two entries of one office on the same day",
        "states/gb.yaml",
        lambda d: d["authorities"].append(dict(d["authorities"][0])),
        "two rows on UK Central Authority, Home Office",
    ),
    (
        "two Orders of one day",
        "states/tt.yaml",
        lambda d: (orders := next(gate for gate in d["gates"] if gate["orders"])["orders"]).append(dict(orders[-1])),
        "two rows on LN ",
    ),
    (
        "two rows on one content on the same day",
        "instruments/harare.yaml",
        lambda d: d["request_contents"].append(dict(d["request_contents"][0])),
        "central-authority-certificate hold on the same day",
    ),
    (
        "two rows on one ground on the same day",
        "instruments/harare.yaml",
        lambda d: d["refusal_grounds"].append(dict(d["refusal_grounds"][0])),
        "no-dual-criminality hold on the same day",
    ),
    (
        "a paper that no instrument asks for",
        "engine/basis.yaml",
        lambda d: d["documents"].append("papyrus"),
        "no content of a request 'papyrus'",
    ),
    (
        "a State under another name",
        "states/ni.yaml",
        lambda d: d.update(code="xz"),
        "is 'xz' and has to equal",
    ),
    (
        "a bilateral row with a State that is none",
        "states/cu.yaml",
        lambda d: d["bilateral"].append(d["bilateral"][0] | {"with": "qz", "title": "Another"}),
        "no State 'qz'",
    ),
    (
        "a bilateral row on an instrument that is none",
        "states/sr.yaml",
        lambda d: d["bilateral"][0].update(instrument="tordesillas"),
        "no instrument 'tordesillas'",
    ),
    (
        "a measure that is wider than itself",
        "measures.yaml",
        lambda d: d["measures"][0].update(parent=d["measures"][0]["id"]),
        "the parents run in a circle",
    ),
    (
        "a measure without inheritance that is none",
        "measures.yaml",
        lambda d: d["no_inheritance"].append("levitation"),
        "no measure 'levitation'",
    ),
    (
        "a field in a section that is none",
        "letter-fields.yaml",
        lambda d: d["fields"][1].update(section="margin"),
        "no section 'margin'",
    ),
    (
        "a field in a template that is none",
        "letter-fields.yaml",
        lambda d: d["fields"][1].update(seen_in=["papyrus-roll"]),
        "no template 'papyrus-roll'",
    ),
    (
        "a field that an instrument asks for that is none",
        "letter-fields.yaml",
        lambda d: d["fields"][1].update(treaty_refs=["kadesh Art. 1"]),
        "no instrument 'kadesh'",
    ),
    (
        "a question after one that is none",
        "facts.yaml",
        lambda d: d["facts"][0].update(ask_when={"any": [{"fact": "guess", "is": "yes"}]}),
        "no fact 'guess'",
    ),
    (
        "a question on an offence that is none",
        "facts.yaml",
        lambda d: d["facts"][1].update(ask_when={"open": ["heresy"]}),
        "no offence 'heresy'",
    ),
    (
        "an answer that cannot be with one that is none",
        "facts.yaml",
        lambda d: d["cannot_both"][0]["others"].append({"fact": "hunch", "is": "no"}),
        "no fact 'hunch'",
    ),
    (
        "a risk of a measure that is none",
        "refusal-risks.yaml",
        lambda d: d["rules"][2].update(applies_to=["torture"]),
        "no measure 'torture'",
    ),
    (
        "a risk that names an instrument that is none",
        "refusal-risks.yaml",
        lambda d: d["rules"][2]["why"].update(refs=[{"instrument": "lateran", "ref": "Art. 1"}]),
        "no instrument 'lateran'",
    ),
    (
        "areas of a State that has no file",
        "cyberlaw-areas.yaml",
        lambda d: d["states"].update({"yz": d["states"]["gd"]}),
        "stands here or among the files of States",
    ),
    (
        "a treaty floor of an instrument that is none",
        "cyberlaw-areas.yaml",
        lambda d: d["treaty_floor"][0].update(instrument="tilsit"),
        "no instrument 'tilsit'",
    ),
    (
        "a view of an offence that is none",
        "harmonisation.yaml",
        lambda d: d["codes"].update({"duelling": d["codes"]["csam"]}),
        "stands here or among the offences",
    ),
    (
        "an office for a measure that is none",
        "states/bs.yaml",
        lambda d: d["authorities"][1].update(measures=["exorcism"]),
        "no measure 'exorcism'",
    ),
    (
        "a gate on a measure that is none",
        "states/bs.yaml",
        lambda d: d["gates"][0].update(measures=["banishment"]),
        "no measure 'banishment'",
    ),
    (
        "a content of the statute's form that no field covers",
        "states/tt.yaml",
        lambda d: d["mla_statute"]["request_form"]["contents"][0].update(field="wax-seal"),
        "covers 'wax-seal'",
    ),
    (
        "a risk that looks at no field",
        "refusal-risks.yaml",
        lambda d: d["rules"][0].update(looks_at=["tea-leaves"]),
        "no field of a letter 'tea-leaves'",
    ),
    (
        "a risk that names an article that is none",
        "refusal-risks.yaml",
        lambda d: d["rules"][1]["why"].update(refs=[{"instrument": "budapest", "ref": "Art. 999"}]),
        "budapest has no row 'Art. 999'",
    ),
    (
        "national elements without their provision",
        "state-elements.yaml",
        lambda d: d["offences"][0].update(ref="s. 300"),
        "the file of the State has no such row for 'illegal-access'",
    ),
    (
        "a provision without its national elements",
        "state-elements.yaml",
        lambda d: d["offences"].remove(
            next(row for row in d["offences"] if (row["state"], row["ref"]) == ("bb", "s. 13"))
        ),
        "no row for bb s. 13 (csam)",
    ),
    (
        "national elements that are no longer new",
        "state-elements.yaml",
        lambda d: d["offences"][1].update(new=True),
        "is marked new",
    ),
    (
        "a national element that is no concept",
        "state-elements.yaml",
        lambda d: next(row for row in d["offences"] if row["elements"])["elements"][0].update(concept="aether"),
        "no concept 'aether'",
    ),
    (
        "how much was read of a State that is none",
        "state-elements.yaml",
        lambda d: d["coverage"][0].update(state="xx"),
        "no State 'xx'",
    ),
    (
        "a concept mapped for an offence that is none",
        "concepts.yaml",
        lambda d: d["facts_mapping"][0].update(offence="witchcraft"),
        "no offence 'witchcraft'",
    ),
    (
        "an element that its article has not",
        "concepts.yaml",
        lambda d: d["mapping"].append(d["mapping"][0] | {"element": "phlogiston"}),
        "has no element 'phlogiston'",
    ),
    (
        "a known answer about a State that is none",
        "concepts.yaml",
        lambda d: d["tests"][0].update(requested="qq"),
        "no State 'qq'",
    ),
    (
        "signed after it was ratified",
        "states/jm.yaml",
        lambda d: row_of(d, "untoc").update(signed="2003-10-01"),
        "ratified_or_acceded (2003-09-29) is before signed (2003-10-01)",
    ),
    (
        "in force before it was ratified",
        "states/tt.yaml",
        lambda d: row_of(d, "untoc").update(in_force="2007-11-05"),
        "in_force (2007-11-05) is before ratified_or_acceded (2007-11-06)",
    ),
    (
        "in force before the instrument was",
        "states/cr.yaml",
        lambda d: row_of(d, "untoc").update(signed=None, ratified_or_acceded=None, in_force="2003-09-28"),
        "in force 2003-09-28, before the instrument itself",
    ),
    (
        "in force before the instrument was adopted",
        "states/ca.yaml",
        lambda d: row_of(d, "untoc").update(signed=None, ratified_or_acceded=None, in_force="2000-11-14"),
        "in_force 2000-11-14 is before untoc was adopted",
    ),
    (
        "ratified before the instrument was adopted",
        "states/gy.yaml",
        lambda d: row_of(d, "untoc").update(signed=None, ratified_or_acceded="2000-11-13"),
        "ratified_or_acceded 2000-11-13 is before untoc was adopted",
    ),
    (
        "denounced before it was in force",
        "states/do.yaml",
        lambda d: row_of(d, "untoc").update(denounced="2001-01-03"),
        "denounced (2001-01-03) is before in_force",
    ),
    (
        "denounced by a State that is no party",
        "states/bb.yaml",
        lambda d: row_of(d, "budapest").update(denounced="2020-01-03"),
        "is 'none' and has a day of denunciation",
    ),
    (
        "an invitation that expires before it was made",
        "states/mx.yaml",
        lambda d: row_of(d, "budapest").update(expires="2006-12-31"),
        "expires (2006-12-31) is before invited (2007-01-31)",
    ),
    (
        "signed after the day of the data",
        "states/pa.yaml",
        lambda d: row_of(d, "untoc").update(
            signed="2026-11-25", ratified_or_acceded=None, in_force=None, status="signatory"
        ),
        "2026-11-25 is after the day on which the data of the State stand",
    ),
    (
        "an Order after the day of the data",
        "states/tt.yaml",
        lambda d: next(gate for gate in d["gates"] if gate["orders"])["orders"][0].update(date="2027-02-01"),
        "2027-02-01 is after the day",
    ),
    (
        "a statute of a year to come",
        "states/us.yaml",
        lambda d: d["data_protection_statute"].update(title="An Act", year=2031),
        "2031 is after the day",
    ),
    (
        "a deposit before the adoption",
        "instruments/caricom-mlat.yaml",
        lambda d: d["parties"][0].update(deposit="2004-01-01"),
        "deposit 2004-01-01 is before caricom-mlat was adopted",
    ),
    (
        "an instrument in force before it was adopted",
        "instruments/harare.yaml",
        lambda d: d.update(in_force="1950-01-01"),
        "in_force 1950-01-01 is before harare was adopted",
    ),
    (
        "a row that holds on no day",
        "states/sr.yaml",
        lambda d: d["authorities"][0].update(valid_from="2020-01-01", valid_until="2020-01-01"),
        "holds on no day",
    ),
    (
        "two rows on one treaty on the same day",
        "states/gt.yaml",
        lambda d: d["treaties"].append(row_of(d, "untoc") | {"valid_from": "2020-01-01"}),
        "two rows on untoc hold on the same day",
    ),
    (
        "two bilateral rows on the same day",
        "states/dm.yaml",
        lambda d: d["bilateral"].append(dict(d["bilateral"][0])),
        "two rows on us, us-dm-mlat hold",
    ),
    (
        "two rows on one gate on the same day",
        "states/bb.yaml",
        lambda d: d["gates"].append(d["gates"][0] | {"valid_from": "2021-01-01"}),
        "two rows on Cap. 140A, Part II, ss. 6-16, outgoing, commonwealth hold on the same day",
    ),
    (
        "two rows on one provision on the same day",
        "states/bb.yaml",
        lambda d: d["cybercrime_statute"]["offences"].append(
            d["cybercrime_statute"]["offences"][0] | {"valid_from": "2021-01-01", "max_years": 7}
        ),
        "two rows on s. 4, illegal-access hold on the same day",
    ),
    (
        "two wordings of the statute on the same day",
        "states/bb.yaml",
        lambda d: d.update(mla_statute_earlier=[dict(d["mla_statute"])]),
        "two rows on the statute hold on the same day",
    ),
    (
        "two wordings of a rule on the same day",
        "instruments/untoc.yaml",
        lambda d: d.update(rules_earlier={"scope": [d["rules"]["scope"] | {"valid_until": "2010-01-01"}]}),
        "two rows on scope hold on the same day",
    ),
    (
        "two rows on one measure on the same day",
        "instruments/budapest.yaml",
        lambda d: d["cooperation"].append(dict(d["cooperation"][0])),
        "two rows on Art. 24, extradition, Extradition hold",
    ),
    (
        "two rows of national elements on the same day",
        "state-elements.yaml",
        lambda d: d["offences"].append(dict(d["offences"][4])),
        "two rows on ag, s. 4, cyber-harassment hold on the same day",
    ),
]


def row_of(document: Document, instrument: str) -> Any:
    return next(row for row in document["treaties"] if row["instrument"] == instrument)


def edit(path: Path, *changes: Callable[[Document], object]) -> None:
    document = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)  # noqa: S506  a safe loader
    for change in changes:
        change(document)
    path.write_bytes(msgspec.json.encode(document))  # JSON is YAML, and quicker to write


@pytest.fixture(scope="module")
def shipped_report() -> Report:
    return check(SHIPPED, on=ON)


@pytest.fixture(scope="module")
def broken_report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The check of a copy that has every fault of the list at once."""
    folder = Path(shutil.copytree(SHIPPED, tmp_path_factory.mktemp("law") / "data"))
    for _, file, old, new, _ in FAULTS:
        replace(folder / file, old, new)
    for changed in dict.fromkeys(file for _, file, _, _ in EDITS):
        edit(folder / changed, *(change for _, file, change, _ in EDITS if file == changed))
    return check(folder, on=ON)


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} no longer holds {old!r}: mend the test"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_data_have_no_fault(shipped_report: Report) -> None:
    assert [str(problem) for problem in shipped_report.faults] == []


def test_unverified_rows_are_listed_by_state_and_by_instrument(shipped_report: Report) -> None:
    owners = {row.owner for row in shipped_report.open_rows}
    assert {"gd", "cr", "oas-mla", "budapest-p2"} <= owners


def test_data_older_than_a_year_are_listed(shipped_report: Report) -> None:
    late = [row for row in check(SHIPPED, on=date(2027, 12, 1)).open_rows if row.why == "older than a year"]
    assert {row.owner for row in late} >= {"gd", "cr", "measures"}
    assert not [row for row in shipped_report.open_rows if row.why == "older than a year"]


def test_a_protocol_that_names_no_convention_is_to_be_looked_at(shipped_report: Report) -> None:
    assert any(problem.file == "instruments/oas-mla-p1.yaml" for problem in shipped_report.doubts)


@pytest.mark.parametrize(("fault", "found"), [(row[0], row[-1]) for row in (*FAULTS, *EDITS)])
def test_a_fault_is_found(broken_report: Report, fault: str, found: str) -> None:
    assert not broken_report.passed
    told = [str(problem) for problem in broken_report.faults if found in problem.text]
    assert told, (fault, [str(problem) for problem in broken_report.faults])


def test_every_fault_names_its_file_its_place_and_what_to_do(broken_report: Report) -> None:
    assert len(broken_report.faults) > len(FAULTS) + len(EDITS)
    assert [str(fault) for fault in broken_report.faults if not (fault.file and fault.path and fault.do)] == []


def test_what_is_wrong_inside_a_file_of_risks_is_found_too(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "data"))
    edit(folder / "engine/risk-tests.yaml", lambda d: d["tests"]["nexus-missing"][0].update(says="It lacks {thing}."))
    assert ["{thing}" in fault.text for fault in check(folder, on=ON).faults] == [True]


def test_rows_that_follow_each_other_are_no_fault(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "data"))
    edit(folder / "states/bb.yaml", lambda d: follow(d["cybercrime_statute"]["offences"]))
    edit(folder / "states/bb.yaml", lambda d: follow(d["gates"]))
    edit(folder / "instruments/untoc.yaml", lambda d: follow(d["cooperation"]))
    assert [str(fault) for fault in check(folder, on=ON).faults] == []


def follow(rows: list[dict[str, Any]]) -> None:
    """The first row ends on the day on which a copy of it begins."""
    rows.append(rows[0] | {"valid_from": "2026-01-01"})
    rows[0]["valid_until"] = "2026-01-01"


def test_what_is_announced_is_to_be_looked_at_and_no_fault(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "data"))
    edit(folder / "states/jm.yaml", lambda d: row_of(d, "untoc").update(denounced="2027-03-01"))
    report = check(folder, on=ON)
    assert report.passed
    assert any("2027-03-01" in doubt.text for doubt in report.doubts)


def test_what_was_seen_over_a_year_ago_is_old_though_the_file_was_written_since(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "data"))
    edit(folder / "states/jm.yaml", lambda d: row_of(d, "untoc").update(status_as_of="2024-03-01"))
    edit(folder / "states/jm.yaml", lambda d: d["sources"][0].update(seen="2024-03-02"))
    found = {(row.owner, row.path) for row in check(folder, on=ON).open_rows if row.kind == "old"}
    assert found == {("jm", "treaties[2].status_as_of"), ("jm", "sources[0].seen")}


def test_counts_are_by_state_and_by_instrument(shipped_report: Report) -> None:
    counts = shipped_report.counts()
    assert set(counts["state"]) <= {path.stem for path in (SHIPPED / "states").glob("*.yaml")}
    assert set(counts["instrument"]) <= {path.stem for path in (SHIPPED / "instruments").glob("*.yaml")}
    assert counts["state"]["gd"]["unverified"] == len([row for row in shipped_report.open_rows if row.owner == "gd"])
    assert counts["state"]["tt"]["doubtful"] == 1
    assert counts["state"]["mx"]["expired"] == 1


def test_a_report_on_one_state_has_what_concerns_it_and_nothing_else(broken_report: Report) -> None:
    only = broken_report.only(["ag"])
    assert {row.owner for row in only.open_rows} == {"ag"}
    # Two of its rows stand in the list of national elements.
    assert {fault.file for fault in only.faults} == {"state-elements.yaml"}
    assert broken_report.only(["co"]).passed


def test_files_that_do_not_fit_their_schema_are_named_all_at_once(data: Path) -> None:
    replace(data / "states/gd.yaml", "status: party", "status: member")
    replace(data / "states/cr.yaml", "tier: 1", "tier: 1\ntier: 1")
    replace(data / "states/jm.yaml", "as_of: '2026-11-24'", "as_of: '2026-11-31'")
    report = check(data, on=ON)
    assert {problem.file for problem in report.faults} == {"states/gd.yaml", "states/cr.yaml", "states/jm.yaml"}
    assert not report.passed
