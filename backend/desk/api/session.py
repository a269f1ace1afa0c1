"""Who calls the API: the person of the desk's session."""

from typing import Any

from rest_framework.authentication import SessionAuthentication


class DeskSession(SessionAuthentication):
    """The session of the pages, with the token of a page. The body is not read to look for one."""

    def enforce_csrf(self, request: Any) -> None:
        """Raise PermissionDenied without a valid token in the header."""
        super().enforce_csrf(request._request)
