"""What a reader of a classification has to know of its articles: instruments without the offence, unverified rows."""

from collections.abc import Iterator, Sequence

from backend.conventions.catalogue import Catalogue
from backend.conventions.classification.answer import Notice, OffenceFound
from backend.conventions.classification.crosswalks import absences


def reference_notices(law: Catalogue, found: Sequence[OffenceFound]) -> Iterator[Notice]:
    """For each offence: that no treaty has it, which instruments lack it and what comes nearest, what is unverified."""
    for offence in found:
        if not offence.articles:
            text = f"No treaty of the data has an offence of its own for {offence.label.lower()}. "
            yield Notice("no-treaty-article", text + (law.offence(offence.code).note or ""), offence.code)
        yield from _absence_notices(law, offence)
        yield from _unverified_notices(offence)


def _absence_notices(law: Catalogue, offence: OffenceFound) -> Iterator[Notice]:
    for absence in absences(law, offence.code):
        name = law.instrument(absence.instrument).short_title
        nearest = f"nearest: {', '.join(absence.nearest)}" if absence.nearest else "the data name no near article"
        text = f"{name} has no offence of its own for {offence.label.lower()}; {nearest}."
        yield Notice("instrument-lacks-offence", text, offence.code, absence.instrument)


def _unverified_notices(offence: OffenceFound) -> Iterator[Notice]:
    """A number that is doubtful is not repeated: the title says which provision is meant."""
    names = [f"{article.instrument} {article.ref}" for article in offence.articles if not article.verified]
    names += [
        f"{section.state} {section.title if section.doubtful else section.ref or section.title}"
        for section in offence.sections
        if not section.verified
    ]
    if names:
        text = f"Not verified, to be confirmed before a letter relies on it: {', '.join(names)}."
        yield Notice("unverified-reference", text, offence.code)
