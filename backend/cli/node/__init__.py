"""One node on one machine: its home folder, its PostgreSQL, its processes and the supervisor over them."""
