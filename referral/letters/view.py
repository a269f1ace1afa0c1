"""A letter's content laid out as blocks: what is said where, in each language. No markup is made here or anywhere."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from referral.letters.answers_view import answer
from referral.letters.blocks import Block, Document, Heading, Letterhead, Notice, Paragraph, Version
from referral.letters.content import LetterContent, Party
from referral.letters.fields import AS_PARTICULARS
from referral.letters.kinds import ANSWERS, LetterKind
from referral.letters.sections_view import assistance, evidence, execution, legal_basis, offences, undertakings
from referral.letters.strings import sentences
from referral.letters.wording import Wording

_FOLLOW_UPS = frozenset({LetterKind.SUPPLEMENTARY_INFORMATION, LetterKind.WITHDRAWAL})


def document(content: LetterContent) -> Document:
    """The whole letter, one version per language of its content. Raises LanguageNotOffered."""
    first = Wording(content.languages[0])
    return Document(
        title=f"{first(f'title-{content.kind}')} – {content.reference}",
        author=f"{content.sender.authority.title}, {first.of(content.sender.state_name)}",
        reference=content.reference,
        language=content.languages[0],
        running_mark=" · ".join(Wording(code)("exercise-mark") for code in content.languages)
        if content.exercise
        else "",
        versions=tuple(_version(content, Wording(code)) for code in content.languages),
    )


def _version(content: LetterContent, words: Wording) -> Version:
    return Version(
        language=words.language,
        label=_label(content, words),
        letterhead=_letterhead(content.sender, words),
        marks=tuple(_marks(content, words)),
        particulars=tuple(_particulars(content, words)),
        addressee=(
            content.addressee.authority.title,
            *filter(None, [content.addressee.authority.address]),
            words.of(content.addressee.state_name),
        ),
        addressee_language=content.addressee.authority.language,
        title=words(f"title-{content.kind}"),
        body=tuple(_body(content, words)),
        signature=_signature(content, words),
        small_print=(words("signed-electronically"), words("machine-copy")),
        page=sentences(words.language)["page"],
    )


def _label(content: LetterContent, words: Wording) -> str:
    if len(content.languages) == 1:
        return ""
    key = "version-authentic" if words.language == content.languages[0] else "version-translation"
    return words(key, language=words("language"))


def _letterhead(sender: Party, words: Wording) -> Letterhead:
    office = sender.authority
    named = (("phone", office.phone), ("email", office.email), ("hours", office.hours), ("time-zone", office.time_zone))
    return Letterhead(
        state=words.of(sender.state_name),
        title=office.title,
        title_language=office.language,
        contact=tuple(
            filter(None, [office.address, " · ".join(f"{words(key)}: {value}" for key, value in named if value)])
        ),
    )


def _marks(content: LetterContent, words: Wording) -> Iterator[str]:
    if content.urgency or content.urgent_form:
        yield words("urgent-mark")
    if content.confidentiality_reason:
        yield words("confidential-mark")


def _particulars(content: LetterContent, words: Wording) -> Iterator[tuple[str, str]]:
    yield words("date"), words.day(content.dated)
    yield words("our-reference"), content.reference
    if content.in_answer_to and content.kind not in _FOLLOW_UPS:
        yield words("your-reference"), content.in_answer_to.reference


def _body(content: LetterContent, words: Wording) -> Iterator[Block]:
    if content.exercise:
        yield Notice(words("exercise-notice"))
    if content.urgent_form:
        yield Notice(words("urgent-form-notice"))
    yield Paragraph(_opening(content, words))
    yield from _follows(content, words)
    number = 0
    for section, blocks in _SECTIONS.items():
        found = [*blocks(content, words), *_stated(content, words, section)]
        if found:
            number += 1
            yield Heading(f"{number}. {words(f'section-{section}')}", 2)
            yield from found
    yield Paragraph(
        words("closing", sender=content.sender.authority.title, addressee=content.addressee.authority.title)
    )


def _opening(content: LetterContent, words: Wording) -> str:
    sender, addressee = content.sender, content.addressee
    names = {"sender": sender.authority.title, "addressee": addressee.authority.title}
    states = words.of(sender.state_name), words.of(addressee.state_name)
    if content.kind not in ANSWERS or content.in_answer_to is None:
        return words(f"opening-{content.kind}", **names, requesting_state=states[0], requested_state=states[1])
    key = "opening-follow-up" if content.kind in _FOLLOW_UPS else "opening-answer"
    named = {"letter": content.in_answer_to.reference, "dated": words.day(content.in_answer_to.dated)}
    return words(key, **names, **named, sender_state=states[0], addressee_state=states[1])


def _follows(content: LetterContent, words: Wording) -> Iterator[Block]:
    for letter in content.follows:
        title = words(f"title-{letter.kind}")
        yield Paragraph(f"{words('follows')}: {title}, {letter.reference}, {words.day(letter.dated)}.")


def _facts(content: LetterContent, words: Wording) -> Iterator[Block]:
    if content.summary_of_facts:
        yield Paragraph(words.of(content.summary_of_facts))


def _nothing(_content: LetterContent, _words: Wording) -> Iterator[Block]:
    """A section that consists of its particulars only."""
    yield from ()


_SECTIONS: Mapping[str, Callable[[LetterContent, Wording], Iterator[Block]]] = MappingProxyType(
    {
        "answer": answer,
        "legal-basis": legal_basis,
        "case": _nothing,
        "offence": offences,
        "facts": _facts,
        "assistance": assistance,
        "necessity": _nothing,
        "execution": execution,
        "undertakings": undertakings,
        "evidence": evidence,
        "parties": _nothing,
        "closing": _nothing,
    }
)


def _stated(content: LetterContent, words: Wording, section: str) -> Iterator[Block]:
    """The particulars that belong to the section, in the order in which they are read."""
    fields = AS_PARTICULARS.get(section, ()) + (AS_PARTICULARS["heading"] if section == "closing" else ())
    for field in fields:
        for particular in content.particulars:
            if particular.field == field:
                yield Heading(words(f"field-{field}"), 3)
                yield Paragraph(words.of(particular.text))


def _signature(content: LetterContent, words: Wording) -> tuple[str, ...]:
    answering = content.kind in ANSWERS - _FOLLOW_UPS
    signatory = content.signatory
    lines = [
        words("for-the-answering-authority" if answering else "for-the-authority"),
        signatory.name or "",
        words.of(signatory.capacity),
        words.of(signatory.office),
        words.of(content.sender.state_name),
    ]
    return tuple(filter(None, lines))
