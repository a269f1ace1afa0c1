"""A node's log by name."""


def origin_of(node: str) -> str:
    """The origin, and key name, of a node's log in checkpoints and receipts."""
    return f"comity/{node}/log"
