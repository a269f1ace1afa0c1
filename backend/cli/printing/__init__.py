"""Receipts on paper: a page to sign for and to file, with the whole proof on it."""
