"""From what happened to which offence: by elements, each with the words of the narrative that speak for it.

`classify` is the whole of it: pure, from the data; it finds offences, and says honestly where it finds none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from backend.conventions.catalogue import Catalogue, shipped
from backend.conventions.classification import cues as cue_search
from backend.conventions.classification import sentences
from backend.conventions.classification.answer import (
    Article,
    Classification,
    ElementStanding,
    Notice,
    OffenceFound,
    Section,
    Standing,
)
from backend.conventions.classification.candidates import case_of
from backend.conventions.classification.contradictions import contradictions
from backend.conventions.classification.crosswalks import tags
from backend.conventions.classification.cues import Hit
from backend.conventions.classification.evidence import MAX_PASSAGES, Findings, gather
from backend.conventions.classification.hearing import NOTHING, Heard, add, hear
from backend.conventions.classification.language import languages
from backend.conventions.classification.lists import OffenceLists, offence_lists
from backend.conventions.classification.notices import reference_notices
from backend.conventions.classification.questions import Case, of_incident, of_offence
from backend.conventions.classification.weighing import (
    JudgedList,
    closed_by_answers,
    is_shown,
    judge_lists,
    lacks_computer,
    shown_by_answers,
)
from backend.conventions.classification.wording import MAX_CLAUSES
from backend.conventions.errors import BadQuestion, UnknownName
from backend.conventions.indicators import Indicator, extract
from backend.conventions.tokens import tokenise

__all__ = ["Classification", "ElementStanding", "OffenceFound", "Standing", "Notice", "classify"]

# A narrative of a police report has hundreds of words; what is a hundred times longer is something else.
MAX_LENGTH = 10_000_000
# Fewer words than this are a statement rather than a report: cues read it, for learning was from reports.
SHORT = 40
# Only a log has more, and a log is evidence.
MAX_INDICATORS = 20_000
_CITABLE = {"treaty", "protocol"}


def classify(
    narrative: str,
    *,
    lang: str | None = None,
    facts: Mapping[str, str] | None = None,
    states: Sequence[str] = (),
    region: str | None = None,
    catalogue: Catalogue | None = None,
) -> Classification:
    """The offences to which a narrative, and the answers to the plain-language questions, point.

    `facts` maps question ids to yes, no or unknown; sections of law are given for `states` (codes); telephone
    numbers without a country are read as those of `region` (a State's two letters), else of the first of them. Spans
    are `[start, end)` in code points.
    Raises UnknownName for a name that the data do not know and BadQuestion for input that cannot be read.
    """
    law = catalogue or shipped()
    if len(narrative) > MAX_LENGTH:
        raise BadQuestion(f"the narrative has {len(narrative)} characters: expected at most {MAX_LENGTH}; shorten it")
    _check_names(law, lang, states)
    tokens = tokenise(narrative)
    spoken = (lang,) if lang else languages(law, tokens)
    hits = [hit for language in spoken for hit in cue_search.find(cue_search.ready(law, language), tokens)]
    short = len(tokens.plain) < SHORT
    heard = NOTHING if short else hear(law, narrative, tokens)
    findings = _gathered(law, hits, heard, facts or {})
    found = _offences(law, findings, heard, states, short=short)
    case = case_of(law, found, findings, _gathered(law, hits, heard, {}) if facts else findings, facts or {})
    indicators = extract(narrative, region=region or next(iter(states), None), most=MAX_INDICATORS + 1)
    codes = tuple(offence.code for offence in found)
    warnings = (*_warnings(findings, heard, indicators), *contradictions(case), *reference_notices(law, found))
    return Classification(
        spoken, codes, indicators[:MAX_INDICATORS], _with_more(case, found), warnings, of_incident(case)
    )


def _check_names(law: Catalogue, lang: str | None, states: Sequence[str]) -> None:
    if lang is not None and lang not in law.cue_languages:
        raise UnknownName("language", lang, law.cue_languages, "leave it out to have it detected")
    for code in states:
        if code not in law.state_codes:
            law.state(code)


def _gathered(law: Catalogue, hits: Sequence[Hit], heard: Heard, answers: Mapping[str, str]) -> Findings:
    """The evidence of cues, wording and answers together."""
    findings = gather(law, hits, answers)
    add(law, findings, heard)
    return findings


def _offences(
    law: Catalogue, findings: Findings, heard: Heard, states: Sequence[str], *, short: bool
) -> tuple[OffenceFound, ...]:
    """Those that the narrative points to or the answers show, and that no answer closes; the likeliest first.

    In a short statement the cues propose instead, and words that deny close.
    """
    found = []
    for code, lists in offence_lists(law).items():
        rule = law.classification_rules.offences.get(code)
        if rule is None or not rule.propose or lacks_computer(rule, findings):
            continue
        answered = findings.answered and shown_by_answers(code, rule, lists, findings)
        plain = short and is_shown(code, rule, lists, findings) and (findings.computer or not rule.needs_computer)
        if code not in heard.proposed and not answered and not plain:
            continue
        judged = judge_lists(code, lists, findings, law.classification_rules.weights)
        # Closed under every list: nobody could charge it. Closed under some: the others remain.
        closed = (bool(row.contradicted) if plain else closed_by_answers(code, row, lists, findings) for row in judged)
        if not all(closed):
            offence = _offence(law, code, lists, judged, states)
            # Echoes of many elements may add up to a chance: without one passage to show there is nothing to propose.
            if not (answered or plain or any(element.spans for element in offence.elements)):
                continue
            chance = heard.chances.get(code, 0.0)
            score = max(chance, offence.score) if answered or plain else chance
            found.append(replace(offence, score=round(score, 3)))
    return tuple(sorted(found, key=lambda offence: -offence.score))


def _offence(
    law: Catalogue, code: str, lists: OffenceLists, judged: tuple[JudgedList, ...], states: Sequence[str]
) -> OffenceFound:
    # The list shown is one that a letter can cite where there is one, and the best shown of those.
    leading = max(judged, key=lambda row: (not row.contradicted, row.source.kind in _CITABLE, round(row.score, 6)))
    by_article = {(row.source.instrument, row.source.ref): row for row in judged}
    articles = tuple(
        Article(
            source.instrument,
            source.ref,
            source.title,
            source.verified,
            *((row.open, row.contradicted) if (row := by_article.get((source.instrument, source.ref))) else ((), ())),
        )
        for source in lists.lists
        if source.kind in _CITABLE
    )
    sections = tuple(section for state in states for section in _sections(law, state, code))
    label = law.offence(code).label.en
    return OffenceFound(code, label, round(leading.score, 3), articles, sections, leading.elements)


def _sections(law: Catalogue, state: str, code: str) -> tuple[Section, ...]:
    return tuple(
        Section(state, row.ref, row.title, row.max_years, row.general_offence, row.verified, row.doubtful)
        for row in law.state(state).cybercrime_statute.offences
        if row.offence == code
    )


def _with_more(case: Case, found: tuple[OffenceFound, ...]) -> tuple[OffenceFound, ...]:
    """The offences with the classes to which each leads and the question that would tell most of it."""
    return tuple(
        replace(row, crosswalk=tags(case.catalogue, row.code), next_question=of_offence(case, row.code))
        for row in found
    )


def _warnings(findings: Findings, heard: Heard, indicators: Sequence[Indicator]) -> tuple[Notice, ...]:
    found = []
    if findings.authorised and findings.without_right:
        found.append(Notice("permission-unclear", sentences.PERMISSION_UNCLEAR))
    if not heard.whole:
        found.append(Notice("read-in-part", sentences.READ_IN_PART % {"most": MAX_CLAUSES}))
    elif not heard.closely:
        found.append(Notice("read-by-words", sentences.READ_BY_WORDS))
    if findings.in_part:
        found.append(Notice("passages-left-out", sentences.PASSAGES_LEFT_OUT % {"most": MAX_PASSAGES}))
    if len(indicators) > MAX_INDICATORS:
        text = sentences.INDICATORS_LEFT_OUT % {"most": f"{MAX_INDICATORS:,}"}
        found.append(Notice("indicators-left-out", text))
    return tuple(found)
