"""Rows of one kind are worked off in turns, and no longer than until the next sweep."""

import pytest

from backend.worker import tasks
from backend.worker.queues import SWEEPS


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The steady clock, which a test moves."""
    now = [1000.0]
    monkeypatch.setattr(tasks.time, "monotonic", lambda: now[0])
    return now


def test_a_flood_of_one_sort_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch, clock: list[float]) -> None:
    worked: list[str] = []

    def endless() -> bool:
        worked.append("report")
        clock[0] += 1
        return True

    def two() -> bool:
        worked.append("packet")
        return worked.count("packet") < 3

    monkeypatch.setitem(tasks.WORK, "intake", (endless, two))
    tasks.work_off("intake")
    assert worked[:5] == ["report", "packet"] * 2 + ["report"]
    assert worked.count("packet") == 3
    assert worked.count("report") == SWEEPS["intake"]


@pytest.mark.parametrize("kind", SWEEPS)
def test_no_kind_works_for_longer_than_until_its_next_sweep(
    monkeypatch: pytest.MonkeyPatch, clock: list[float], kind: str
) -> None:
    def slow() -> bool:
        clock[0] += 0.5
        return True

    monkeypatch.setitem(tasks.WORK, kind, (slow,))
    began = clock[0]
    assert tasks.work_off(kind) > 0
    assert clock[0] - began <= min(SWEEPS[kind], tasks.LONGEST)
