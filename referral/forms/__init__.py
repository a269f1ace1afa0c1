"""What people fill in: parsed at the rim, into drafts and the arguments of services."""
