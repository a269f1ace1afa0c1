"""Faults in the file of a State."""

from tests.conventions.law_faults.edits import Edit

EDITS: list[Edit] = [
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
]
