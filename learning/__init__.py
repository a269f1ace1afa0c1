"""Learning from marked narratives how people tell an element: run by hand (`make learn`), never by a node."""
