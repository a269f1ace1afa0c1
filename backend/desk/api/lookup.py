"""`POST /api/v1/lookup`: what the page of that name does, for programs. It is counted and on record as there."""

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from django.db.models import BigIntegerField
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.acting import acting_in
from backend.desk.api import problems, schemas
from backend.desk.api.reading import BoundedJSON, asked_for
from backend.desk.api.session import DeskSession, RolesThatMay
from backend.incidents import access, looking_up
from backend.vault.tokens import LIMITS, AskedTooOften

MAX_BYTES = 16 * 1024
MAY = access.PERMITTED[access.Action.LOOK_UP]


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An indicator, its type where it is to be taken at its word, and where an earlier answer ended."""

    value: Annotated[str, msgspec.Meta(max_length=looking_up.LONGEST)]
    type: Annotated[str, msgspec.Meta(max_length=60)] | None = None
    older: Annotated[int, msgspec.Meta(ge=1, le=BigIntegerField.MAX_BIGINT)] | None = None


class QuestionJSON(BoundedJSON):
    """A question of at most MAX_BYTES."""

    shape = Question
    most = MAX_BYTES


class MayLookUp(RolesThatMay):
    """Roles that may look up."""

    action = access.Action.LOOK_UP


class LookUp(APIView):
    """Look one indicator up."""

    http_method_names = ("post",)
    authentication_classes = (DeskSession,)
    parser_classes = (QuestionJSON,)
    permission_classes = (MayLookUp,)

    @extend_schema(
        operation_id="lookUp",
        tags=["incidents"],
        auth=[{"session": []}],
        parameters=[schemas.TOKEN],
        summary="Look an indicator up",
        description="The incidents that have it and that the person may read, the latest that came to have it first; "
        f"{looking_up.PAGE} at a time. It goes on record. A person may look up "
        + " and ".join(f"{most} indicators in {span} seconds" for span, most in LIMITS)
        + ", with those looked up on pages.",
        request={"application/json": schemas.QUESTION_ASKED},
        responses={
            (200, "application/json"): OpenApiResponse(schemas.LOOKED_UP, "An answer for each indicator of the value"),
            **schemas.problems("400", "401", "403", "404", "406", "411", "413", "415", "429", "500"),
        },
    )
    def post(self, request: Request) -> Response:
        """The answers as JSON."""
        at, user = datetime.now(UTC), request.user
        asked = asked_for(request, Question, most=MAX_BYTES)
        question = looking_up.Question(asked.value, asked.type, asked.older)
        try:
            found = looking_up.look_up(question, acting=acting_in(user, MAY, user.roles_at(at)), at=at)
        except looking_up.NotUnderstood as why:
            raise problems.Refused(problems.QUESTION, sentence=str(why).removesuffix(".")) from None
        except AskedTooOften as pause:
            raise problems.Refused(problems.TOO_MANY, wait=pause.wait) from None
        return Response({"indicators": [_shown(answer) for answer in found]})


def _shown(answer: looking_up.Answer) -> dict[str, Any]:
    return {
        "type": answer.type,
        "value": answer.value,
        "common": answer.common,
        "incidents": [
            {
                "id": str(hit.incident.pk),
                "reference": hit.incident.reference,
                "title": hit.title,
                "unit": hit.incident.unit.name,
                "received_at": hit.incident.received_at.astimezone(UTC).isoformat(),
            }
            for hit in answer.hits
        ],
        "older": answer.older,
    }
