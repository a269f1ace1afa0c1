"""Acts on the node by its administrator (migrations, keys, cards, enrolment): every application with tables."""

from backend.settings.desk import *  # noqa: F403
