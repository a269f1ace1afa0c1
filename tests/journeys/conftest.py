"""The demonstration's story, told once on the two nodes that all journeys share."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from backend.cli.demonstration.country import Country
from backend.cli.demonstration.steps import STEPS
from backend.cli.demonstration.story import Story
from tests.nodes import Pair


@dataclass
class Told:
    """The story after its last step, with what each step said."""

    story: Story
    said: dict[str, str] = field(default_factory=dict)

    @property
    def gd(self) -> Country:
        return self.story.gd

    @property
    def cr(self) -> Country:
        return self.story.cr


@pytest.fixture(scope="session")
def told(pair_of_nodes: Pair, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Every step of the story holds, or its StepFailed says which did not."""
    folder: Path = tmp_path_factory.mktemp("story")
    told = Told(Story(folder, Country("gd", pair_of_nodes.gd), Country("cr", pair_of_nodes.cr)))
    for title, step in STEPS:
        told.said[title] = step(told.story)
    yield told
    for country, first in ((told.gd, pair_of_nodes.gd), (told.cr, pair_of_nodes.cr)):
        country.end_offices()
        if country.node is not first:  # it was killed and started again
            country.node.stop()
