"""Links of the documents lead somewhere, and the lists of pages are complete."""

import re

import pytest

from backend.cli.node.home import CHECKOUT
from tests.docs.pages import anchors, links, name_of, pages

# Folders that a node uses, and addresses of the edge; any other absolute path is of somebody's own machine.
PLACES = (
    "/var/lib/comity",
    "/etc/comity",
    "/srv/comity",
    "/proc/",
    "/path/to/",
    "/usr/",
    "/v1/",
    "/api/",
    "/healthz",
    "/tmp/",  # noqa: S108
)


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_links_lead_to_a_file_and_a_heading_that_are_there(page):
    for target in links(page.read_text()):
        if re.match(r"https?:|mailto:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        if anchor:
            assert anchor in anchors(found.read_text()), target


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_pages_name_no_folder_of_somebodys_machine(page):
    paths = re.findall(r"(?<![\w.:/)>*}…])/[a-z][\w.-]*/[\w./-]*", page.read_text())
    assert [path for path in paths if not path.startswith(PLACES)] == []


def test_the_index_has_every_page():
    index = CHECKOUT / "docs" / "README.md"
    listed = {(index.parent / target).resolve() for target in links(index.read_text())}
    there = {page for page in pages() if page.is_relative_to(CHECKOUT / "docs") and page != index}
    assert there <= listed


@pytest.mark.parametrize("page", sorted((CHECKOUT / "docs" / "decisions").glob("*.md")), ids=name_of)
def test_a_decision_has_its_three_parts(page):
    if page.name == "dependencies.md":
        return
    text = page.read_text()
    assert [part in text for part in ("**Context.**", "**Decision.**", "**Consequence.**")] == [True] * 3


def test_the_locks_name_no_registry():
    for lock in (CHECKOUT / "requirements").glob("*.txt"):
        assert "://" not in lock.read_text(), lock.name
    assert '"resolved"' not in (CHECKOUT / "package-lock.json").read_text()
