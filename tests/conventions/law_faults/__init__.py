"""Every kind of fault that the check of the law data finds, by subject."""

from tests.conventions.law_faults import days, engine, instruments, lists, overlaps, states
from tests.conventions.law_faults.words import FAULTS

EDITS = [*states.EDITS, *instruments.EDITS, *lists.EDITS, *engine.EDITS, *days.EDITS, *overlaps.EDITS]

__all__ = ["EDITS", "FAULTS"]
