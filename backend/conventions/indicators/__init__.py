"""Indicators in a text and in a report's fields: addresses, accounts, numbers, hashes, names; checked, normalised."""

from backend.conventions.indicators.declared import normalised
from backend.conventions.indicators.fields import extract_fields
from backend.conventions.indicators.finding import extract
from backend.conventions.indicators.text import Indicator

__all__ = ["Indicator", "extract", "extract_fields", "normalised"]
