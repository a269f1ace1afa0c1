"""The desk's API in OpenAPI 3.1, from its views; as a program it prints docs/api/desk.openapi.json."""

import json
from typing import Any

import django
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.desk.api import schemas
from backend.desk.api.session import DeskSession


def description() -> dict[str, Any]:
    """The whole description."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


class Description(APIView):
    """The description, for whoever is signed in."""

    http_method_names = ("get",)
    authentication_classes = (DeskSession,)
    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="getDescription",
        summary="This description",
        tags=["description"],
        auth=[{"session": []}],
        responses={(200, "application/json"): {"type": "object"}, **schemas.problems("401", "406")},
    )
    def get(self, request: Request) -> Response:
        """The description as JSON."""
        return Response(description())


if __name__ == "__main__":
    django.setup()
    print(json.dumps(description(), indent=2))
