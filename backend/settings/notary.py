"""The notary: integrates audit events into the log and signs checkpoints and receipts; knows no incident, no letter."""

from backend.settings.applications import FOUNDATION
from backend.settings.base import *  # noqa: F403

INSTALLED_APPS = [
    *FOUNDATION,
    "backend.audit",
    "backend.directory",
    "backend.units",
    "backend.intake",
    "backend.accounts",
    "backend.vault",
]
MIDDLEWARE: list[str] = []
TEMPLATES: list[dict[str, object]] = []
