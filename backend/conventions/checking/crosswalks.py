"""Whether every tag and article to which an offence leads is there."""

from collections.abc import Iterator

from backend.conventions.catalogue import Catalogue
from backend.conventions.checking.report import CORRECT_OR_ADD, Problem
from backend.conventions.classification.crosswalks import INCIDENT_COLUMNS, instrument_columns
from backend.conventions.schema.terms import Crosswalk

_FILE = "offences.yaml"


def crosswalk_faults(catalogue: Catalogue) -> Iterator[Problem]:
    """Tags that their taxonomy has not, and articles named as the same offence that their instrument has not."""
    tags = {listed.namespace: listed.tags for listed in catalogue.incident_tags.taxonomies}
    for code, offence in catalogue.offences.items():
        for column in INCIDENT_COLUMNS:
            namespace = column.replace("_", "-")
            for tag in sorted(set(getattr(offence.crosswalk, column)) - tags.get(namespace, frozenset())):
                yield Problem(_FILE, code, f"{namespace} has no tag {tag!r}", CORRECT_OR_ADD)
        yield from _article_faults(catalogue, code, offence.crosswalk)


def _article_faults(catalogue: Catalogue, code: str, crosswalk: Crosswalk) -> Iterator[Problem]:
    for column, instrument in instrument_columns().items():
        if instrument not in catalogue.instrument_ids:
            yield Problem(_FILE, code, f"the column {column!r} belongs to no instrument", CORRECT_OR_ADD)
            continue
        listed = {row.ref for row in catalogue.instrument(instrument).offences if row.offence == code}
        named = set(getattr(crosswalk, column))
        for ref in sorted(named ^ listed):
            text = f"{ref} of {instrument} has this offence here or in its own file, not in both"
            yield Problem(_FILE, code, text, "add it to the other, or take it out here", instrument)
