"""Whether an instrument binds a State on a day."""

from datetime import date

import pytest

from backend.conventions.binding import Bound, binds
from backend.conventions.catalogue import shipped


@pytest.mark.parametrize(
    ("sentence", "instrument", "state", "on", "bound", "code"),
    [
        ("a party is bound from the day it came into force", "budapest", "gd", "2024-08-01", Bound.YES, "in-force"),
        ("a party is not bound the day before", "budapest", "gd", "2024-07-31", Bound.NO, "not-yet"),
        ("a signature does not bind", "budapest-p2", "cr", "2026-11-24", Bound.NO, "signatory"),
        ("ratified is not in force", "caricom-mlat", "tt", "2026-11-24", Bound.NO, "ratified-not-in-force"),
        ("an invitation does not bind", "budapest", "tt", "2026-11-24", Bound.NO, "invited"),
        ("none is none", "budapest", "bb", "2026-11-24", Bound.NO, "none"),
        ("a scheme binds nobody", "harare", "gd", "2026-11-24", Bound.NO, "scheme"),
        ("a model law binds nobody", "hipcar", "gd", "2026-11-24", Bound.NO, "model-law"),
        (
            "a party since nobody knows when is unknown",
            "central-american-mla",
            "cr",
            "2026-11-24",
            Bound.UNKNOWN,
            "day-unknown",
        ),
        ("no row is unknown, not no", "central-american-mla", "gd", "2026-11-24", Bound.UNKNOWN, "not-established"),
    ],
)
def test_binding(sentence: str, instrument: str, state: str, on: str, bound: Bound, code: str) -> None:
    law = shipped()
    answer = binds(law.instrument(instrument), law.state(state), date.fromisoformat(on))
    assert (answer.bound, answer.code) == (bound, code), sentence
    assert answer.text.endswith(".")
