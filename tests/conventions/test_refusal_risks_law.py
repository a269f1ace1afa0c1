"""Rules on the law of both States and what they share: what they stop and what they let pass."""

from dataclasses import replace

import pytest

from backend.conventions.dual_criminality.answer import Verdict
from backend.conventions.refusal_risks.draft import Charge, Cited
from tests.conventions.refusal_drafts import (
    ASK,
    BLOCK,
    FRAUD,
    GOOD,
    HEAD,
    KEEP,
    KEEPING,
    MET,
    WARN,
    Row,
    charge,
    cite,
    compared,
    must_pass,
    must_stop,
    put,
    seek,
)

UNTOC = Cited(label="UNTOC, Art. 18", source="untoc", ref="Art. 18(3)(e)", verified=True, role="measure")
OPEN_CLAUSE = replace(UNTOC, ref="Art. 18(3)(i)")
OAS = Cited(label="OAS, Art. 7", source="oas-mla", ref="Art. 7(h)", verified=True, role="measure")
GROUP = "Four persons act together, in Grenada and Costa Rica."
ROWS = (
    Row(
        "organised-crime-scope-not-shown",
        BLOCK,
        cite(GOOD, UNTOC),
        cite(put(GOOD, organised_group_and_transnationality=GROUP), UNTOC),
    ),
    Row(
        "organised-crime-scope-not-shown",
        BLOCK,
        cite(put(charge(GOOD, penalty={"en": "up to 3 years"}), organised_group_and_transnationality=GROUP), UNTOC),
        GOOD,
    ),
    Row("one-year-threshold-not-met", BLOCK, cite(charge(GOOD, penalty=None), OAS), cite(GOOD, OAS)),
    Row("one-year-threshold-not-met", ASK, cite(charge(GOOD, penalty={"en": "a heavy fine"}), OAS), GOOD),
    Row("dual-criminality-unproved", WARN, GOOD, assessed=compared(Verdict.NOT_MET), good_assessed=MET),
    Row("dual-criminality-unproved", WARN, GOOD, assessed=compared(Verdict.UNKNOWN), good_assessed=MET),
    Row("dual-criminality-unproved", ASK, GOOD, assessed=(), good_assessed=compared(Verdict.NOT_REQUIRED)),
    Row("dual-criminality-unproved", ASK, put(GOOD, facts_summary="He committed fraud, 90,000 USD, in Costa Rica.")),
    Row(
        "dual-criminality-mandatory",
        BLOCK,
        GOOD,
        question=("gd", "lc", "stored-data"),
        assessed=compared(Verdict.UNKNOWN),
        good_assessed=MET,
    ),
    Row(
        "dual-criminality-mandatory",
        BLOCK,
        cite(GOOD, replace(HEAD, source="central-american-mla")),
        question=("cr", "sv", "stored-data"),
        assessed=compared(Verdict.NOT_MET),
        good_assessed=MET,
    ),
    Row(
        "preservation-dual-criminality-reserved",
        WARN,
        replace(KEEP, offences=(Charge(code="cyber-harassment"),)),
        KEEP,
        ("gd", "us", "preservation"),
    ),
    Row(
        "preservation-dual-criminality-reserved",
        ASK,
        replace(KEEP, offences=(Charge(code="cyber-harassment"),)),
        KEEP,
        KEEPING,
    ),
    Row("instrument-not-in-force", BLOCK, cite(GOOD, HEAD, replace(HEAD, source="un-cybercrime", role="contents"))),
    Row("instrument-not-in-force", BLOCK, put(GOOD, treaty_basis="The UN Convention against Cybercrime.")),
    Row("territory-not-covered", BLOCK, replace(GOOD, requested_territory="aw"), question=("gd", "nl", "stored-data")),
    Row(
        "territory-not-covered",
        BLOCK,
        seek(GOOD, custodian_address="Oranjestad, Aruba"),
        question=("gd", "nl", "stored-data"),
    ),
    Row("territory-not-covered", ASK, GOOD, replace(GOOD, requested_territory="nl"), ("gd", "nl", "stored-data")),
    Row(
        "domestic-gate-closed",
        BLOCK,
        GOOD,
        question=("us", "bb", "mla-general"),
        good_question=("us", "gb", "stored-data"),
    ),
    Row(
        "domestic-gate-closed",
        ASK,
        GOOD,
        question=("gd", "co", "stored-data"),
        good_question=("cr", "gb", "stored-data"),
    ),
    Row("measure-not-in-instrument", BLOCK, cite(GOOD), GOOD),
    Row(
        "measure-not-in-instrument",
        BLOCK,
        GOOD,
        question=("ag", "bb", "content-interception"),
        good_question=("gd", "cr", "stored-data"),
    ),
    Row(
        "measure-not-in-instrument",
        ASK,
        cite(GOOD, OPEN_CLAUSE),
        GOOD,
        ("gt", "ht", "preservation"),
        good_question=KEEPING,
    ),
    Row("reference-unverified", BLOCK, cite(GOOD, HEAD, replace(HEAD, label="Act, s. 1", verified=False))),
    Row(
        "reference-unverified",
        BLOCK,
        cite(GOOD, HEAD, Cited(label="Act, s. 1", source="gd", ref="s. 1", verified=True)),
        cite(GOOD, HEAD, Cited(label="Act, s. 1", source="gd", ref="s. 1", verified=True, confirmed=True)),
        ("gd", "cr", "stored-data", "2028-01-01"),
    ),
    Row(
        "standard-of-proof-not-met",
        BLOCK,
        put(GOOD, necessity="There is probable cause to believe it."),
        put(GOOD, necessity="There is probable cause (a fair probability, on facts) to believe it."),
    ),
    Row("standard-of-proof-not-met", BLOCK, put(GOOD, necessity=None)),
    Row(
        "standard-of-proof-not-met",
        BLOCK,
        put(GOOD, necessity="The fiscal so orders, with an affidavit."),
        put(GOOD, necessity="There is probable cause, as the log shows."),
        ("gd", "us", "stored-data"),
    ),
    Row(
        "political-speech-or-discrimination",
        WARN,
        put(GOOD, facts_summary="He insulted the minister, and defamed him."),
    ),
    Row(
        "political-speech-or-discrimination", ASK, replace(GOOD, offences=(replace(FRAUD, code="racist-insult"),)), GOOD
    ),
    Row(
        "death-penalty-without-assurance",
        BLOCK,
        charge(GOOD, penalty={"en": "death by hanging"}),
        put(
            charge(GOOD, penalty={"en": "death by hanging"}),
            use_limitation_undertaking="Assurance: death is not sought.",
        ),
    ),
    Row("death-penalty-without-assurance", ASK, charge(GOOD, penalty=None)),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.rule}-{row.severity}")
def test_a_rule_stops_the_draft_that_it_is_about(row: Row) -> None:
    must_stop(row)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.rule}-{row.severity}")
def test_and_lets_the_mended_one_pass(row: Row) -> None:
    must_pass(row)
