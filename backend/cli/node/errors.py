"""What stops a node from starting, each in one sentence for the person who started it."""


class NodeError(Exception):
    """A node cannot be started or reached; the text says what, what was found and what to do."""


class DatabaseError(NodeError):
    """PostgreSQL did not start or ended; the text names its log file."""
