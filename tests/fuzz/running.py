"""How many examples, from which seed: a short slice in the suite, `make fuzz` for all of them (scripts/fuzz.py)."""

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

SEED = int(os.environ.get("COMITY_FUZZ_SEED", "1"))
# None in the suite; then each test takes its own short slice.
EXAMPLES = int(os.environ["COMITY_FUZZ_EXAMPLES"]) if "COMITY_FUZZ_EXAMPLES" in os.environ else None
SHARDS = int(os.environ.get("COMITY_FUZZ_SHARDS", "1"))
# Hypothesis remembers every example of a run: many short runs take less memory than a long one.
BATCH = 2000


def fuzz(test: Callable[[Any], None], examples: st.SearchStrategy[Any], *, slice: int, share: float, shard: int) -> int:
    """Run `test` on `slice` examples, or on this shard's part of a `share` of all; returns how many ran.

    A failure names its example; the seed and the number of examples reproduce it.
    """
    total = slice if EXAMPLES is None else round(EXAMPLES * share / SHARDS)
    ran = 0

    def counted(example: Any) -> None:
        nonlocal ran
        ran += 1
        test(example)

    for start in range(0, total, BATCH):
        quiet = settings(
            max_examples=min(BATCH, total - start),
            database=None,
            deadline=None,
            # The example is told as it came: to shrink one that hangs would take an hour.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        seed(f"{SEED}/{shard}/{start}")(quiet(given(example=examples)(counted)))()
    return ran
