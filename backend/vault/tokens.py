"""Search tokens: equal indicators have equal tokens, and nobody without the token root can make one (DESIGN §2)."""

import logging

from backend.vault.secrets import must_read
from crypto.keyholder import datakeys

NORMALISATION = 1
log = logging.getLogger("comity.vault")


def tokens_for(indicators: list[tuple[str, str]]) -> list[bytes]:
    """A 16-byte token for each ``(type, normalised value)``; one call and one log line a batch."""
    root = must_read("shared", "token-root.key")
    log.info("made %d search tokens", len(indicators))
    return [datakeys.token(root, type=kind, version=NORMALISATION, value=value) for kind, value in indicators]
