"""Sweeps go by the steady clock."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.worker import application

pytestmark = pytest.mark.long


def test_sweeps_go_on_when_the_clock_jumps_back(monkeypatch):
    steady = [1000.0]
    monkeypatch.setattr(application.time, "monotonic", lambda: steady[0])

    class Fast(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(UTC) + timedelta(days=2)

    monkeypatch.setattr(application, "datetime", Fast)
    every = application._every(10.0)
    last = every.now()
    monkeypatch.setattr(application, "datetime", datetime)  # the clock is right again, two days earlier
    assert not every.is_due(last).is_due
    steady[0] += 10.5
    assert every.is_due(last).is_due
