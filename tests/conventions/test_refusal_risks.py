"""Every rule put to a draft that it has to stop, and to one that it has to let pass; what nobody can tell is asked."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.conventions import legal_basis
from backend.conventions.catalogue import Catalogue, shipped
from backend.conventions.dual_criminality.answer import Assessment, Conduct, Verdict
from backend.conventions.errors import BadQuestion, LawDataError, UnknownName
from backend.conventions.legal_basis import BasisAnswer
from backend.conventions.refusal_risks import Draft, Finding, Severity, check, merge
from backend.conventions.refusal_risks.draft import (
    Attachment,
    Charge,
    Cited,
    Held,
    Identifier,
    NamedOffice,
    SoughtMeasure,
)
from backend.conventions.refusal_risks.faults import risk_faults
from backend.conventions.refusal_risks.rulebook import rulebook
from backend.conventions.schema.risks import RiskTest

ON = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 4, 12, 33, tzinfo=UTC)
BLOCK, WARN, ASK = Severity.BLOCK, Severity.WARN, Severity.ASK


def en(text: str) -> tuple[dict[str, str], ...]:
    """An English text as it stands under a field."""
    return ({"en": text},)


FACTS = (
    "According to the log of the provider somebody entered the mailbox a@b.example on 24 November 2026 from "
    "203.0.113.77, source port 51234, and sent a forged invoice from it. The company paid 184,000 US dollars. "
    "The servers are in Costa Rica."
)
TEXTS = {
    "facts-summary": en(FACTS),
    "link-to-offence": en("The mailbox a@b.example and the address 203.0.113.77 were used to send the forged invoice."),
    "necessity": en("No other evidence of the sender exists; the records of the provider name the subscriber."),
    "purpose": en("Use as evidence in the proceedings named above."),
    "treaty-basis": en("The convention named above."),
    "nature-of-proceedings": en("Criminal investigation, before charge."),
    "limitation-period": en("Ten years; nobody was tried for these facts."),
    "police-contacts-so-far": en("The 24/7 points spoke on 24 November 2026."),
    "procedures-requested": en("A certificate of the custodian with the SHA-256 of each file."),
    "data-protection-undertaking": en("The data are kept for the proceedings only."),
    "investigating-authority": en("Cybercrime Unit (exercise)."),
    "intention-to-submit-mla": en("A letter of request under Article 31 follows by 15 January 2027."),
    "translation": en("Translated by A. Fictional, sworn translator."),
    "transmission-channel": en("Sealed packet; the signed original follows by courier."),
    "use-limitation-undertaking": en("Only for the case named."),
}
ITEMS = (
    Identifier(kind="email-address", value="a@b.example"),
    Identifier(
        kind="ip-address", value="203.0.113.77", at=AT, port=51234, note={"en": "Sign-in, by the provider's log."}
    ),
)
STORED = SoughtMeasure(
    measure="stored-data",
    description={"en": "Connection logs and messages of the mailbox."},
    custodian="Correo Ejemplo S.A. (fictional)",
    custodian_address="San José, Costa Rica",
    reason={"en": "The mail servers of the domain are in Costa Rica."},
    start=AT - timedelta(days=4),
    end=AT + timedelta(days=1),
    identifiers=ITEMS,
)
FRAUD = Charge(
    code="computer-fraud", title={"en": "Computer-related fraud"}, penalty={"en": "imprisonment for up to ten years"}
)
HEAD = Cited(label="Budapest, Art. 31", source="budapest", ref="Art. 31", verified=True, role="measure")
GOOD = Draft(
    languages=("es", "en"),
    measures=(STORED,),
    texts=TEXTS,
    offences=(FRAUD,),
    references=(HEAD,),
    sender=NamedOffice(kind="central", title="Central Authority (exercise)", confirmed=True),
    addressee=NamedOffice(kind="central", title="Autoridad central (ejercicio)", confirmed=True),
    preserved=(Held(reference="GD-L-1", until=ON + timedelta(days=80)),),
)
KEEP = replace(
    GOOD,
    measures=(replace(STORED, measure="preservation"),),
    references=(replace(HEAD, ref="Art. 29"),),
    sender=NamedOffice(kind="24-7", title="Point (exercise)", confirmed=True),
    addressee=NamedOffice(kind="24-7", title="Punto (ejercicio)", confirmed=True),
    preserved=(),
)


def put(draft: Draft, **texts: str | None) -> Draft:
    """The draft with texts changed, or taken away where None; `_` stands for `-`."""
    named = {name.replace("_", "-"): text for name, text in texts.items()}
    kept = {name: text for name, text in draft.texts.items() if name not in named}
    return replace(draft, texts=kept | {name: en(text) for name, text in named.items() if text is not None})


def seek(draft: Draft, **changes: Any) -> Draft:
    """The draft with its first measure changed."""
    first, *others = draft.measures
    return replace(draft, measures=(replace(first, **changes), *others))


def charge(draft: Draft, **changes: Any) -> Draft:
    return replace(draft, offences=(replace(FRAUD, **changes),))


def cite(draft: Draft, *references: Cited) -> Draft:
    return replace(draft, references=references)


def ask(requesting: str = "gd", requested: str = "cr", measure: str = "stored-data", on: date = ON) -> BasisAnswer:
    return legal_basis.find(requesting, requested, measure, on=on, offences=["computer-fraud"])


def compared(verdict: Verdict) -> tuple[Assessment, ...]:
    return (Assessment("gd", "cr", "any", ON, ON, Conduct(), None, verdict, verdict, verdict, verdict, "", "", (), ()),)


MET = compared(Verdict.MET)


def rule(findings: tuple[Finding, ...], name: str) -> Finding | None:
    return next((finding for finding in findings if finding.rule == name), None)


def test_a_good_letter_has_no_finding_and_what_is_asked_is_only_what_nobody_can_tell() -> None:
    found = check(GOOD, ask(), assessments=MET)
    assert {finding.rule: finding.severity for finding in found} == {
        "domestic-gate-closed": ASK,
        "standard-of-proof-not-met": ASK,
        "reference-unverified": ASK,
    }
    kept = check(KEEP, ask(measure="preservation"))
    assert {finding.rule: finding.severity for finding in kept} == {}


@dataclass(frozen=True)
class Row:
    """A rule, the draft that it stops and how gravely, the nearest draft that it lets pass; under one question."""

    rule: str
    severity: Severity
    bad: Draft
    good: Draft = GOOD
    question: tuple[str, ...] = ()
    assessed: tuple[Assessment, ...] = MET
    good_assessed: tuple[Assessment, ...] | None = None
    good_question: tuple[str, ...] = ()


UNTOC = Cited(label="UNTOC, Art. 18", source="untoc", ref="Art. 18(3)(e)", verified=True, role="measure")
OPEN_CLAUSE = replace(UNTOC, ref="Art. 18(3)(i)")
OAS = Cited(label="OAS, Art. 7", source="oas-mla", ref="Art. 7(h)", verified=True, role="measure")
GROUP = "Four persons act together, in Grenada and Costa Rica."
IMAGE = Attachment(name="page 1.png")
KEEPING = ("gd", "cr", "preservation")
ROWS = (
    Row("nexus-missing", BLOCK, put(GOOD, link_to_offence=None)),
    Row("nexus-missing", ASK, put(seek(GOOD, identifiers=(Identifier(kind="account", value="other"),)))),
    Row("identifier-without-time-zone-or-port", BLOCK, seek(GOOD, identifiers=(replace(ITEMS[1], at=None),))),
    Row(
        "identifier-without-time-zone-or-port",
        BLOCK,
        seek(GOOD, identifiers=(replace(ITEMS[1], at=AT.replace(tzinfo=None)),)),
    ),
    Row(
        "identifier-without-time-zone-or-port",
        BLOCK,
        seek(GOOD, description={"en": "Who used 198.51.100.9 that night."}),
    ),
    Row(
        "identifier-without-time-zone-or-port",
        BLOCK,
        put(
            seek(GOOD, identifiers=(replace(ITEMS[1], port=None),)),
            facts_summary="By the log of the mobile network it was 203.0.113.77.",
        ),
    ),
    Row(
        "identifier-without-time-zone-or-port",
        ASK,
        put(seek(GOOD, identifiers=(replace(ITEMS[1], port=None),)), facts_summary="By the log it was 203.0.113.77."),
    ),
    Row("date-range-too-broad", WARN, seek(GOOD, start=None, identifiers=ITEMS[:1])),
    Row("date-range-too-broad", WARN, seek(GOOD, start=AT - timedelta(days=400))),
    Row("date-range-too-broad", ASK, seek(GOOD, start=AT - timedelta(days=60))),
    Row("date-range-too-broad", WARN, seek(GOOD, description={"en": "All data of the account."})),
    Row(
        "date-range-too-broad",
        WARN,
        seek(GOOD, description={"en": "Messages with her lawyer."}),
        seek(GOOD, description={"en": "Messages with her lawyer are kept apart by independent counsel."}),
    ),
    Row("data-not-in-requested-state", BLOCK, seek(GOOD, custodian=None)),
    Row(
        "data-not-in-requested-state",
        BLOCK,
        put(seek(GOOD, reason=None, custodian_address=None), facts_summary="It happened."),
    ),
    Row(
        "data-not-in-requested-state",
        ASK,
        put(seek(GOOD, reason={"en": "Its name says so."}, custodian_address=None), facts_summary="It happened."),
    ),
    Row("data-not-in-requested-state", BLOCK, seek(GOOD, reason={"en": "A reseller in Costa Rica answers for it."})),
    Row("de-minimis", WARN, put(GOOD, facts_summary="The company paid 300 US dollars in Costa Rica.")),
    Row("de-minimis", WARN, put(GOOD, facts_summary="Somebody entered the mailbox in Costa Rica.")),
    Row(
        "de-minimis",
        WARN,
        put(GOOD, facts_summary="The company paid 300 US dollars."),
        put(GOOD, facts_summary="The company paid 300 US dollars, as did several victims."),
    ),
    Row("de-minimis", ASK, put(GOOD, facts_summary="It happened.", victims_and_loss="The shop stood still.")),
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
    Row("wrong-authority", BLOCK, replace(GOOD, sender=NamedOffice(kind="competent", title="Police"))),
    Row("wrong-authority", BLOCK, replace(GOOD, addressee=NamedOffice(kind="24-7", title="Punto"))),
    Row("wrong-authority", ASK, replace(GOOD, sender=NamedOffice(kind="central", title="Office"))),
    Row(
        "certificate-missing",
        BLOCK,
        GOOD,
        put(GOOD, annexes="Certificate of the central authority."),
        ("gd", "tt", "stored-data"),
    ),
    Row(
        "certificate-missing",
        BLOCK,
        put(GOOD, annexes="Certificate of the central authority.", investigating_authority=None),
        put(GOOD, annexes="Certificate of the central authority."),
        ("gd", "tt", "stored-data"),
    ),
    Row("translation-missing", BLOCK, replace(GOOD, languages=("en",)), GOOD),
    Row(
        "translation-missing",
        BLOCK,
        put(replace(GOOD, languages=("en", "es")), translation=None),
        replace(GOOD, languages=("en", "es")),
    ),
    Row("translation-missing", ASK, replace(GOOD, attachments=(Attachment(name="statute.pdf"),))),
    Row(
        "original-or-authentication-missing",
        WARN,
        put(GOOD, transmission_channel="Sealed packet."),
        put(GOOD, transmission_channel="Sealed packet; the original follows by courier."),
        ("gd", "tt", "stored-data"),
    ),
    Row("reference-unverified", BLOCK, cite(GOOD, HEAD, replace(HEAD, label="Act, s. 1", verified=False))),
    Row(
        "reference-unverified",
        BLOCK,
        cite(GOOD, HEAD, Cited(label="Act, s. 1", source="gd", ref="s. 1", verified=True)),
        cite(GOOD, HEAD, Cited(label="Act, s. 1", source="gd", ref="s. 1", verified=True, confirmed=True)),
        ("gd", "cr", "stored-data", "2028-01-01"),
    ),
    Row("mla-intention-missing", BLOCK, put(KEEP, intention_to_submit_mla=None), KEEP, KEEPING),
    Row(
        "mla-intention-missing",
        BLOCK,
        put(KEEP, intention_to_submit_mla="A letter under Art. 31 follows."),
        KEEP,
        KEEPING,
    ),
    Row(
        "mla-intention-missing",
        ASK,
        put(KEEP, intention_to_submit_mla="A letter follows by 15 May 2027."),
        KEEP,
        KEEPING,
    ),
    Row("preservation-about-to-lapse", WARN, replace(GOOD, preserved=())),
    Row("preservation-about-to-lapse", WARN, replace(GOOD, preserved=(Held(reference="GD-L-1"),))),
    Row(
        "preservation-about-to-lapse",
        WARN,
        replace(GOOD, preserved=(Held(reference="L", until=ON + timedelta(days=3)),)),
    ),
    Row("preservation-about-to-lapse", ASK, put(replace(GOOD, preserved=()), previous_preservation_request="In May.")),
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
    Row("excluded-or-already-tried", WARN, put(GOOD, additional_information="He was acquitted in 2024.")),
    Row("excluded-or-already-tried", ASK, put(GOOD, limitation_period=None)),
    Row(
        "own-investigation-in-requested-state",
        WARN,
        put(GOOD, police_contacts_so_far=None, additional_information="The police of San José investigate him too."),
        put(GOOD, additional_information="The police of San José investigate him too."),
    ),
    Row("own-investigation-in-requested-state", ASK, put(GOOD, police_contacts_so_far=None)),
    Row("use-secrecy-or-personal-data-terms-conflict", WARN, put(GOOD, purpose=None)),
    Row(
        "use-secrecy-or-personal-data-terms-conflict",
        WARN,
        put(GOOD, data_protection_undertaking=None, use_limitation_undertaking=None),
    ),
    Row(
        "use-secrecy-or-personal-data-terms-conflict",
        WARN,
        put(GOOD, additional_information="The tax authority will use it."),
        put(GOOD, additional_information="The tax authority will use it.", purpose="Trial, and tax proceedings."),
    ),
    Row(
        "use-secrecy-or-personal-data-terms-conflict",
        ASK,
        put(GOOD, confidentiality="Please keep it secret."),
        put(GOOD, confidentiality="A non-disclosure order for 90 days is asked for."),
    ),
    Row("abuse-material-enclosed", BLOCK, replace(GOOD, attachments=(Attachment(name="file 1", sensitive=True),))),
    Row("abuse-material-enclosed", ASK, replace(GOOD, attachments=(IMAGE,)), replace(GOOD, attachments=())),
    Row(
        "emergency-not-shown",
        WARN,
        replace(KEEP, claims_urgency=True, life_at_risk=True),
        put(replace(KEEP, claims_urgency=True, life_at_risk=True), emergency_facts="She will be killed at noon."),
        KEEPING,
    ),
    Row(
        "emergency-not-shown",
        WARN,
        put(replace(KEEP, claims_urgency=True), urgency_and_deadline="It is very important."),
        put(replace(KEEP, claims_urgency=True), urgency_and_deadline="The logs are kept for a few days only."),
        KEEPING,
    ),
    Row("evidence-form-not-stated", WARN, put(GOOD, procedures_requested=None)),
    Row("evidence-form-not-stated", ASK, put(GOOD, procedures_requested="In good order.")),
)


def asked(question: tuple[str, ...]) -> BasisAnswer:
    names = question or ("gd", "cr", "stored-data")
    return ask(*names[:3], on=date.fromisoformat(names[3]) if len(names) > 3 else ON)


def fitted(draft: Draft, answer: BasisAnswer) -> Draft:
    """The draft for another measure."""
    return seek(draft, measure=answer.measure)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.rule}-{row.severity}")
def test_a_rule_stops_the_draft_that_it_is_about(row: Row) -> None:
    answer = asked(row.question)
    finding = rule(check(fitted(row.bad, answer), answer, assessments=row.assessed), row.rule)
    assert finding is not None
    assert finding.severity is row.severity
    assert finding.text if row.severity is not ASK else finding.to_look and not finding.text
    assert all(text.strip() and "{" not in text for text in (*finding.text, *finding.to_look))
    assert finding.mend
    assert finding.why
    assert finding.source
    assert len(finding.digest) == 64


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.rule}-{row.severity}")
def test_and_lets_the_mended_one_pass(row: Row) -> None:
    answer = asked(row.good_question or row.question)
    assessed = row.assessed if row.good_assessed is None else row.good_assessed
    finding = rule(check(fitted(row.good, answer), answer, assessments=assessed), row.rule)
    assert not set(said(row)) & {*(finding.text if finding else ()), *(finding.to_look if finding else ())}
    if row.severity is not ASK:
        assert finding is None or finding.severity is ASK


def said(row: Row) -> tuple[str, ...]:
    """What the rule says of the bad draft."""
    answer = asked(row.question)
    finding = rule(check(fitted(row.bad, answer), answer, assessments=row.assessed), row.rule)
    assert finding is not None
    return finding.text or finding.to_look


def test_every_rule_has_a_row_that_it_stops() -> None:
    assert {row.rule for row in ROWS if row.severity is not ASK} == {rule.id for rule in shipped().refusal_risks}
    assert len(shipped().refusal_risks) == 30


# The urgent form ------------------------------------------------------------------------------------------------------


def test_in_the_urgent_form_a_block_warns_and_is_due_unless_it_is_a_mandatory_content() -> None:
    keeping = ask(measure="preservation")
    french = replace(KEEP, languages=("fr",))
    ordinary, urgent = (rule(check(french, keeping, urgent=way), "translation-missing") for way in (False, True))
    assert ordinary is not None
    assert urgent is not None
    assert (ordinary.severity, ordinary.due_in_working_days) == (BLOCK, None)
    assert (urgent.severity, urgent.due_in_working_days) == (WARN, 3)
    bare = rule(check(put(KEEP, link_to_offence=None), keeping, urgent=True), "nexus-missing")
    assert bare is not None
    assert (bare.severity, bare.due_in_working_days) == (BLOCK, None)


def test_a_warning_stays_one_without_a_term_in_the_urgent_form() -> None:
    finding = rule(check(put(GOOD, purpose=None), ask(), urgent=True), "use-secrecy-or-personal-data-terms-conflict")
    assert finding is not None
    assert (finding.severity, finding.due_in_working_days) == (WARN, None)


# What a finding carries -----------------------------------------------------------------------------------------------


def test_the_words_found_are_where_the_finding_says() -> None:
    text = "There is probable cause to believe it; with probable cause they came."
    finding = rule(check(put(GOOD, necessity=text), ask()), "standard-of-proof-not-met")
    assert finding is not None
    assert [(one.field, one.language, text[one.start : one.end]) for one in finding.found] == [
        ("necessity", "en", "probable cause"),
        ("necessity", "en", "probable cause"),
    ]
    assert "“probable cause”" in finding.text[0]


def test_a_reference_counts_only_where_its_instrument_is_part_of_the_basis() -> None:
    finding = rule(check(put(KEEP, link_to_offence=None), ask(measure="preservation")), "nexus-missing")
    assert finding is not None
    assert [(str(ref), ref.verified) for ref in finding.references] == [("budapest Art. 29(2)(c)", True)]
    composed = rule(check(replace(GOOD, languages=("fr",)), ask()), "translation-missing")
    assert composed is not None
    assert [(str(ref), ref.verified) for ref in composed.references] == [("oas-mla Art. 28", False)]


def test_blocks_come_first_and_the_order_is_the_same_each_time() -> None:
    bad = put(replace(GOOD, languages=("en",), preserved=()), link_to_offence=None, purpose=None)
    found = check(bad, ask(), assessments=MET)
    grades = [list(Severity).index(one.severity) for one in found]
    assert grades == sorted(grades)
    assert len(set(grades)) == 3
    assert check(bad, ask(), assessments=MET) == found


def test_the_digest_changes_with_what_the_rule_looks_at_and_with_nothing_else() -> None:
    def digest(draft: Draft) -> str:
        finding = rule(check(draft, ask()), "translation-missing")
        assert finding is not None
        return finding.digest

    bad = replace(GOOD, languages=("en",))
    assert digest(bad) == digest(put(bad, necessity="Other words."))
    assert digest(bad) != digest(put(bad, translation="Follows."))
    assert digest(bad) != digest(replace(bad, languages=("fr",)))


def test_findings_for_two_measures_become_one_with_the_graver_severity() -> None:
    both = replace(
        GOOD, measures=(replace(STORED, identifiers=(Identifier(kind="account", value="other"),)), KEEP.measures[0])
    )
    found = [check(both, ask(), assessments=MET), check(replace(both, languages=("fr",)), ask(measure="preservation"))]
    merged = merge(found)
    assert len({one.rule for one in merged}) == len(merged)
    nexus = rule(merged, "nexus-missing")
    assert nexus is not None
    assert nexus.severity is ASK
    translation = rule(merged, "translation-missing")
    assert translation is not None
    assert (translation.severity, translation.measures) == (BLOCK, ("preservation",))
    assert rule(merged, "domestic-gate-closed").measures == ("stored-data",)  # type: ignore[union-attr]


def test_a_finding_is_told_as_json() -> None:
    body = check(put(GOOD, link_to_offence=None), ask())[0].to_json()
    assert (body["rule"], body["severity"]) == ("nexus-missing", "block")
    assert body["references"][0]["source"] == "budapest"


# Rules as data --------------------------------------------------------------------------------------------------------

LEARNT = """
version: 1
as_of: '2026-11-28'
rules:
  - id: weather-not-told
    applies_to: [stored-data]
    condition: The letter does not tell the weather.
    why: {ground: not-in-conformity, refs: [{instrument: budapest, ref: Art. 31}], text: A court there asked for it.}
    mend: Tell it.
    severity: blocks
    source: 'refusals received in 2027 (exercise)'
    looks_at: [facts-summary]
"""
TESTED = """tests:
  weather-not-told:
    - {test: text-lacks, fields: [facts-summary], terms: [weather], says: The weather is not told.}
terms:
  weather: {en: [rain*, sun/sunny]}
"""


def with_file(data: Path, text: str) -> Catalogue:
    (data / "engine" / "risk-learnt.yaml").write_text(text, encoding="utf-8")
    return Catalogue(data)


def test_a_rule_that_refusals_have_taught_is_a_file(data: Path) -> None:
    law = with_file(data, LEARNT + TESTED)
    assert rule(check(GOOD, ask()), "weather-not-told") is None
    finding = rule(check(GOOD, ask(), catalogue=law), "weather-not-told")
    assert finding is not None
    assert (finding.severity, finding.text, finding.mend) == (BLOCK, ("The weather is not told.",), "Tell it.")
    assert [str(ref) for ref in finding.references] == ["budapest Art. 31"]
    rainy = put(GOOD, facts_summary=FACTS + " It was raining.")
    assert rule(check(rainy, ask(), catalogue=law), "weather-not-told") is None


def test_a_rule_that_no_test_decides_is_asked_and_never_passed(data: Path) -> None:
    finding = rule(check(GOOD, ask(), catalogue=with_file(data, LEARNT)), "weather-not-told")
    assert finding is not None
    assert (finding.severity, finding.to_look) == (ASK, ("The letter does not tell the weather.",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TESTED.replace("weather-not-told", "no-such-rule"), "no such rule"),
        (LEARNT.replace("weather-not-told", "nexus-missing"), "stands in two files"),
        (TESTED.replace("text-lacks", "magic"), "Invalid value 'magic'"),
        (TESTED.replace("terms: [", "words: 3, terms: ["), "unknown field"),
        ("years: {words: [], life: [], numbers: {}}", "stands 2 times"),
    ],
)
def test_a_risk_file_that_is_wrong_is_refused(data: Path, text: str, said: str) -> None:
    if not text.lstrip().startswith("version"):
        text = f"version: 1\nas_of: '2026-11-28'\n{text}"
    with pytest.raises(LawDataError, match=said):
        rulebook(with_file(data, text))


def test_a_list_of_terms_that_is_missing_is_named(data: Path) -> None:
    law = with_file(data, LEARNT + TESTED.replace("weather: {en", "wether: {en"))
    with pytest.raises(UnknownName, match="list of terms 'weather'"):
        check(GOOD, ask(), catalogue=law)


def test_the_shipped_files_name_only_what_there_is() -> None:
    assert list(risk_faults(shipped())) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LEARNT.replace("looks_at: [facts-summary]", "looks_at: [weather]"), "letter field 'weather'"),
        (LEARNT.replace("applies_to: [stored-data]", "applies_to: [weather]"), "measure 'weather'"),
        (LEARNT.replace("instrument: budapest", "instrument: weather"), "instrument 'weather'"),
        (LEARNT + TESTED.replace("{en: [rain*", "{eng: [rain*"), "language 'eng'"),
        (LEARNT + TESTED.replace("rain*", ".. rain"), "a phrase begins"),
        (LEARNT + TESTED.replace("sun/sunny", "sun-glass"), "'sun-glass' is more than one word"),
        (LEARNT + TESTED.replace("The weather is not told.", "'{lost}'"), "'{lost}'"),
    ],
)
def test_what_a_risk_file_names_and_nothing_has_is_found(data: Path, text: str, said: str) -> None:
    assert [said in str(fault) for fault in risk_faults(with_file(data, text))] == [True]


# Bad input ------------------------------------------------------------------------------------------------------------


def test_an_answer_about_another_measure_is_refused() -> None:
    with pytest.raises(BadQuestion, match="the answer is about 'preservation'"):
        check(GOOD, ask(measure="preservation"))


def test_a_letter_field_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownName, match="letter field 'weather'"):
        check(put(GOOD, weather="fine"), ask())


def test_an_offence_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownName, match="offence 'rudeness'"):
        check(charge(GOOD, code="rudeness"), ask())


@pytest.mark.parametrize(
    "changes", [{"languages": ()}, {"measures": ()}, {"texts": {"facts-summary": ({"en": "x" * 1_048_577},)}}]
)
def test_what_no_letter_is_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadQuestion):
        replace(GOOD, **changes)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400), st.sampled_from(sorted(TEXTS)))
def test_whatever_is_written_the_check_answers_and_its_places_hold(text: str, field: str) -> None:
    draft = replace(GOOD, texts=dict(TEXTS) | {field: en(text)})
    for finding in check(draft, ask(), assessments=MET):
        assert finding.text or finding.to_look
        for one in finding.found:
            told = {place: words for place, _, words in draft.words(one.field)}
            assert told[one.place][one.start : one.end] == one.words


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(sorted(TEXTS)), min_size=1))
def test_an_emptied_field_never_makes_the_letter_better(emptied: set[str]) -> None:
    before = {one.rule for one in check(GOOD, ask(), assessments=MET) if one.severity is BLOCK}
    bare = replace(GOOD, texts={name: text for name, text in TEXTS.items() if name not in emptied})
    assert before <= {one.rule for one in check(bare, ask(), assessments=MET) if one.severity is BLOCK}


# The page -------------------------------------------------------------------------------------------------------------

PAGE = (Path(__file__).parents[2] / "docs" / "refusal-risks.md").read_text(encoding="utf-8")


def blocks(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def test_the_example_for_programmers_gives_what_its_remarks_say() -> None:
    names: dict[str, Any] = {}
    exec(blocks("python"), names)  # noqa: S102  our own page
    first = names["found"][0]
    assert (first.rule, first.severity, str(first.references[0])) == ("nexus-missing", BLOCK, "budapest Art. 29(2)(c)")


def test_the_rule_of_the_page_is_found_once_its_file_is_there(data: Path) -> None:
    law = with_file(data, blocks("yaml"))
    assert list(risk_faults(law)) == []
    late = put(GOOD, urgency_and_deadline="Before the court holidays.")
    finding = rule(check(late, ask(), catalogue=law), "holiday-recess")
    assert finding is not None
    assert (finding.severity, finding.text) == (WARN, ("The deadline falls into the recess: “court holidays”.",))
    assert rulebook(law).titles["holiday-recess"].nl == "Gerechtelijk reces"


def test_every_test_that_the_page_names_is_one() -> None:
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", PAGE[PAGE.index("2. A test is one") : PAGE.index("3. `when`")]))
    tags = {kind.__struct_config__.tag for kind in RiskTest.__args__}
    assert len(named) > 10
    assert named <= tags


def test_every_kind_of_test_is_used_and_every_rule_has_a_title() -> None:
    book = rulebook(shipped())
    assert {type(test) for tests in book.tests.values() for test in tests} == set(RiskTest.__args__)
    assert set(book.titles) == {rule.id for rule in book.rules}
