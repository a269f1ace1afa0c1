"""Past incidents of other systems as reports: CSV, JSON Lines, CyberTipline-shaped XML, STIX (docs/importing.md).

Readers are streams of rows in constant memory. A row that does not serve becomes a `BadRow` and ends nothing.
"""
