"""The proof sheet: a comparison laid out as blocks in one language. No markup is made here."""

from collections.abc import Iterator

from msgspec import Struct

from backend.conventions.blocks import Block, Bullets, Heading, Notice, Paragraph
from backend.conventions.catalogue import Catalogue, shipped
from backend.conventions.dual_criminality.answer import ANY, Assessment, Conduct, Verdict
from backend.conventions.dual_criminality.origin import Origin
from backend.conventions.dual_criminality.sheet_rows import (
    counterparts,
    details,
    headings,
    references,
    telling,
    thresholds,
)
from backend.conventions.dual_criminality.wording import JOIN, Words

_NAMED = 12


class Sheet(Struct, frozen=True):
    """A proof sheet ready to be set: `particulars` are pairs of a name and its words, `page` counts pages."""

    title: str
    language: str
    particulars: tuple[tuple[str, str], ...]
    body: tuple[Block, ...]
    small_print: tuple[str, ...]
    page: str
    author: str = "Comity"

    @property
    def verdict(self) -> str:
        """The result in words."""
        return next(block.text for block in self.body if isinstance(block, Notice))


def sheet(answer: Assessment, origin: Origin, *, language: str, catalogue: Catalogue | None = None) -> Sheet:
    """The sheet in `language`. Raises UnknownName for a language that the data do not have."""
    law = catalogue or shipped()
    words = Words(law, language)
    elsewhere = tuple(row for row in answer.elsewhere if row.provisional is Verdict.MET)
    sections = (
        ("result", _result(answer, words)),
        ("conduct", _conduct(law, answer.conduct, origin, words)),
        ("provisions", details(answer.provisions, telling(answer), words)),
        ("elsewhere", details(elsewhere, elsewhere, words)),
        ("counterparts", counterparts(answer, words)),
        ("thresholds", thresholds(law, answer, words)),
        ("settle", _settle(answer, words)),
        ("references", references(answer, words)),
    )
    body: list[Block] = []
    filled = [(name, found) for name, blocks in sections if (found := list(blocks))]
    for number, (name, found) in enumerate(filled, 1):
        about = answer.requesting if name == "counterparts" else answer.requested
        body += [Heading(f"{number}. {words(f'section-{name}', state=words.state(about))}", 2), *found]
    return Sheet(
        words("title", state=words.state(answer.requested)),
        language,
        tuple(_particulars(answer, words)),
        tuple(body),
        tuple(words(key) for key in ("not-legal-advice", "conduct-decides", "notes-language")),
        words("page", page="{page}", pages="{pages}"),
    )


def _particulars(answer: Assessment, words: Words) -> Iterator[tuple[str, str]]:
    yield words("requesting"), words.state(answer.requesting)
    yield words("requested"), words.state(answer.requested)
    yield words("offence"), words.offence(answer.offence)
    yield words("day"), answer.on.isoformat()
    yield words("data-of"), answer.as_of.isoformat()


def _result(answer: Assessment, words: Words) -> Iterator[Block]:
    yield Notice(words(f"verdict-{answer.verdict}"))
    if answer.verdict is Verdict.NOT_REQUIRED:
        yield Paragraph(f"{words('column-result')}: {words(f'verdict-{answer.compared}')}")
    yield Bullets(tuple(words.said(reason) for reason in (*answer.reasons, *answer.warnings)))
    state = words.state(answer.requested)
    if answer.offence != ANY:
        yield Paragraph(words("whole-state", state=state, verdict=words(f"verdict-{answer.whole_state}")))
    if answer.provisional is not answer.compared:
        yield Paragraph(words("would-say", verdict=words(f"verdict-{answer.provisional}")))


def _conduct(law: Catalogue, conduct: Conduct, origin: Origin, words: Words) -> Iterator[Block]:
    values = {"offence": words.offence(origin.offence)} if origin.offence else {}
    if origin.article:
        title = law.instrument(origin.article.source).short_title
        values |= {"article": words.reference(origin.article), "instrument": title}
    yield Paragraph(words(f"origin-{origin.kind}", **values))
    listed = [
        words(key, concepts=words.concepts(sorted(names)))
        for key, names in (
            ("established", conduct.established),
            *(("one-of", names) for names in sorted(conduct.one_of, key=sorted)),
            ("absent", conduct.absent),
            ("disputed", conduct.disputed),
        )
        if names
    ]
    yield Bullets((*listed, words("rest-open")))


def _settle(answer: Assessment, words: Words) -> Iterator[Block]:
    """What to look for, where the comparison alone does not answer."""
    if answer.compared is not Verdict.UNKNOWN:
        return
    found = []
    for reason in answer.reasons:
        values = dict(reason.values)
        if reason.code == "open":
            concepts = words.concepts(values["concepts"].split(JOIN))
            found.append(words("settle-facts", concepts=concepts, provision=values["provision"]))
        if reason.code == "seems":
            found.append(words("settle-verify", provision=values["provision"]))
    state = words.state(answer.requested)
    bare = [row.name for row in answer.provisions if row.reason.code == "row-heading-only"]
    if bare:
        found.append(words("settle-read", state=state, provisions=headings(bare, _NAMED, words)))
    if answer.provisions and not found:
        found.append(words("settle-whole-code", state=state))
    if found:
        yield Bullets(tuple(found))
