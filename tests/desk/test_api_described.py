"""The description of the desk's API, and its document, say what the API does."""

import json
import re
from pathlib import Path

from django.urls import get_resolver
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from backend.desk.api import classify as view
from backend.desk.api import problems
from backend.desk.api.description import description
from tests.desk.test_api import WHERE, post
from tests.desk.world import World

DOCUMENTED = Path(__file__).parents[2] / "docs" / "api" / "desk.openapi.json"


def test_the_description_is_valid_openapi_and_the_documented_one(world: World) -> None:
    served = world.client("officer").get("/api/v1/openapi.json").json()
    validate_schema(served)
    assert served == json.loads(DOCUMENTED.read_text())


def test_every_address_of_the_api_is_described() -> None:
    views = {
        f"/{pattern.pattern}" for pattern in get_resolver().url_patterns if str(pattern.pattern).startswith("api/")
    }
    assert set(description()["paths"]) == views == {WHERE, "/api/v1/lookup", "/api/v1/openapi.json"}


def test_every_refusal_that_can_be_is_described() -> None:
    described = set(description()["paths"][WHERE]["post"]["responses"]) - {"200"}
    known = {str(kind.status) for kind in vars(problems).values() if isinstance(kind, problems.Problem)}
    assert described == known - {"405"}


def test_what_may_be_sent_is_described(world: World) -> None:
    body = description()["paths"][WHERE]["post"]["requestBody"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator(body)
    assert set(body["properties"]) == set(view.Narrative.__struct_fields__)
    for fit in ({"narrative": "x"}, {"narrative": "x", "id": 1, "lang": None, "facts": {}, "states": ["gd"]}):
        validator.validate(fit)
        assert post(world.client("duty"), fit).status_code == 200
    for unfit in ({}, {"narrative": 1}, {"narrative": "x", "more": 1}, {"narrative": "x", "states": ["x" * 11]}):
        assert not validator.is_valid(unfit)
        assert post(world.client("duty"), unfit).status_code == 400


def test_every_problem_is_documented_with_its_status() -> None:
    text = (DOCUMENTED.parents[1] / "desk.md").read_text()
    written = {(name, int(status)) for name, status in re.findall(r"^\| `([a-z0-9-]+)` \| (\d{3}) \|", text, re.M)}
    known = {(kind.name, kind.status) for kind in vars(problems).values() if isinstance(kind, problems.Problem)}
    assert written == known
    assert f"{view.MAX_BYTES:,} bytes" in text
    assert f"{view.RATE.removesuffix('/min')} a minute" in text
