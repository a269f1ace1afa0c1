"""What `comity bench` measures: each benchmark a function, each with a baseline that is measured beside it."""
