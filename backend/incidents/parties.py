"""Whom evidence comes from and goes to, as custody events and releases keep it: a kind and a name.

The database compares these words (incidents/migrations/_custody.py): they are never translated or changed.
"""


def person(username: str) -> str:
    """Somebody who signs in at this node."""
    return f"person {username}"


def node(node_id: str) -> str:
    """A node, this one or another State's."""
    return f"node {node_id}"


def device(fingerprint: str) -> str:
    """An enrolled device."""
    return f"device {fingerprint}"
