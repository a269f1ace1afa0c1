"""Which elements each offence has, over all instruments and those that the questions introduce."""

from backend.conventions.catalogue import Catalogue


def known_elements(catalogue: Catalogue) -> dict[str, set[str]]:
    """Element ids by offence code."""
    found: dict[str, set[str]] = {}
    for instrument in catalogue.instruments():
        for article in instrument.offences:
            found.setdefault(article.offence, set()).update(element.id for element in article.elements)
    for row in catalogue.questions.introduces:
        found.setdefault(row.offence, set()).add(row.element)
    return found
