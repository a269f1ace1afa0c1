"""What a page of a letter is made of. The template sets blocks; it knows nothing of letters."""

from msgspec import Struct


class Block(Struct, frozen=True, tag_field="block", tag=str.lower):
    """Something set on the page, one below the other."""


class Paragraph(Block, frozen=True):
    """Words; blank lines part paragraphs."""

    text: str


class Heading(Block, frozen=True):
    """A heading; level 1 is the version's title, level 2 its sections."""

    text: str
    level: int


class Notice(Block, frozen=True):
    """Words in a frame."""

    text: str


class Quote(Block, frozen=True):
    """The words of a provision, under their heading."""

    heading: str
    text: str


class Bullets(Block, frozen=True):
    """Points of equal rank."""

    items: tuple[str, ...]


class Column(Struct, frozen=True):
    """A column's heading, its share of the width, and whether its cells are set in a fixed pitch."""

    heading: str
    share: int
    fixed: bool = False


class Table(Block, frozen=True):
    """Rows under headings."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


class Letterhead(Struct, frozen=True):
    """Who writes: State, authority and how to reach it."""

    state: str
    title: str
    title_language: str
    contact: tuple[str, ...]


class Version(Struct, frozen=True):
    """One language version of a letter, ready to be set."""

    language: str
    label: str
    letterhead: Letterhead
    marks: tuple[str, ...]
    particulars: tuple[tuple[str, str], ...]
    addressee: tuple[str, ...]
    addressee_language: str
    title: str
    body: tuple[Block, ...]
    signature: tuple[str, ...]
    small_print: tuple[str, ...]
    page: str


class Document(Struct, frozen=True):
    """A letter in all its versions, with what stands on every page."""

    title: str
    author: str
    reference: str
    language: str
    running_mark: str
    versions: tuple[Version, ...]
