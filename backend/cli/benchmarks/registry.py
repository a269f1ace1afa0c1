"""The benchmarks by name, in the order in which they run: those that leave a notary running come last."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.cli.benchmarks.measuring import Result
    from backend.cli.benchmarks.node import TemporaryNode

MIB = 1024 * 1024


@dataclass
class Place:
    """What the benchmarks of a run share; entered and left by the command."""

    ending: ExitStack

    @cached_property
    def node(self) -> "TemporaryNode":
        """A node of this run's own with its database, made when it is first asked for."""
        from backend.cli.benchmarks.node import temporary_node

        return self.ending.enter_context(temporary_node())


@dataclass(frozen=True)
class Benchmark:
    """Where a benchmark is, on how much it works in each of its rounds, and what it measures against what."""

    function: str
    size: int
    rounds: int
    measures: str
    baseline: str

    def run(self, place: Place, size: int | None = None) -> "Result":
        """Measure, on `size` instead of the usual where it is given."""
        module, _, name = self.function.partition(":")
        measure: Callable[..., Result] = getattr(import_module(f"backend.cli.benchmarks.{module}"), name)
        return measure(place, size or self.size, self.rounds)


BENCHMARKS: Mapping[str, Benchmark] = {
    "evidence.seal": Benchmark(
        "evidence:seal_", 256 * MIB, 5, "sealing a file of 256 MiB with its three digests",
        "the `age` command on the same file, without digests; where there is none, the bare cipher",
    ),
    "evidence.open": Benchmark(
        "evidence:open_", 256 * MIB, 5, "opening it with its three digests",
        "the `age` command on the same file, without digests; where there is none, the bare cipher",
    ),
    "evidence.readdress": Benchmark(
        "evidence:readdress", 10 * 10**9, 5, "giving a sealed file of 10 GB another recipient",
        "the bare HPKE encapsulation to that recipient",
    ),
    "classify": Benchmark(
        "law:classify_", 40, 5, "narratives of about 200 words", "one regular expression of 24 words over each"
    ),
    "basis": Benchmark(
        "law:basis", 10, 5, "an answer with the data in memory", "looking up whether each instrument binds both States"
    ),
    "basis.table": Benchmark(
        "law:basis_table", 5, 3, "answers for every pair of States and every measure",
        "looking up for each whether each instrument binds both",
    ),
    "letter.render": Benchmark(
        "letters:render", 5, 5, "a letter in two languages as PDF/A-3a and PDF/UA-1",
        "its words by Typst as a plain, untagged PDF",
    ),
    "letter.sign": Benchmark(
        "letters:sign", 5, 5, "a PAdES signature in the letter", "a bare detached CMS signature over its bytes"
    ),
    "packet.build": Benchmark(
        "packets:build", 64 * MIB, 5, "a packet with 64 MiB of evidence, checked and hashed on the way",
        "the same bytes as a stored zip",
    ),
    "audit.append": Benchmark(
        "log:append", 3000, 5, "recorded events into the log; one in three gets a receipt",
        "bare INSERT of as many rows, 1,000 a commit",
    ),
    "audit.proof": Benchmark(
        "log:proof", 300, 5, "receipts verified offline", "bare Ed25519 verifications"
    ),
    "audit.verify": Benchmark(
        "log:verify", 20_000, 3, "entries of a whole log recomputed and compared",
        "reading the same events and hashing each once",
    ),
    "worker.incidents": Benchmark(
        "incidents:open_reports", 64, 4, "reports opened, checked, classified, encrypted, indexed",
        "opening the same age files, nothing more",
    ),
    "worker.incidents.million": Benchmark(
        "incidents:open_reports_among_a_million", 64, 4, "the same in a node that has 1,000,000 incidents",
        "opening the same age files, nothing more",
    ),
    "lookup.indicator.quarter": Benchmark(
        "lookup:look_up_", 250_000, 3, "looking an indicator up among 250,000 incidents: 95 of 100 are faster",
        "a bare SELECT of as many rows by the plain value's btree, likewise",
    ),
    "lookup.indicator.half": Benchmark(
        "lookup:look_up_", 500_000, 3, "the same among 500,000", "the same among 500,000",
    ),
    "lookup.indicator": Benchmark(
        "lookup:look_up_", 1_000_000, 3, "the same among 1,000,000", "the same among 1,000,000",
    ),
    "edge.accept": Benchmark(
        "intake:accept", 3200, 5, "reports of 64 senders: signature checked, stored durably, receipt returned",
        "a bare Django view (WSGI, 2 workers of 8 threads) that inserts the same bodies, one commit each",
    ),
    "edge.accept.p99": Benchmark(
        "intake:accept_p99", 3200, 3, "the time within which 99 of 100 of them are acknowledged",
        "the same of that view",
    ),
}  # fmt: skip
