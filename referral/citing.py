"""How a letter names what the law data have: an instrument or a State's law, and the provision in it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.conventions.catalogue import Catalogue
from backend.conventions.schema.states import CybercrimeStatute
from referral.letters.content import LegalReference, Lines

LANGUAGES = ("en", "es", "fr", "nl")
# A State or instrument of the data, and the reference under which its rows stand there.
Cited = tuple[str, str]


@dataclass(frozen=True)
class Provision:
    """An article or section that an offence has, with how sure the data are of it; `cites` is where it stands there."""

    source: Lines
    ref: str
    verified: bool
    cites: Cited | None = None


def provisions_for(
    codes: Sequence[str], *, instruments: Sequence[str], state: str, catalogue: Catalogue
) -> dict[str, tuple[Provision, ...]]:
    """For each code the articles of the given instruments and the sections of the State's own statute.

    Doubtful numbers are left out, and so are model laws: those are never a charge.
    """
    found: dict[str, list[Provision]] = {code: [] for code in codes}
    for instrument_id in dict.fromkeys(instruments):
        instrument = catalogue.instrument(instrument_id)
        if instrument.kind not in {"treaty", "protocol"}:
            continue
        for article in instrument.offences:
            if article.offence in found:
                name = source_name(instrument_id, catalogue)
                cites = (instrument_id, article.ref)
                found[article.offence].append(Provision(name, article.ref, article.verified, cites))
    statute = catalogue.state(state).cybercrime_statute
    for row in statute.offences:
        if row.offence in found and row.ref and not row.doubtful:
            citation = _citation(statute)
            name = dict.fromkeys(LANGUAGES, citation) if citation else labels(catalogue.state(state).name)
            cites = (state, row.ref)
            found[row.offence].append(Provision(name, f"{row.ref}, {row.title}"[:500], row.verified, cites))
    return {code: tuple(rows) for code, rows in found.items()}


def labels(label: object) -> dict[str, str]:
    """A label of the data as a mapping from language to words."""
    return {code: text for code in LANGUAGES if (text := getattr(label, code, None))}


def source_name(source: str, catalogue: Catalogue) -> dict[str, str]:
    """How an instrument, or a State's law, is named in each language; the data have instruments' titles in English."""
    if source in catalogue.state_codes:
        return labels(catalogue.state(source).name)
    title = catalogue.instrument(source).title
    return dict.fromkeys(LANGUAGES, title)


def cites(reference: LegalReference, cited: Cited, catalogue: Catalogue) -> bool:
    """Whether the letter's reference is to what the data have under `cited`: a section is named with its heading."""
    source, ref = cited
    names = {source_name(source, catalogue)["en"]}
    if source in catalogue.state_codes:
        names.add(_citation(catalogue.state(source).cybercrime_statute))
    same = reference.ref == ref or reference.ref.startswith(f"{ref}, ")
    return same and reference.instrument.get("en") in names


def _citation(statute: CybercrimeStatute) -> str:
    return ", ".join(filter(None, [statute.title, statute.citation]))[:500]
