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
