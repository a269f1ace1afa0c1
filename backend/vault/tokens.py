"""Search tokens: equal indicators have equal tokens, and nobody without the token root can make one (DESIGN §2).

What arrives is indexed as it comes. A person's questions are counted: whoever could ask without end would find out by
asking which telephone numbers of a State are in its incidents.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.core.cache import cache
from django.db import connection, transaction

from backend.accounts.services import Person
from backend.conventions.indicators.common import is_common
from backend.vault.secrets import must_read
from crypto.keyholder import datakeys

NORMALISATION = 1
# Seconds -> indicators that a person may look up within them, whatever page or program asks.
LIMITS = ((60, 30), (86_400, 1000))
log = logging.getLogger("comity.vault")


class AskedTooOften(Exception):
    """The person looked up as many indicators as they may; ``wait`` is the number of seconds until the next one."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"Too many indicators were looked up; expected a pause, ask again in {wait} seconds.")
        self.wait = wait


def tokens_for(indicators: Sequence[tuple[str, str]]) -> list[bytes | None]:
    """A 16-byte token for each ``(type, normalised value)``, None for a site that everybody uses; one log line."""
    root = must_read("shared", "token-root.key")
    log.info("made %d search tokens", len(indicators))
    return [None if is_common(kind, value) else _token(root, kind, value) for kind, value in indicators]


def narrative_token(words: Sequence[str]) -> bytes:
    """The token by which equal narratives are found; of its words in plain form."""
    return _token(must_read("shared", "token-root.key"), "narrative", " ".join(words))


def tokens_to_look_up(indicators: Sequence[tuple[str, str]], *, acting: Person, at: datetime) -> list[bytes | None]:
    """As ``tokens_for``, for a person's question, which is counted; raises AskedTooOften.

    In the caller's transaction, which holds the person's other questions up until it ends: two at once are two.
    """
    _count(len(indicators), acting, at=at)
    log.info("%s looks up %d indicators", acting.audit_id, len(indicators))
    return tokens_for(indicators)


def _count(asked: int, acting: Person, *, at: datetime) -> None:
    """Count what is asked within each span of LIMITS; raises AskedTooOften and counts nothing."""
    name, now = f"look-ups-{acting.user.pk}", int(at.timestamp())
    # Without the lock two who ask at once as the same person would both read the same count.
    with transaction.atomic(savepoint=False):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        before, counts = cache.get(name, {}), {}
        for span, most in LIMITS:
            # Of each span the number of the one that runs, and the count in it.
            running, count = before.get(str(span), (0, 0))
            count = asked + (count if running == now // span else 0)
            if count > most:
                raise AskedTooOften(span - now % span)
            counts[str(span)] = (now // span, count)
        cache.set(name, counts, max(span for span, _ in LIMITS))


def _token(root: bytes, kind: str, value: str) -> bytes:
    return datakeys.token(root, type=kind, version=NORMALISATION, value=value)
