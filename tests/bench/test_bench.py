"""`comity bench` runs each benchmark and says what it found. How fast anything is, no test says."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from backend.cli.bench import command
from backend.cli.benchmarks.measuring import Result
from backend.cli.benchmarks.registry import BENCHMARKS
from backend.cli.node.home import CHECKOUT
from tests.docs.pages import rows, section

WITHOUT_NODE = ("evidence.seal", "evidence.open", "evidence.readdress", "classify", "basis", "letter.render",
                "letter.sign", "packet.build")  # fmt: skip
WITH_NODE = tuple(name for name in BENCHMARKS if name not in WITHOUT_NODE)
# Of those that differ by their size alone, one is enough.
LONG = ("edge.accept.p99", "lookup.indicator", "lookup.indicator.half", "worker.incidents.million")
SHORT = tuple(name for name in WITH_NODE if name not in LONG)


def check_shape(said: str, names: tuple[str, ...]) -> None:
    results = json.loads(said)["results"]
    assert sorted(results) == sorted(names)
    for result in results.values():
        assert set(result) == {"value", "unit", "baseline", "ratio"}
        assert result["unit"] == "ms" or result["unit"].endswith("/s")
        assert min(result["value"], result["baseline"], result["ratio"]) > 0


@pytest.mark.long
@pytest.mark.parametrize("name", WITHOUT_NODE)
def test_a_benchmark_gives_value_unit_baseline_and_ratio(name):
    done = CliRunner().invoke(command, [name, "--size", "2", "--json"])
    assert done.exit_code == 0, done.output
    check_shape(done.stdout, (name,))


@pytest.mark.journey
def test_those_that_need_a_node_make_one_and_leave_nothing_of_it(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "backend.cli.main", "bench", *SHORT, "--size", "16", "--json"],
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    check_shape(done.stdout, SHORT)
    assert list(tmp_path.iterdir()) == []


def test_results_come_as_a_table_where_json_is_not_asked_for():
    done = CliRunner().invoke(command, ["basis", "--size", "1"])
    assert done.exit_code == 0
    assert done.stdout.startswith("basis ")
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.long
def test_growth_measures_each_on_more_data_as_well():
    done = CliRunner().invoke(command, ["basis", "evidence.readdress", "--size", "1", "--growth", "--json"])
    assert done.exit_code == 0, done.output
    for result in json.loads(done.stdout)["results"].values():
        assert list(result["growth"]) == ["2", "4"]
        assert set(result["growth"]["4"]) == {"value", "unit", "baseline", "ratio"}
    lines = CliRunner().invoke(command, ["basis", "--size", "1", "--growth"]).stdout.splitlines()
    assert [line[:26].strip() for line in lines] == ["basis", "basis x2", "basis x4"]


def test_an_unknown_name_is_wrong_usage_and_the_list_is_shown():
    done = CliRunner().invoke(command, ["basis", "nonsense"])
    assert done.exit_code == 2
    assert "no benchmark 'nonsense'" in done.stderr
    assert [name for name in BENCHMARKS if name not in done.stderr] == []


def test_a_ratio_is_the_value_by_its_baseline():
    assert Result(30.0, "MB/s", 120.0).to_json() == {"value": 30.0, "unit": "MB/s", "baseline": 120.0, "ratio": 0.25}


def test_the_page_has_every_benchmark_and_says_what_it_measures():
    page = (CHECKOUT / "docs" / "performance.md").read_text()
    told = {row[0].strip("`"): (row[1], row[2]) for row in rows(section(page, "What is measured, and against what"))}
    assert told == {name: (benchmark.measures, benchmark.baseline) for name, benchmark in BENCHMARKS.items()}
    assert [row[0].strip("`") for row in rows(section(page, "One run"))] == list(BENCHMARKS)
