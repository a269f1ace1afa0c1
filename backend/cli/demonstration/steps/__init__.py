"""The steps of the demonstration, in order: each a function that acts, checks that it holds and says what happened."""

from collections.abc import Callable

from backend.cli.demonstration.steps import checking, founding, reporting, requesting
from backend.cli.demonstration.story import Story

Step = tuple[str, Callable[[Story], str]]

STEPS: tuple[Step, ...] = (
    ("two nodes start", founding.start),
    ("authorities and people", founding.appoint),
    ("key cards exchanged and confirmed", founding.exchange_cards),
    ("a unit's device is enrolled", founding.enrol),
    ("report sealed, signed, submitted", reporting.submit),
    ("the edge stores it unreadable", reporting.stored_unreadable),
    ("the worker opens and classifies it", reporting.open_incident),
    ("the unit adds what it learnt later", reporting.add_supplement),
    ("24/7 point asks for preservation", requesting.preservation),
    ("Costa Rica stores, opens, verifies", requesting.preservation_arrives),
    ("Costa Rica acknowledges and preserves", requesting.preserved),
    ("letter for the stored data", requesting.letter_for_data),
    ("packet transmitted and verified", requesting.letter_arrives),
    ("Costa Rica acknowledges the letter", requesting.acknowledged),
    ("both audit logs verify", checking.audit),
    ("packet and letter left for checking", checking.leave),
)
