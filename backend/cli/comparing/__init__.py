"""`comity law compare` and `comity law matrix`: conduct against the law of another State, and the laws side by side."""
