"""The worker and beat: no pages, no sessions; opens submissions, sends and receives packets."""

from backend.settings.applications import DOMAIN, FOUNDATION
from backend.settings.base import *  # noqa: F403

INSTALLED_APPS = [*FOUNDATION, *DOMAIN]
MIDDLEWARE: list[str] = []
TEMPLATES: list[dict[str, object]] = []
