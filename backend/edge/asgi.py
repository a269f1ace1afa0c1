"""What the server loads: `granian --interface asgi backend.edge.asgi:application`, with backend.settings.edge."""

import django

django.setup()

from backend.edge.application import application  # noqa: E402 - it reads the settings

__all__ = ["application"]
