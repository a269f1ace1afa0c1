"""Rules on offices, languages, form and contents of the letter: what they stop and what they let pass."""

from dataclasses import replace

import pytest

from backend.conventions.refusal_risks.draft import Attachment, NamedOffice
from tests.conventions.refusal_drafts import ASK, BLOCK, GOOD, KEEP, KEEPING, WARN, Row, must_pass, must_stop, put

ROWS = (
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


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.rule}-{row.severity}")
def test_a_rule_stops_the_draft_that_it_is_about(row: Row) -> None:
    must_stop(row)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.rule}-{row.severity}")
def test_and_lets_the_mended_one_pass(row: Row) -> None:
    must_pass(row)
