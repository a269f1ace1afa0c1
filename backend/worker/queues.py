"""The kinds of work that rows wait for, and how often each is looked at although nobody woke the worker."""

from collections.abc import Mapping

# The channel on which a statement trigger says which kind of work it left.
CHANNEL = "comity_work"
# Kind of work -> seconds between sweeps. A wake-up is only quicker: what it misses, a sweep finds.
SWEEPS: Mapping[str, float] = {
    "intake": 10.0,
    "enrolment": 10.0,
    "exchange": 5.0,
    "correlation": 30.0,
    # Nobody waits for what other law data or another engine make of an incident classified before.
    "classification": 60.0,
    # Periods have months; what persons approved wakes the worker at once.
    "retention": 3600.0,
    "housekeeping": 3600.0,
    # Intake and exchange keys whose time is over.
    "keys": 3600.0,
}
# The one task: it takes the kind of work, works its rows off, and holds no rule.
TASK = "comity.work_off"
