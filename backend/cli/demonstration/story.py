"""What the steps of the demonstration know of one another, and how each checks that it holds."""

import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from backend.cli.demonstration.country import Country, StepFailed

DATA = Path(__file__).parent / "data"
SECRETS = ("Testwood", "spiceharbour", "203.0.113.77", "NWBK", "Exampleford")


@dataclass
class Story:
    """What the steps know of one another."""

    folder: Path
    gd: Country
    cr: Country
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    submission: str = field(default_factory=lambda: str(uuid.uuid4()))
    found: dict[str, Any] = field(default_factory=dict)

    def words(self, name: str) -> Path:
        """A file of words with the story's times filled in."""
        paid, seen = self.at - timedelta(hours=10), self.at - timedelta(hours=12, minutes=7)
        values = {
            "PAID": f"{paid:%d %B %Y at %H:%M}",
            "SEEN": f"{seen:%d %B %Y at %H:%M}",
            "PAID_AT": _instant(paid),
            "SEEN_AT": _instant(seen),
            "FROM_AT": _instant(self.at - timedelta(days=14)),
            "NOW_AT": _instant(self.at),
            "SUBMISSION": self.submission,
            "LETTER_BY": f"{self.at + timedelta(days=45):%Y-%m-%d}",
        }
        text = re.sub(r"\{([A-Z_]+)\}", lambda named: values[named[1]], (DATA / name).read_text())
        path = self.folder / name
        path.write_text(text)
        return path


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def card(story: Story, country: Country) -> Path:
    """The file in which a country's key card travels."""
    return story.folder / f"{country.state}-card.json"


def contains(found: object, expected: object, what: str) -> None:
    """StepFailed where what was found is not, or has not in it, what was expected."""
    holds = expected in found if isinstance(found, list) else found == expected
    if not holds:
        raise StepFailed(f"{what}: expected {expected!r}, got {found!r}")


def refused(country: Country, act: str, **arguments: Any) -> None:
    """StepFailed where an act by the same person is not refused."""
    try:
        country.act(act, **arguments)
    except StepFailed:
        return
    raise StepFailed(f"{country.state}: {act} by the same person was not refused")
