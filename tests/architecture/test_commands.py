"""The console command: each part is loaded when it is called, and says how it is used."""

import subprocess
import sys

import pytest

from backend.cli.main import SUMMARIES, cli
from backend.cli.node.home import CHECKOUT

HEAVY = ("django", "pyhanko", "celery", "typst")
RUN = """
import sys
from backend.cli.main import main
try:
    main()
finally:
    print("LOADED", *sorted({name.split(".")[0] for name in sys.modules}))
"""


def comity(*arguments: str) -> tuple[int, str, str, set[str]]:
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        check=False,
    )
    said, _, loaded = done.stdout.partition("LOADED")
    return done.returncode, said, done.stderr, set(loaded.split())


def commands() -> list[str]:
    return cli.list_commands(None)  # type: ignore[arg-type]  # the list does not depend on a call


@pytest.mark.parametrize("name", commands())
def test_help_is_there_and_loads_nothing_heavy(name):
    code, said, wrong, loaded = comity(name, "--help")
    assert (code, wrong) == (0, "")
    assert said.startswith(f"Usage: comity {name}")
    assert loaded.isdisjoint(HEAVY), sorted(loaded.intersection(HEAVY))


def test_the_list_of_commands_loads_none_of_them():
    code, said, _, loaded = comity("--help")
    assert code == 0
    assert [name for name in commands() if f"\n  {name} " not in said] == []
    assert loaded.isdisjoint(HEAVY), sorted(loaded.intersection(HEAVY))


def test_every_command_has_its_summary():
    modules = {path.stem.rstrip("_") for path in (CHECKOUT / "backend" / "cli").glob("*.py")} - {"__init", "main"}
    # What several commands share.
    modules -= {"persons", "progress"}
    assert modules <= set(SUMMARIES)


def test_an_unknown_command_is_wrong_usage():
    code, _, wrong, _ = comity("nonsense")
    assert code == 2
    assert "No such command 'nonsense'" in wrong


def test_a_node_that_does_not_run_is_one_sentence(tmp_path):
    (tmp_path / "node.json").write_text(
        '{"node": "gd", "state": "gd", "edge_port": 1, "desk_port": 2, "edge_url": "http://127.0.0.1:1", '
        '"desk_url": "http://127.0.0.1:2"}'
    )
    code, _, wrong, _ = comity("manage", "--home", str(tmp_path), "check")
    assert code == 1
    assert wrong == (f"comity: the node of {tmp_path} is not running; start it with `comity up` and run this again.\n")
