"""What is attached to a PDF, through all its revisions."""

from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from referral.drafting import MAX_REQUEST_BYTES
from referral.letters.validity_errors import NotOneRequest

_NAME = "request.json"


def the_only_request(reader: PdfFileReader, first_signed_revision: int) -> bytes:
    """Return `request.json`, the file's only attachment, in the first signed revision and untouched since.

    Looks at every object of every revision, reachable or not. Raises NotOneRequest.
    """
    found = [
        (revision, specification)
        for revision in range(reader.xrefs.total_revisions)
        for specification in _specifications(reader, revision)
    ]
    if len(found) != 1 or found[0][0] > first_signed_revision:
        raise NotOneRequest
    specification = found[0][1]
    listed = list(_listed(reader.get_historical_root(first_signed_revision)))
    if len(listed) != 1 or str(listed[0].get("/UF")) != _NAME or str(listed[0].get("/F")) != _NAME:
        raise NotOneRequest
    if listed[0].raw_get("/EF").get_object() != specification.raw_get("/EF").get_object():
        raise NotOneRequest
    return _bytes_of(reader, listed[0], first_signed_revision)


def _bytes_of(reader: PdfFileReader, specification: Any, revision: int) -> bytes:
    reference = specification["/EF"].raw_get("/F").reference
    last = reader.total_revisions - 1
    if reader.xrefs.get_last_change(reference) > revision:
        raise NotOneRequest
    data = bytes(reader.get_historical_resolver(last)(reference).data)
    if len(data) > MAX_REQUEST_BYTES:
        raise NotOneRequest
    return data


def _specifications(reader: PdfFileReader, revision: int) -> Iterator[Any]:
    """Every file specification with an embedded file that the revision wrote."""
    resolver = reader.get_historical_resolver(revision)
    for reference in resolver.explicit_refs_in_revision():  # type: ignore[no-untyped-call]
        for dictionary in _dictionaries(resolver(reference)):
            if "/EF" in dictionary:
                yield dictionary


def _dictionaries(value: Any, depth: int = 0) -> Iterator[Any]:
    """The dictionaries in a direct object; what it refers to is looked at in its own turn."""
    if depth > 50 or isinstance(value, generic.IndirectObject):
        return
    if isinstance(value, generic.DictionaryObject):
        yield value
        for key in value:
            yield from _dictionaries(value.raw_get(key), depth + 1)
    elif isinstance(value, generic.ArrayObject):
        for index in range(len(value)):
            yield from _dictionaries(value.raw_get(index), depth + 1)


def _listed(root: Any, depth: int = 0) -> Iterator[Any]:
    """The file specifications of the catalog's name tree."""
    node = root["/Names"]["/EmbeddedFiles"] if depth == 0 else root
    if depth > 20:
        raise NotOneRequest
    names = node.get("/Names", ())
    yield from (names[index] for index in range(1, len(names), 2))
    for child in node.get("/Kids", ()):
        yield from _listed(child.get_object(), depth + 1)
