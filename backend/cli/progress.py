"""A bar that shows how fast bytes go and how long the rest will take."""

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

# The rate is that of the last seconds: a link does not stay as it was.
SECONDS_LOOKED_AT = 10.0
# More than this at once was there before, after an earlier cut: it says nothing about the rate.
AT_ONCE = 4 * 1024 * 1024


class Speed:
    """What went through lately of `total` bytes."""

    def __init__(self, total: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._left = total
        self._clock = clock
        self._lately: deque[tuple[float, int]] = deque([(clock(), 0)])
        # Since the first of these: the sum of all but that.
        self._went = 0

    def after(self, size: int) -> str:
        """How fast it goes and how long it will take, once `size` more bytes went through; fewer, where negative."""
        now = self._clock()
        self._left -= size
        went = size if size <= AT_ONCE else 0
        self._lately.append((now, went))
        self._went += went
        while self._lately[0][0] < now - SECONDS_LOOKED_AT:
            self._lately.popleft()
            self._went -= self._lately[0][1]
        seconds = now - self._lately[0][0]
        rate = self._went / seconds if seconds > 0 else 0
        if rate <= 0:
            return ""
        minutes, second = divmod(round(max(self._left, 0) / rate), 60)
        return f"{rate / 1e6:.1f} MB/s, {minutes}:{second:02} left"


@contextmanager
def bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar for `total` bytes on standard error; what it yields is told of each stretch that went through."""
    speed = Speed(total)
    with click.progressbar(
        length=total, label=label, file=sys.stderr, show_eta=False, show_percent=True, item_show_func=lambda said: said
    ) as shown:
        yield lambda size: shown.update(size, speed.after(size))
