"""Rows of one kind are worked off in turns."""

import pytest

from backend.worker import tasks


def test_a_flood_of_one_sort_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    worked: list[str] = []

    def endless() -> bool:
        worked.append("report")
        return True

    def two() -> bool:
        worked.append("packet")
        return worked.count("packet") < 3

    monkeypatch.setitem(tasks.WORK, "intake", (endless, two))
    tasks.work_off("intake")
    assert worked[:5] == ["report", "packet"] * 2 + ["report"]
    assert worked.count("packet") == 3
    assert len(worked) <= tasks.MOST + 3
