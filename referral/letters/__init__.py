"""The letter: its content, its text, its PDF, and the rule by which a signed one is valid. Needs no private key."""
