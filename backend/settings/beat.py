"""Beat: a clock that leaves wake-up messages in the queue. No application, no database."""

from backend.settings.base import *  # noqa: F403

DATABASES = {}
INSTALLED_APPS: list[str] = []
