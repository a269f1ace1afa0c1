"""Requests made from the published descriptions, good and bad, by schemathesis: the answers are as described."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import strategies as st
from schemathesis import GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.intake import wire
from backend.vault.trusted_card import TrustedCard
from tests.desk.world import World, make_world
from tests.edge.conftest import RunningEdge
from tests.fuzz import answers
from tests.fuzz.running import fuzz
from tests.undoing import undone

pytestmark = pytest.mark.long

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def _bodies() -> None:
    """What schemathesis cannot know: how bodies that are no JSON look."""
    begins = st.sampled_from([b"age-encryption.org/v1\n", b"PK\x03\x04", b""])
    sealed = st.builds(lambda start, rest: start + rest, begins, st.binary(max_size=2000))
    for media_type in (*wire.MEDIA_TYPES.values(), wire.CHUNK_TYPE):
        schemathesis.openapi.media_type(media_type, sealed)


def cases(description: dict[str, Any]) -> st.SearchStrategy[Any]:
    """A request of any operation of the description, as it says or against it."""
    _bodies()
    operations = [found.ok() for found in schemathesis.openapi.from_dict(description).get_all_operations()]
    made = [operation.as_strategy(generation_mode=MODES[0]) for operation in operations]
    # Without parameters and body there is nothing to get wrong.
    free = [one for one in operations if one.body or list(one.iter_parameters())]
    made += [operation.as_strategy(generation_mode=MODES[1]) for operation in free]
    return st.one_of(made)


def test_the_edge_answers_as_it_is_described(edge: RunningEdge, card: TrustedCard, shard: int) -> None:
    described = requests.get(f"{edge.url}/v1/openapi.json", timeout=30).json()
    seen: set[tuple[str, int]] = set()

    def asked(case: Any) -> None:
        answer = case.call(base_url=edge.url, timeout=answers.SECONDS)
        case.validate_response(answer, checks=CHECKS)
        assert not answers.tells_the_inside(answer.content) or case.path == "/v1/openapi.json"
        seen.add((case.path, answer.status_code))

    ran = fuzz(asked, cases(described), slice=40, share=0.02, shard=shard)
    print(f"{ran} requests: {sorted(seen)}")
    assert len(seen) > min(5, ran // 8)


@pytest.fixture
def desk(db: None) -> Iterator[World]:
    """A desk with people in every role."""
    with undone():
        yield make_world()


def test_the_desk_answers_as_it_is_described(desk: World, shard: int) -> None:
    client = desk.client("prosecutor")
    described = client.get("/api/v1/openapi.json").json()
    token = _token(client)
    seen: set[tuple[str, int]] = set()

    def asked(case: Any) -> None:
        sent = case.as_transport_kwargs(base_url="http://testserver")
        prepared = requests.Request(**{key: sent[key] for key in sent if key in SENT}).prepare()
        headers = {name: value for name, value in prepared.headers.items() if name.lower() not in OWN}
        answer = _judged(
            client.generic(
                prepared.method or "GET",
                prepared.path_url,
                prepared.body or b"",
                content_type=str(prepared.headers.get("Content-Type", "application/octet-stream")),
                headers={**headers, "X-CSRFToken": token},
            ),
            prepared,
        )
        case.validate_response(answer, checks=CHECKS)
        assert not answers.tells_the_inside(answer.content) or case.path == "/api/v1/openapi.json"
        seen.add((case.path, answer.status_code))

    ran = fuzz(asked, cases(described), slice=25, share=0.01, shard=shard)
    print(f"{ran} requests: {sorted(seen)}")
    assert len(seen) > min(2, ran // 8)


# Django's client makes these itself: its session is that of the person.
OWN = {"content-length", "content-type", "cookie", "x-csrftoken"}
SENT = {"method", "url", "headers", "params", "data", "json", "cookies", "files"}


def _token(client: Client) -> str:
    client.get("/")
    return client.cookies["csrftoken"].value if "csrftoken" in client.cookies else ""


def _judged(answer: Any, prepared: requests.PreparedRequest) -> Response:
    """Django's answer in the form that schemathesis judges."""
    return Response(
        status_code=answer.status_code,
        headers={name.lower(): [value] for name, value in answer.headers.items()},
        content=answer.content,
        request=prepared,
        elapsed=0.0,
        verify=True,
    )
