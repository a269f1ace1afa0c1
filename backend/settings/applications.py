"""Which applications each process loads. The edge's list is short on purpose: what is not loaded cannot be misused."""

# The parts that the edge may know: no vault, no people, no incidents, no letters.
EDGE = ["backend.audit", "backend.directory", "backend.units", "backend.intake", "backend.edge"]

FOUNDATION = ["django.contrib.contenttypes", "django.contrib.auth"]

# Everything with tables, in the order of the layers.
DOMAIN = [
    "backend.audit",
    "backend.directory",
    "backend.units",
    "backend.intake",
    "backend.accounts",
    "backend.vault",
    "backend.incidents",
    "referral",
]

# Sign-in with a second factor; their tables are migrated with ours.
SIGN_IN = ["django.contrib.sessions", "django.contrib.messages", "allauth", "allauth.account", "allauth.mfa"]

DESK = [*FOUNDATION, *SIGN_IN, "django.forms", "rest_framework", "drf_spectacular", *DOMAIN, "backend.desk"]
