"""Tests on the data sought: identifiers with their times, periods, custodians, loss, what is already preserved."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta

import msgspec

from backend.conventions.indicators.finding import extract
from backend.conventions.refusal_risks.case import Case, Hit, Result, Unclear
from backend.conventions.refusal_risks.draft import Identifier
from backend.conventions.refusal_risks.finding import Found
from backend.conventions.refusal_risks.wording import names, plain_text
from backend.conventions.schema.risks import (
    CustodianNotNamed,
    CustodianNotPlaced,
    IdentifierUnported,
    IdentifierUntied,
    IdentifierUntimed,
    LossSmall,
    PeriodTooLong,
    PreservationEnding,
    SensitiveEnclosed,
)
from backend.conventions.tokens import plain

_PORT = re.compile(r"^(?:[\d.]+|\[[0-9a-fA-F:.]+\]):\d{1,5}$")
_AMOUNT = re.compile(r"\d[\d.,\u00a0\u202f ]*\d|\d")
_BESIDE = 28  # code points around a number in which its currency stands


def identifier_untimed(test: IdentifierUntimed, case: Case) -> Result:
    """An address that was used at no stated instant."""
    items = _of_kinds(case, test.kinds)
    untimed = [item.value for item in items if item.at is None or item.at.tzinfo is None]
    known = {one.value for item in items for one in extract(item.value)}
    loose = tuple(_loose(case, test, known))
    if not untimed and not loose:
        return None
    return Hit(", ".join(untimed), loose)


def identifier_unported(test: IdentifierUnported, case: Case) -> Result:
    """An address without its source port."""
    items = _of_kinds(case, test.kinds)
    bare = [item.value for item in items if item.port is None and not _PORT.match(item.value)]
    wording = case.book.wording
    if not bare or wording.has(case.draft, test.texts, (test.settled,)):
        return None
    shared = tuple(wording.find(case.draft, test.texts, (test.shared,)))
    return Hit(", ".join(bare), shared) if shared else Unclear(", ".join(bare))


def identifier_untied(test: IdentifierUntied, case: Case) -> Result:
    """An identifier of which no text says what it has to do with the offence."""
    told = " ".join(plain_text(text) for text in case.texts(test.fields))
    items = (item for sought in case.sought for item in sought.identifiers)
    untied = [item.value for item in items if not item.note and plain(item.value) not in told]
    return Hit(", ".join(untied)) if untied else None


def period_too_long(test: PeriodTooLong, case: Case) -> Result:
    """A period without two ends, or longer than a court would grant on little."""
    longest = timedelta()
    for sought in case.sought:
        if sought.start is None or sought.end is None:
            if not sought.identifiers or any(item.at is None for item in sought.identifiers):
                return Hit("has no beginning or no end")
            continue
        longest = max(longest, sought.end - sought.start)
    if longest > timedelta(test.over_days):
        return Hit(f"has {longest.days} days")
    return Unclear(f"has {longest.days} days") if longest > timedelta(test.look_over_days) else None


def custodian_not_named(test: CustodianNotNamed, case: Case) -> Result:
    """Nobody is named who could be ordered to do anything."""
    named = case.draft.texts.get("custodian") or all(sought.custodian for sought in case.sought)
    return None if named else Hit(lacks=("custodian",))


def custodian_not_placed(test: CustodianNotPlaced, case: Case) -> Result:
    """Why the custodian should have the data in that State."""
    texts = case.texts(("reason-provider-has-data", "custodian", "facts-summary"))
    label = case.requested.name
    if any(names(text, name) for text in texts for name in set(msgspec.structs.astuple(label))):
        return None
    name = label.en
    return Unclear(name) if case.filled("reason-provider-has-data") else Hit(name, lacks=("reason-provider-has-data",))


def loss_small(test: LossSmall, case: Case) -> Result:
    """Little or no loss, and nothing that makes it weigh more."""
    wording = case.book.wording
    if wording.has(case.draft, test.fields, test.aggravating):
        return None
    amounts = list(_amounts(case, test.fields))
    if amounts:
        if any(large for large, _ in amounts):
            return None
        small = tuple(found for _, found in amounts)
        return Hit(f"The loss stated ({', '.join(found.words for found in small)}) is small", small)
    told = case.filled("victims-and-loss") or wording.has(case.draft, test.fields, test.harm)
    return Unclear() if told else Hit("No loss or harm is stated", lacks=("victims-and-loss",))


def preservation_ending(test: PreservationEnding, case: Case) -> Result:
    """Data that may be gone before the letter is read."""
    if not case.draft.preserved:
        if "preservation" in case.chain:
            return None  # The first request for preservation: nothing is held that could lapse.
        return Unclear() if case.filled("previous-preservation-request") else Hit("nothing is preserved")
    last = case.answer.on + timedelta(test.days)
    for held in case.draft.preserved:
        if held.until is None:
            return Hit(f"the end of {held.reference} is not known")
        if held.until < last:
            return Hit(f"{held.reference} ends on {held.until.isoformat()}")
    return None


def sensitive_enclosed(test: SensitiveEnclosed, case: Case) -> Result:
    """A file that must not travel so; one that looks like a picture is for a person to look at."""
    marked = [attached.name for attached in case.draft.attachments if attached.sensitive]
    if marked:
        return Hit(", ".join(marked))
    pictures = [one.name for one in case.draft.attachments if one.name.lower().endswith(test.endings)]
    return Unclear(", ".join(pictures)) if pictures else None


def _of_kinds(case: Case, kinds: Sequence[str]) -> list[Identifier]:
    return [item for sought in case.sought for item in sought.identifiers if item.kind in kinds]


def _loose(case: Case, test: IdentifierUntimed, known: Collection[str]) -> Iterator[Found]:
    """Addresses that stand in the texts and not among the data sought."""
    for field in test.texts:
        for place, language, text in case.draft.words(field):
            for one in extract(text):
                if one.type in test.kinds and one.value not in known:
                    yield Found(field, place, language, one.raw, *one.span)


def _amounts(case: Case, fields: Sequence[str]) -> Iterator[tuple[bool, Found]]:
    """Amounts of money in the fields, and whether each reaches the least of its currency."""
    for field in fields:
        for place, language, text in case.draft.words(field):
            for match in _AMOUNT.finditer(text):
                beside = text[max(0, match.start() - _BESIDE) : match.start()], text[match.end() :][:_BESIDE]
                for currency in case.book.currencies.values():
                    if any(_written(word, beside) for word in currency.written):
                        found = Found(field, place, language, match[0], match.start(), match.end())
                        yield _number(match[0]) >= currency.least, found
                        break


def _written(word: str, beside: tuple[str, str]) -> bool:
    """Whether the currency stands directly before or after the number."""
    before, after = plain(beside[0]).rstrip(), plain(beside[1]).lstrip()
    following = after[len(word) : len(word) + 1]
    return before.endswith(word) or (after.startswith(word) and not following.isalpha())


def _number(written: str) -> float:
    """A number as people write it: the last mark before exactly two digits parts the decimals, all others group."""
    digits = re.sub(r"\D", "", written)
    return int(digits) / 100 if re.search(r"[.,]\d\d$", written.strip()) else float(digits)
