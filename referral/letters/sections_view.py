"""The sections of a letter that have a structure of their own, as blocks."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from referral.letters.blocks import Block, Bullets, Column, Heading, Notice, Paragraph, Quote, Table
from referral.letters.content import DataItem, LegalReference, LetterContent, MeasureSought
from referral.letters.strings import sentences
from referral.letters.wording import Wording


def legal_basis(content: LetterContent, words: Wording) -> Iterator[Block]:
    """The composition as a table, each reference with its standing."""
    basis = content.legal_basis
    if basis is None:
        return
    if basis.statement:
        yield Paragraph(words.of(basis.statement))
    yield Paragraph(words("legal-basis-lead"))
    rows = [(words(f"role-{part.role}"), *reference_row(part.reference, words)) for part in basis.parts]
    yield Table((Column(words("col-part"), 20), *reference_columns(words)), tuple(_joined(rows)))
    if any(not part.reference.stands for part in basis.parts):
        yield Notice(words("unverified-notice"))


def _joined(rows: Iterable[tuple[str, str, str, str]]) -> Iterator[tuple[str, str, str, str]]:
    """Provisions of one instrument that serve the same part and stand alike share a row."""
    for (part, instrument, standing), alike in groupby(rows, key=lambda row: (row[0], row[1], row[3])):
        yield part, instrument, "; ".join(row[2] for row in alike), standing


def reference_columns(words: Wording) -> tuple[Column, ...]:
    """The columns of a cited provision."""
    return Column(words("col-instrument"), 34), Column(words("col-provision"), 26), Column(words("col-standing"), 20)


def reference_row(reference: LegalReference, words: Wording) -> tuple[str, str, str]:
    """The cells of a cited provision."""
    about = f" ({words.of(reference.about)})" if reference.about else ""
    return words.of(reference.instrument), f"{reference.ref}{about}", words.standing(reference)


def offences(content: LetterContent, words: Wording) -> Iterator[Block]:
    """Each offence with the provisions that make it one, their words and the penalty."""
    for offence in content.offences:
        yield Heading(words.of(offence.title), 3)
        yield Table(reference_columns(words), tuple(reference_row(one, words) for one in offence.provisions))
        if offence.provision_text:
            yield Quote(words("provision-text"), words.of(offence.provision_text))
        if offence.penalty:
            yield Paragraph(words("penalty", penalty=words.of(offence.penalty)))
    if any(not one.stands for offence in content.offences for one in offence.provisions):
        yield Notice(words("unverified-notice"))


def assistance(content: LetterContent, words: Wording) -> Iterator[Block]:
    """Each measure sought: what, from whom, for which time and about which data."""
    for number, measure in enumerate(content.measures, start=1):
        yield Heading(f"({number}) {words.of(measure.title)}", 3)
        if measure.description:
            yield Paragraph(words.of(measure.description))
        yield from _custodian(measure, words)
        if measure.period:
            start, end = words.moment(measure.period.start), words.moment(measure.period.end)
            yield Paragraph(words("period", start=start, end=end))
        if measure.data:
            yield Paragraph(words("data-lead"))
            yield _data(measure.data, words)


def _custodian(measure: MeasureSought, words: Wording) -> Iterator[Block]:
    custodian = measure.custodian
    if custodian is None:
        return
    if custodian.address:
        yield Paragraph(words("custodian-address", name=custodian.name, address=custodian.address))
    else:
        yield Paragraph(words("custodian", name=custodian.name))
    if custodian.reason:
        yield Paragraph(words.of(custodian.reason))


def _data(items: tuple[DataItem, ...], words: Wording) -> Table:
    known = sentences(words.language)
    columns = [Column(words("col-kind"), 20), Column(words("col-identifier"), 44, fixed=True)]
    columns += [Column(words("col-moment"), 26), Column(words("col-note"), 20)]
    rows = tuple(
        (
            known.get(f"data-{item.kind}", known["data-other"]),
            item.value,
            words.moment(item.at, item.time_zone) if item.at else (item.time_zone or ""),
            words.of(item.note),
        )
        for item in items
    )
    return _without_empty(tuple(columns), rows)


def _without_empty(columns: tuple[Column, ...], rows: tuple[tuple[str, ...], ...]) -> Table:
    """The table without columns in which nothing stands."""
    kept = [index for index in range(len(columns)) if any(row[index] for row in rows)]
    return Table(tuple(columns[index] for index in kept), tuple(tuple(row[index] for index in kept) for row in rows))


def execution(content: LetterContent, words: Wording) -> Iterator[Block]:
    """Urgency with its reason, and confidentiality."""
    if content.urgency:
        yield Heading(words("urgency"), 3)
        if content.urgency.life_at_risk:
            yield Paragraph(words("life-at-risk"))
        yield Paragraph(words.of(content.urgency.reason))
        if content.urgency.deadline:
            yield Paragraph(words("deadline", deadline=words.moment(content.urgency.deadline)))
    if content.confidentiality_reason:
        yield Heading(words("confidentiality"), 3)
        yield Paragraph(words.of(content.confidentiality_reason))


def undertakings(content: LetterContent, words: Wording) -> Iterator[Block]:
    """The use limitation and what else the sender undertakes."""
    if content.use_limitation:
        yield Heading(words("use-limitation"), 3)
        yield Paragraph(words.of(content.use_limitation))
    if content.undertakings:
        yield Heading(words("undertakings"), 3)
        yield Bullets(tuple(words.of(one) for one in content.undertakings))


def evidence(content: LetterContent, words: Wording) -> Iterator[Block]:
    """What travels with the letter, by digest."""
    if not content.evidence:
        return
    yield Paragraph(words("evidence-lead"))
    if any(item.blinded_sha256 for item in content.evidence):
        yield Paragraph(words("evidence-blinded"))
    columns = (
        Column(words("col-number"), 7),
        Column(words("col-name"), 34),
        Column(words("col-size"), 17),
        Column(words("col-sha256"), 42, fixed=True),
    )
    rows = [
        (
            str(number),
            _named(item.name, words.of(item.description)),
            str(item.size),
            item.plaintext_sha256 or item.blinded_sha256 or "",
        )
        for number, item in enumerate(content.evidence, start=1)
    ]
    yield Table(columns, tuple(rows))


def _named(name: str, description: str) -> str:
    return f"{name} ({description})" if description else name
