"""Who calls the API: the person of the desk's session, in a role that may."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.incidents import access


class DeskSession(SessionAuthentication):
    """The session of the pages, with the token of a page. The body is not read to look for one."""

    def enforce_csrf(self, request: Any) -> None:
        """Raise PermissionDenied without a valid token in the header."""
        super().enforce_csrf(request._request)


class RolesThatMay(BasePermission):
    """Roles that may do the `action`; for the others there is nothing here."""

    action: ClassVar[access.Action]

    def has_permission(self, request: Request, view: APIView) -> bool:
        """True, or Http404."""
        access.require(request.user, self.action, at=datetime.now(UTC))
        return True
