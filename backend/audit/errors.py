# ruff: noqa: N818  (the names say the condition)
"""What can go wrong between an act and its place in the log."""


class AuditError(Exception):
    """Root of the errors of this package; the text is one sentence for people."""


class NoTransaction(AuditError):
    """An event was recorded outside the transaction of the change that it tells of."""


class UnfitEvent(AuditError):
    """An event has a part that the log can't carry."""


class LogDamaged(AuditError):
    """The stored log is not the one that was signed last; nothing more is signed on top of it."""


class UntrustedCard(AuditError):
    """A key card is malformed, not signed by the identity that it names, or names no log."""
