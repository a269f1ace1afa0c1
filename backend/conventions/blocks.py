"""What a printed page is made of: blocks one below the other. Whoever prints sets blocks and knows no law."""

from msgspec import Struct


class Block(Struct, frozen=True, tag_field="block", tag=str.lower):
    """Something on the page."""


class Heading(Block, frozen=True):
    """A heading; level 1 is a title, level 2 a section, level 3 a part of it."""

    text: str
    level: int


class Paragraph(Block, frozen=True):
    """Words; blank lines part paragraphs."""

    text: str


class Notice(Block, frozen=True):
    """Words in a frame."""

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
