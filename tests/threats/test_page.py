"""The page against the tests: each part has a test that steals it, and what it leaves to be seen is of named kinds."""

import pytest

from backend.cli.node.home import CHECKOUT
from tests.docs.pages import rows, section
from tests.docs.test_lists import words
from tests.threats.test_database import KINDS, PAGE

PARTS = [row[0] for row in rows(section(PAGE, "Part by part"))]
STOLEN = {row[0]: row[1:] for row in rows(section(PAGE, "Where each part is stolen"))}


def test_every_part_is_stolen_somewhere() -> None:
    assert list(STOLEN) == PARTS


@pytest.mark.parametrize("part", list(STOLEN))
def test_the_files_are_there_and_the_kinds_are_known(part: str) -> None:
    where, seen = STOLEN[part]
    assert words(where) or where == "in no test"
    assert [name for name in words(where) if not (CHECKOUT / name).is_file()] == []
    assert set(words(seen)) <= set(KINDS)
