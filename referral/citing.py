"""How a letter names what the law data have: an instrument or a State's law, and the provision in it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from backend.conventions.catalogue import Catalogue
from backend.conventions.schema.common import Label
from backend.conventions.schema.states import CybercrimeStatute
from referral.letters.content import LegalReference, Lines

LANGUAGES = Label.__struct_fields__
# A State or instrument of the data, and the reference under which its rows stand there.
Cited = tuple[str, str]


@dataclass(frozen=True)
class CitedProvision:
    """An article or section that an offence has, with how sure the data are of it; `cites` is where it stands there."""

    source: Lines
    ref: str
    verified: bool
    cites: Cited


def provisions_for(
    codes: Sequence[str], *, instruments: Sequence[str], state: str, catalogue: Catalogue
) -> dict[str, tuple[CitedProvision, ...]]:
    """For each code the articles of the given instruments and the sections of the State's own statute.

    Doubtful numbers are left out, and so are model laws: those are never a charge. Raises UnknownName.
    """
    found: dict[str, list[CitedProvision]] = {code: [] for code in codes}
    for instrument_id in dict.fromkeys(instruments):
        instrument = catalogue.instrument(instrument_id)
        if instrument.kind not in {"treaty", "protocol"}:
            continue
        for article in instrument.offences:
            if article.offence in found:
                name = source_name(instrument_id, catalogue)
                cites = (instrument_id, article.ref)
                found[article.offence].append(CitedProvision(name, article.ref, article.verified, cites))
    statute = catalogue.state(state).cybercrime_statute
    for row in statute.offences:
        if row.offence in found and row.ref and not row.doubtful:
            citation = _citation(statute)
            name = dict.fromkeys(LANGUAGES, citation) if citation else labels(catalogue.state(state).name)
            cites = (state, row.ref)
            found[row.offence].append(CitedProvision(name, f"{row.ref}, {row.title}"[:500], row.verified, cites))
    return {code: tuple(rows) for code, rows in found.items()}


def labels(label: Label) -> dict[str, str]:
    """A label of the data as a mapping from language to words."""
    return msgspec.structs.asdict(label)


def source_name(source: str, catalogue: Catalogue) -> dict[str, str]:
    """How an instrument, or a State's law, is named in each language; the data have instruments' titles in English.

    Raises UnknownName.
    """
    if source in catalogue.state_codes:
        return labels(catalogue.state(source).name)
    return dict.fromkeys(LANGUAGES, catalogue.instrument(source).title)


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
