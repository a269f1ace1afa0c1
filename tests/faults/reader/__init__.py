"""
The independent reader: whether a node kept what its receipts promise, by plain SQL and crypto/SPEC.md.

Nothing here imports a line of the node's own code (a test looks): what the node gets wrong, this must not get wrong
with it. It needs what an auditor of the whole would be given: the database's owner role, the keyring root, and the
senders' receipts with what they say they sent.
"""
