"""The bar's words: how fast, how long."""

import io

import pytest

from backend.cli.progress import AT_ONCE, SECONDS_LOOKED_AT, Speed, bar

MB = 1_000_000


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_rate_is_that_of_the_last_seconds_and_the_rest_follows_from_it() -> None:
    clock = Clock()
    speed = Speed(1000 * MB, clock=clock)
    said = ""
    for _ in range(100):
        clock.now += 1
        said = speed.after(2 * MB)
    assert said == "2.0 MB/s, 6:40 left"
    for _ in range(int(SECONDS_LOOKED_AT) + 1):
        clock.now += 1
        said = speed.after(MB)
    assert said.startswith("1.0 MB/s, ")


def test_what_was_there_before_counts_for_the_rest_and_not_for_the_rate() -> None:
    clock = Clock()
    speed = Speed(1000 * MB, clock=clock)
    assert speed.after(899 * MB) == ""
    clock.now = 1
    assert 899 * MB > AT_ONCE
    assert speed.after(MB) == "1.0 MB/s, 1:40 left"


def test_bytes_that_were_lost_at_a_cut_are_taken_back() -> None:
    clock = Clock()
    speed = Speed(10 * MB, clock=clock)
    clock.now = 1
    speed.after(2 * MB)
    assert speed.after(-MB) == "1.0 MB/s, 0:09 left"


def test_the_bar_tells_nothing_but_its_label_where_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.StringIO()
    monkeypatch.setattr("sys.stderr", said)
    with bar("Sending", 10 * MB) as progress:
        progress(3 * MB)
        progress(-MB)
        progress(8 * MB)
    assert said.getvalue().split() == ["Sending"]
