"""Whether the visible text of a letter says what its `request.json` says.

The content is laid out again as it would be for printing, and each of the resulting texts must stand in the file, in
that order. White space, and characters that take no room, do not count. The check finds what is missing or differs; it
does not prove that nothing else is visible, and a letter that fails it may only have been set by another version: then
a person compares.
"""

import unicodedata
from collections.abc import Iterator
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from crypto.checked import Checked, checked
from referral.letters.blocks import Block, Bullets, Document, Heading, Notice, Paragraph, Quote, Table, Version
from referral.letters.content import LetterContent
from referral.letters.strings import LanguageNotOffered
from referral.letters.validity import ValidLetter
from referral.letters.validity_errors import TextDiffers
from referral.letters.view import document

_IGNORED = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
MAX_PAGES = 500


class MatchedLetter(Checked):
    """A valid letter whose visible text was found to say what its machine copy says; made by `match_text` alone."""

    letter: ValidLetter
    content: LetterContent


def match_text(letter: ValidLetter) -> MatchedLetter:
    """Return the letter as matched, or raise TextDiffers: then nothing is prefilled or executed from its content."""
    try:
        expected = document(letter.content)
        visible = _visible(letter.pdf, expected)
    except (PyPdfError, LanguageNotOffered, ValueError, KeyError, TypeError, RecursionError) as error:
        raise TextDiffers from error
    at = 0
    for text in _texts(expected):
        found = visible.find(text, at)
        if found < 0:
            raise TextDiffers
        at = found + len(text)
    return checked(MatchedLetter, letter=letter, content=letter.content)


def _visible(pdf: bytes, expected: Document) -> str:
    """The text of all pages, without what stands on every page: it would part a text that runs over a page's end."""
    pages = PdfReader(BytesIO(pdf)).pages
    if len(pages) > MAX_PAGES:
        raise TextDiffers
    mark, reference = _reduced(expected.running_mark), _reduced(expected.reference)
    numbers = [version.page for version in expected.versions]
    text = []
    for number, page in enumerate(pages, start=1):
        words = _reduced(page.extract_text()).removeprefix(mark)
        for label in numbers:
            words = words.removesuffix(_reduced(label.format(page=number, pages=len(pages))))
        text.append(words.removesuffix(reference))
    return "".join(text)


def _texts(expected: Document) -> Iterator[str]:
    for version in expected.versions:
        for text in _version_texts(version):
            if reduced := _reduced(text):
                yield reduced


def _version_texts(version: Version) -> Iterator[str]:
    yield version.letterhead.state.upper()
    yield version.letterhead.title
    yield from version.letterhead.contact
    yield version.label
    yield from version.addressee
    for name, value in version.particulars:
        yield name + value
    yield from version.marks
    yield version.title
    for block in version.body:
        yield from _block_texts(block)
    yield from version.signature
    yield from version.small_print


def _block_texts(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph | Notice | Heading):
        yield block.text
    elif isinstance(block, Quote):
        yield block.heading
        yield block.text
    elif isinstance(block, Bullets):
        yield from block.items
    elif isinstance(block, Table):
        for row in block.rows:
            yield from row


def _reduced(text: str) -> str:
    return "".join(
        character
        for character in unicodedata.normalize("NFKC", text)
        if unicodedata.category(character) not in _IGNORED
    )
