"""Crosswalks: every tag is one that its taxonomy has, and a missing article is said with what comes nearest."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from backend.conventions.catalogue import shipped
from backend.conventions.checking import check
from backend.conventions.classification import classify
from backend.conventions.classification.crosswalks import INCIDENT_COLUMNS, absences, instrument_columns, tags
from backend.conventions.errors import UnknownName

LISTED = {taxonomy.namespace: taxonomy for taxonomy in shipped().incident_tags.taxonomies}


def test_each_taxonomy_of_the_crosswalk_has_its_list_of_tags() -> None:
    assert set(LISTED) == {column.replace("_", "-") for column in INCIDENT_COLUMNS}


@pytest.mark.parametrize(("namespace", "size"), [("rsit", 39), ("europol-incident", 21), ("europol-event", 46)])
def test_the_lists_are_whole(namespace: str, size: int) -> None:
    assert len(LISTED[namespace].tags) == size


def test_the_predicates_of_csirt_americas_are_those_of_its_file() -> None:
    names = "defacement malware ddos phishing spam botnet fastflux cryptojacking xss sqli vulnerability infoleak"
    assert LISTED["csirt-americas"].tags == {
        f"csirt-americas:{name}" for name in (*names.split(), "compromise", "other")
    }


def test_the_lists_say_where_they_were_seen() -> None:
    source = shipped().incident_tags.source
    assert (source.repository, len(source.commit)) == ("MISP/misp-taxonomies", 40)


def test_every_tag_that_an_offence_names_exists() -> None:
    for code in shipped().offences:
        for column in INCIDENT_COLUMNS:
            assert set(getattr(tags(shipped(), code), column)) <= LISTED[column.replace("_", "-")].tags, (code, column)


def test_a_tag_that_does_not_exist_fails_the_check(change: Callable[[str, str, str], Path]) -> None:
    folder = change("offences.yaml", "csirt-americas:ddos", "csirt-americas:flood")
    faults = [str(fault) for fault in check(folder, on=date(2026, 11, 24)).faults]
    told = "offences.yaml: system-interference: csirt-americas has no tag 'csirt-americas:flood'; correct the name"
    assert [fault.partition(", or")[0] for fault in faults] == [told]


def test_an_article_that_the_instrument_has_not_fails_the_check(change: Callable[[str, str, str], Path]) -> None:
    folder = change("offences.yaml", "        - Art. 2\n      un", "        - Art. 99\n      un")
    faults = [str(fault) for fault in check(folder, on=date(2026, 11, 24)).faults]
    assert any("Art. 99 of budapest" in fault for fault in faults)
    assert any("Art. 2 of budapest" in fault for fault in faults)


@pytest.mark.parametrize(
    ("code", "tag"),
    [
        ("system-interference", "csirt-americas:ddos"),
        ("data-interference", "csirt-americas:defacement"),
        ("data-espionage", "csirt-americas:infoleak"),
        ("illegal-access", "csirt-americas:sqli"),
        ("spam", "csirt-americas:spam"),
    ],
)
def test_an_offence_leads_to(code: str, tag: str) -> None:
    assert tag in tags(shipped(), code).csirt_americas


@pytest.mark.parametrize("name", ["other", "vulnerability", "fastflux"])
def test_a_predicate_that_names_no_act_leads_to_no_offence(name: str) -> None:
    named = [tag for code in shipped().offences for tag in tags(shipped(), code).csirt_americas]
    assert f"csirt-americas:{name}" not in named


def test_the_classes_of_crime_statistics_keep_their_flag() -> None:
    (found,) = tags(shipped(), "computer-fraud").iccs
    assert (found.code, found.verified) == ("0701", True)
    assert not tags(shipped(), "spam").iccs[0].verified


def test_an_unknown_offence_is_refused() -> None:
    with pytest.raises(UnknownName, match="unknown offence 'weather'"):
        tags(shipped(), "weather")


@pytest.mark.parametrize("code", ["child-grooming", "cyber-extortion", "identity-crime"])
def test_budapest_has_no_such_offence(code: str) -> None:
    assert "budapest" in {absence.instrument for absence in absences(shipped(), code)}


def test_what_comes_nearest_is_named() -> None:
    (budapest, un) = absences(shipped(), "cyber-extortion")
    assert (budapest.instrument, budapest.nearest) == ("budapest", ("Art. 2", "Art. 4", "Art. 5", "Art. 8"))
    assert (un.instrument, un.nearest[0]) == ("un-cybercrime", "Art. 7")
    assert absences(shipped(), "illegal-access") == ()


def test_every_column_of_articles_belongs_to_an_instrument() -> None:
    assert set(instrument_columns().values()) == {"budapest", "budapest-p1", "un-cybercrime"}


def test_an_offence_found_carries_its_classes_and_a_warning_for_each_instrument_without_it() -> None:
    answer = classify("A man asked a girl of 13 on Instagram for nude photos and proposed to meet.")
    found = next(row for row in answer.offences if row.code == "child-grooming")
    assert found.crosswalk == tags(shipped(), "child-grooming")
    lacking = [row for row in answer.warnings if row.code == "instrument-lacks-offence"]
    assert [(row.offence, row.instrument) for row in lacking] == [("child-grooming", "budapest")]
    assert "Budapest Convention has no offence of its own" in lacking[0].text


def test_a_doubtful_number_is_not_repeated_in_a_warning() -> None:
    law = shipped()
    doubtful = [
        (state.code, row)
        for state in law.states()
        for row in state.cybercrime_statute.offences
        if row.doubtful and not row.verified and row.ref and row.offence == "child-grooming"
    ]
    assert doubtful, "no doubtful row on grooming is left: take another offence"
    state, row = doubtful[0]
    narrative = "A man asked a girl of 13 on Instagram for nude photos and proposed to meet."
    answer = classify(narrative, states=[state])
    told = [w.text for w in answer.warnings if w.code == "unverified-reference" and w.offence == "child-grooming"]
    assert told
    assert f"{state} {row.title}" in told[0]
    assert str(row.ref) not in told[0]
