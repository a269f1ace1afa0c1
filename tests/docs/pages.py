"""The documents as text: pages, their links, code and tables."""

import re
from pathlib import Path

from backend.cli.node.home import CHECKOUT

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    """Every page written for people: those at the root, docs, and the specification."""
    return sorted([*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md"), CHECKOUT / "crypto" / "SPEC.md"])


def name_of(page: Path) -> str:
    """The page as its path in the checkout."""
    return page.relative_to(CHECKOUT).as_posix()


def links(text: str) -> list[str]:
    """The targets of links, code left out."""
    return re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", FENCE.sub("", text))


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as a host of repositories makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def code(text: str) -> list[str]:
    """Every line of code: of the blocks, and what stands between backticks."""
    blocks = [line for block in FENCE.findall(text) for line in block.splitlines()[1:-1]]
    return [*blocks, *re.findall(r"`([^`\n]+)`", FENCE.sub("", text))]


def section(text: str, title: str) -> str:
    """What stands under a heading, up to the next of any level."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"no heading {title!r}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The rows of every table, headings and rules left out."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")
    ]
    after_rule = [index + 1 for index, row in enumerate(cells) if set("".join(row)) <= set("-: ")]
    heads = {index - 2 for index in after_rule} | {index - 1 for index in after_rule}
    return [row for index, row in enumerate(cells) if index not in heads]
