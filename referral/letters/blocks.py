"""What a page of a letter is made of. The template sets blocks; it knows nothing of letters."""

from msgspec import Struct

from backend.conventions.blocks import Block, Bullets, Column, Heading, Notice, Paragraph, Table

__all__ = [
    "Block",
    "Bullets",
    "Column",
    "Document",
    "Heading",
    "Letterhead",
    "Notice",
    "Paragraph",
    "Quote",
    "Table",
    "Version",
]


class Quote(Block, frozen=True):
    """The words of a provision, under their heading."""

    heading: str
    text: str


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
