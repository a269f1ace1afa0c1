"""What a reader of a classification has to know of its articles: instruments without the offence, unverified rows."""

from collections.abc import Iterator, Sequence

from backend.conventions.catalogue import Catalogue
from backend.conventions.classification import sentences
from backend.conventions.classification.answer import Notice, OffenceFound
from backend.conventions.classification.crosswalks import absences


def reference_notices(law: Catalogue, found: Sequence[OffenceFound]) -> Iterator[Notice]:
    """For each offence: that no treaty has it, which instruments lack it and what comes nearest, what is unverified."""
    for offence in found:
        if not offence.articles:
            named = {"offence": offence.label.lower(), "note": law.offence(offence.code).note or ""}
            yield Notice("no-treaty-article", sentences.NO_TREATY % named, offence.code)
        yield from _absence_notices(law, offence)
        yield from _unverified_notices(offence)


def _absence_notices(law: Catalogue, offence: OffenceFound) -> Iterator[Notice]:
    for absence in absences(law, offence.code):
        named = {
            "instrument": law.instrument(absence.instrument).short_title,
            "offence": offence.label.lower(),
            "nearest": ", ".join(absence.nearest),
        }
        text = (sentences.LACKS_BUT_NEAR if absence.nearest else sentences.LACKS) % named
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
        yield Notice("unverified-reference", sentences.UNVERIFIED % {"names": ", ".join(names)}, offence.code)
