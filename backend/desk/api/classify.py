"""`POST /api/v1/classify`: what `comity classify` does, for people at the desk. Nothing is stored or logged."""

from typing import Annotated

import msgspec
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from backend.conventions.classification import classify
from backend.conventions.errors import LawDataError, LawError
from backend.desk.api import problems, schemas
from backend.desk.api.reading import BoundedJSON, asked_for
from backend.desk.api.session import DeskSession, RolesThatMay
from backend.incidents import access

MAX_BYTES = 1024 * 1024
RATE = "60/min"

Short = Annotated[str, msgspec.Meta(max_length=10)]
FactName = Annotated[str, msgspec.Meta(max_length=60)]


class Narrative(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of `comity classify`: what happened, and what is known of it."""

    narrative: str
    id: str | int | None = None
    lang: Short | None = None
    facts: Annotated[dict[FactName, Short], msgspec.Meta(max_length=200)] | None = None
    states: Annotated[list[Short], msgspec.Meta(max_length=60)] | None = None


class NarrativeJSON(BoundedJSON):
    """A narrative of at most MAX_BYTES."""

    shape = Narrative
    most = MAX_BYTES


class MayClassify(RolesThatMay):
    """Roles that may classify."""

    action = access.Action.CLASSIFY


class ClassifyRate(UserRateThrottle):
    """So many classifications for a person, counted by all the desk's processes together."""

    scope = "classify"
    rate = RATE


class Classify(APIView):
    """Classify one narrative."""

    http_method_names = ("post",)
    authentication_classes = (DeskSession,)
    parser_classes = (NarrativeJSON,)
    permission_classes = (MayClassify,)
    throttle_classes = (ClassifyRate,)

    @extend_schema(
        operation_id="classify",
        tags=["classification"],
        auth=[{"session": []}],
        parameters=[schemas.TOKEN],
        summary="Classify a narrative",
        description="The offences to which a narrative and answers to plain-language questions point, by elements, "
        f"with the words for each; and indicators. Nothing is stored. At most {MAX_BYTES} bytes, {RATE} for a person.",
        request={"application/json": schemas.NARRATIVE},
        responses={
            (200, "application/json"): OpenApiResponse(schemas.CLASSIFICATION, "What was found; codes may be empty"),
            **schemas.problems("400", "401", "403", "404", "406", "411", "413", "415", "429", "500"),
        },
    )
    def post(self, request: Request) -> Response:
        """The classification as JSON."""
        asked = asked_for(request, Narrative, most=MAX_BYTES)
        try:
            found = classify(asked.narrative, lang=asked.lang, facts=asked.facts, states=asked.states or ())
        except LawDataError:
            raise  # The node's own data are broken: no fault of the request.
        except LawError as wrong:
            sentence = str(wrong)
            raise problems.Refused(problems.QUESTION, sentence=sentence[:1].upper() + sentence[1:]) from None
        return Response({"id": asked.id} | found.to_json())
