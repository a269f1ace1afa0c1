"""One run: a node, senders, faults as the seed has them, and what the independent reader says of the end."""

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import psycopg

from tests.faults.arena import Arena, Say, arena
from tests.faults.harm import Harm
from tests.faults.officers import Office
from tests.faults.plan import FAULTS, Fault, Kind, make_faults, make_tasks
from tests.faults.reader.__main__ import node_of, sentence
from tests.faults.reader.sent import write_sent
from tests.faults.reader.verdict import Verdict, judge

LOOK = 0.05  # seconds
# Seconds in which nothing more was worked off: then something is lost. Longer than the longest back-off, for which what
# was tried by a fast clock may wait.
STUCK = 660.0
UNSETTLED = """
SELECT (SELECT count(*) FROM intake_submission WHERE stage = 'received'), (SELECT count(*) FROM audit_pendingevent)
"""


@dataclass(frozen=True)
class Wish:
    """What a run is to be."""

    seed: int
    count: int
    each: int
    senders: int = 12
    officers: int = 6
    own_disk: bool = True
    own_clock: bool = True
    keep: bool = False
    only: frozenset[Kind] = frozenset()
    # These instead of the seed's.
    faults: tuple[Fault, ...] = ()


@dataclass
class Run:
    """A run on its way."""

    wish: Wish
    arena: Arena
    say: Say
    faults: list[str] = field(default_factory=list)

    def go(self) -> Verdict:
        """Everything, from the first start to the verdict."""
        self.arena.start()
        office = Office.at(
            self.arena.folder, self.arena.node.edge_url, self.arena.enrol(self.wish.officers), seed=self.wish.seed
        )
        self.say(f"the node is ready, {self.wish.officers} devices are enrolled")
        harm = Harm(self.arena, self.wish.seed)
        with ThreadPoolExecutor(self.wish.senders) as senders:
            tasks = make_tasks(self.wish.seed, self.wish.count, self.wish.officers)
            sending = [senders.submit(office.report, task) for task in tasks]
            self._maltreat(office, harm, sending)
        for sent in sending:
            sent.result()
        self._told(harm.undo_due(all_of_them=True), office)
        self.say(f"all {office.acknowledged} submissions were sent; meanwhile senders were told {_most(office)}")
        self._settle(office)
        return self._judge(office)

    def _maltreat(self, office: Office, harm: Harm, sending: "list[Future[None]]") -> None:
        """Each fault when its number of receipts is there; until the last sender is done and no fault is due."""
        waiting = iter(self._plan())
        fault = next(waiting, None)
        while not all(future.done() for future in sending) or (
            fault is not None and office.acknowledged >= fault.after
        ):
            self._told(harm.undo_due(), office)
            self._look_after_the_node(office)
            if fault is not None and office.acknowledged >= fault.after:
                self.say(f"{office.acknowledged:6} receipts  {harm.do(fault)}")
                fault = next(waiting, None)
            else:
                time.sleep(LOOK)

    def _plan(self) -> Sequence[Fault]:
        if self.wish.faults:
            return self.wish.faults
        kinds: list[Kind] = ["disk", "room"] if self.arena.disk is None else []
        kinds += ["clock"] if self.arena.clock is None else []
        kinds += [kind for kind in FAULTS if self.wish.only and kind not in self.wish.only]
        return make_faults(self.wish.seed, self.wish.count, each=self.wish.each, without=frozenset(kinds))

    def _told(self, undone: list[str], office: Office) -> None:
        for said in undone:
            self.say(f"{office.acknowledged:6} receipts  {said}")

    def _look_after_the_node(self, office: Office) -> None:
        """A supervisor that ends by itself, whatever was done to what it looks after, is a fault of the node's."""
        if not self.arena.node.alive:
            self.faults.append("the supervisor ended by itself")
            self.say(f"{office.acknowledged:6} receipts  THE SUPERVISOR ENDED BY ITSELF; it is started again")
            self.arena.revive()

    def _settle(self, office: Office) -> None:
        """Wait until nothing waits to be opened or logged, as long as it gets less."""
        started = moved = time.monotonic()
        left: tuple[int, int] = (-1, -1)
        while any(left) and time.monotonic() < moved + STUCK:
            self._look_after_the_node(office)
            found = self._unsettled()
            if found is not None and found != left:
                left, moved = found, time.monotonic()
            time.sleep(0.2)
        waited = time.monotonic() - started
        if any(left):
            self.faults.append(f"{left[0]} submissions still wait to be opened and {left[1]} events, {waited:.0f} s on")
        self.say(f"{waited:.1f} s after the last receipt {left[0]} submissions wait to be opened, {left[1]} events")

    def _unsettled(self) -> tuple[int, int] | None:
        """How many submissions wait to be opened, how many events for the log; None while nobody can say."""
        try:
            with self.arena.connect() as owner:
                submissions, events = owner.execute(UNSETTLED).fetchone() or (-1, -1)
                return submissions, events
        except psycopg.OperationalError:
            return None

    def _judge(self, office: Office) -> Verdict:
        self.arena.describe()
        write_sent(self.arena.folder / "sent.jsonl", office.held)
        verdict = judge(node_of(self.arena.folder), office.held)
        verdict.faults += [*office.faults, *self.faults]
        self.say(sentence(verdict))
        return verdict


def run(wish: Wish) -> Verdict:
    """One run, told line by line on standard output."""
    say = _teller()
    say(f"seed {wish.seed}, {wish.count} submissions, a fault in about {wish.each}, {wish.senders} senders")
    with arena(say, own_clock=wish.own_clock, own_disk=wish.own_disk, keep=wish.keep) as place:
        return Run(wish, place, say).go()


def _teller() -> Say:
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:8.1f} s  {text}", flush=True)

    return say


def _most(office: Office) -> str:
    told = ", ".join(f"{answer} {count} times" for answer, count in office.answers.most_common())
    return told or "nothing but receipts"
