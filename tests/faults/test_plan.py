"""A run is repeated by its seed, and every fault comes in it."""

import pytest

from tests.faults.plan import FAULTS, KILLED, SHAPES, make_faults, make_tasks


def test_a_seed_repeats_a_run():
    assert make_tasks(7, 500, 6) == make_tasks(7, 500, 6)
    assert make_faults(7, 10_000, each=150) == make_faults(7, 10_000, each=150)
    assert make_tasks(7, 500, 6) != make_tasks(8, 500, 6)
    assert make_faults(7, 10_000, each=150) != make_faults(8, 10_000, each=150)


@pytest.mark.parametrize("seed", range(20))
def test_ten_thousand_submissions_meet_every_fault_and_every_process_falls(seed):
    faults = make_faults(seed, 10_000, each=150)
    assert {fault.kind for fault in faults} == set(FAULTS)
    assert {fault.target for fault in faults if fault.kind == "kill"} == set(KILLED)
    assert [fault.after for fault in faults] == sorted(fault.after for fault in faults)
    assert all(0 < fault.after < 10_000 for fault in faults)


def test_what_a_machine_cannot_do_is_left_out():
    found = make_faults(3, 10_000, each=150, without=frozenset({"disk", "clock"}))
    assert {fault.kind for fault in found} == set(FAULTS) - {"disk", "clock"}


def test_evidence_is_small_enough_for_a_row_or_large_enough_for_a_file():
    tasks = make_tasks(1, 3_000, 2)
    sizes = {shape: [task.size for task in tasks if task.shape == shape] for shape in SHAPES}
    assert min(sizes["file"]) > 65_536
    assert max(sizes["small file"]) < 65_536
    assert max(sizes["plain"]) == 0
