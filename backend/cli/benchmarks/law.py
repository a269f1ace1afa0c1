"""The law data: offences of narratives, legal bases."""

import re
from datetime import date

from backend.cli.benchmarks.measuring import Result, milliseconds, rates, repeated
from backend.cli.benchmarks.narratives import narratives
from backend.cli.benchmarks.registry import Place
from backend.conventions import legal_basis
from backend.conventions.binding import binds
from backend.conventions.catalogue import shipped
from backend.conventions.classification import classify

_DAY = date(2026, 11, 24)
_PLAIN = re.compile(
    r"\b(?:password|mailbox|account|invoice|bank|money|paid|transfer|ransom|encrypted|forged|server|contraseña|correo|"
    r"cuenta|factura|banco|dinero|pagó|rescate|cifrado|falsa|servidor|teléfono)\b",
    re.IGNORECASE,
)


def classify_(place: Place, size: int, rounds: int) -> Result:
    """Narratives classified in a second on one core, against a keyword search over the same text."""
    told = narratives(size)
    classify(told[0])  # reads the data, once in a process's life

    def work() -> None:
        for narrative in told:
            classify(narrative)

    def baseline() -> None:
        for narrative in told:
            _PLAIN.findall(narrative)

    return rates("narratives/s", size, work, baseline, rounds=rounds)


def basis(place: Place, size: int, rounds: int) -> Result:
    """Milliseconds for an answer, against the look-ups that any answer needs."""
    law = shipped()

    def answer() -> object:
        return legal_basis.find("gd", "cr", "preservation", on=_DAY, offences=["computer-fraud"])

    def look_up() -> object:
        pair = law.state("gd"), law.state("cr")
        return [[binds(instrument, state, _DAY) for state in pair] for instrument in law.instruments()]

    answer(), look_up()  # both read the data, once in a process's life
    return milliseconds(size, repeated(size, answer), repeated(size, look_up), rounds=rounds)


def basis_table(place: Place, size: int, rounds: int) -> Result:
    """Answers in a second over every pair of `size` States and every measure in scope, against the bare look-ups.

    All 32 States make 28,768 answers: divided by the rate, the seconds that the whole table takes.
    """
    law = shipped()
    states = law.state_codes[:size]
    pairs = [(first, second) for first in states for second in states if first != second]
    measures = [measure.id for measure in law.measures.values() if measure.in_scope]

    def table() -> None:
        for first, second in pairs:
            for measure in measures:
                legal_basis.find(first, second, measure, on=_DAY)

    def look_up() -> None:
        for first, second in pairs:
            for _ in measures:
                for instrument in law.instruments():
                    binds(instrument, law.state(first), _DAY), binds(instrument, law.state(second), _DAY)

    table(), look_up()
    return rates("answers/s", len(pairs) * len(measures), table, look_up, rounds=rounds)
