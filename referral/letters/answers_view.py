"""What an answering letter says, as blocks: one function per kind of answer."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from referral.letters.blocks import Block, Bullets, Column, Heading, Paragraph, Table
from referral.letters.content import (
    Acceptance,
    Acknowledgement,
    Execution,
    LetterContent,
    NotEnsured,
    Postponement,
    Preserved,
    Refusal,
    SupplementaryInformation,
    SupplementaryRequest,
    Withdrawal,
)
from referral.letters.sections_view import reference_columns, reference_row
from referral.letters.wording import Wording


def answer(content: LetterContent, words: Wording) -> Iterator[Block]:
    """The answer of an answering letter; nothing for a request."""
    given = content.answer
    if given is None:
        return
    yield from _BY_TYPE[type(given)](given, words)
    if given.remarks:
        yield Paragraph(words.of(given.remarks))


def _acknowledged(given: Acknowledgement, words: Wording) -> Iterator[Block]:
    yield Paragraph(words("received-at", at=words.moment(given.received_at), number=given.registered_as))


def _accepted(given: Acceptance, words: Wording) -> Iterator[Block]:
    if given.file_number:
        yield Paragraph(words("accepted-file", authority=given.executing_authority, number=given.file_number))
    else:
        yield Paragraph(words("accepted-by", authority=given.executing_authority))


def _preserved(given: Preserved, words: Wording) -> Iterator[Block]:
    yield Paragraph(words("preserved-until", until=words.day(given.until)))
    if given.custodian_reference:
        key = "preserved-custodian-reference"
        yield Paragraph(words(key, name=given.custodian, reference=given.custodian_reference))
    else:
        yield Paragraph(words("preserved-custodian", name=given.custodian))


def _reasoned(given: NotEnsured | Withdrawal | Postponement, words: Wording) -> Iterator[Block]:
    yield Paragraph(words.of(given.reason))


def _postponed(given: Postponement, words: Wording) -> Iterator[Block]:
    yield from _reasoned(given, words)
    if given.until:
        yield Paragraph(words("postponed-until", until=words.day(given.until)))


def _asked(given: SupplementaryRequest, words: Wording) -> Iterator[Block]:
    yield Bullets(tuple(words.of(one) for one in given.questions))


def _supplied(given: SupplementaryInformation, words: Wording) -> Iterator[Block]:
    yield Bullets(tuple(words.of(one) for one in given.answers_given))


def _executed(given: Execution, words: Wording) -> Iterator[Block]:
    yield Paragraph(words("outcomes-lead"))
    columns = (Column(words("col-measure"), 30), Column(words("col-outcome"), 20), Column(words("col-note"), 50))
    rows = [(one.id, words(f"outcome-{one.outcome}"), words.of(one.note)) for one in given.outcomes]
    yield Table(columns, tuple(rows))


def _refused(given: Refusal, words: Wording) -> Iterator[Block]:
    if given.measures:
        yield Paragraph(words("refused-measures", measures=words.listing(list(given.measures))))
    else:
        yield Paragraph(words("refused-all"))
    for ground in given.grounds:
        yield Heading(words.of(ground.title), 3)
        yield Paragraph(words.of(ground.reason))
        if ground.reference:
            yield Table(reference_columns(words), (reference_row(ground.reference, words),))


_BY_TYPE: Mapping[type, Callable[[Any, Wording], Iterator[Block]]] = MappingProxyType(
    {
        Acknowledgement: _acknowledged,
        Acceptance: _accepted,
        Preserved: _preserved,
        NotEnsured: _reasoned,
        SupplementaryRequest: _asked,
        SupplementaryInformation: _supplied,
        Execution: _executed,
        Refusal: _refused,
        Postponement: _postponed,
        Withdrawal: _reasoned,
    }
)
