"""Learning the wording of elements from marked narratives: run by hand (`make learn`), never by a node."""
