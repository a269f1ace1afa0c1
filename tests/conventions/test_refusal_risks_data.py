"""Rules on the data sought: what they stop and what they let pass."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backend.conventions.refusal_risks.draft import Attachment, Held, Identifier
from tests.conventions.refusal_drafts import ASK, AT, BLOCK, GOOD, ITEMS, ON, WARN, Row, must_pass, must_stop, put, seek

IMAGE = Attachment(name="page 1.png")
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
    Row("identifier-without-time-zone-or-port", BLOCK, seek(GOOD, description={"en": "Who used 198.51.100[.]9 then."})),
    Row("identifier-without-time-zone-or-port", BLOCK, seek(GOOD, description={"en": "Who used 2001:db8::9 then."})),
    # Not among the data sought, although one of these begins with it.
    Row("identifier-without-time-zone-or-port", BLOCK, seek(GOOD, description={"en": "Who used 203.0.113.7 then."})),
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
    Row("preservation-about-to-lapse", WARN, replace(GOOD, preserved=())),
    Row("preservation-about-to-lapse", WARN, replace(GOOD, preserved=(Held(reference="GD-L-1"),))),
    Row(
        "preservation-about-to-lapse",
        WARN,
        replace(GOOD, preserved=(Held(reference="L", until=ON + timedelta(days=3)),)),
    ),
    Row("preservation-about-to-lapse", ASK, put(replace(GOOD, preserved=()), previous_preservation_request="In May.")),
    Row("abuse-material-enclosed", BLOCK, replace(GOOD, attachments=(Attachment(name="file 1", sensitive=True),))),
    Row("abuse-material-enclosed", ASK, replace(GOOD, attachments=(IMAGE,)), replace(GOOD, attachments=())),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.rule}-{row.severity}")
def test_a_rule_stops_the_draft_that_it_is_about(row: Row) -> None:
    must_stop(row)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.rule}-{row.severity}")
def test_and_lets_the_mended_one_pass(row: Row) -> None:
    must_pass(row)
