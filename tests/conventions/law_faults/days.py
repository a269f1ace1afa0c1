"""Days that cannot be."""

from tests.conventions.law_faults.edits import Edit, row_of

EDITS: list[Edit] = [
    (
        "ratified by a State that has only signed",
        "states/jm.yaml",
        lambda d: row_of(d, "un-cybercrime").update(status="signatory", ratified_or_acceded="2026-01-01"),
        "is 'signatory' and has a day of ratification",
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
]
