"""What the edge tells everybody: card, keys, its own description."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from drf_spectacular.validation import validate_schema

from backend.directory.models import Node, PublishedKey
from backend.edge import openapi, problems
from backend.edge.routes import ROUTES
from backend.intake import refusals
from backend.vault.sending import fetch
from backend.vault.trusted_card import NotTrusted, TrustedCard, read_intake_key
from crypto.errors import CryptoError
from crypto.keyholder.signing import SigningKey
from tests.edge.conftest import RunningEdge, today

DOCUMENTED = Path(__file__).parents[2] / "docs" / "api" / "intake.openapi.json"


def test_the_card_is_the_signed_one(edge: RunningEdge) -> None:
    reply = fetch(edge.url, "/v1/card", timeout=30)
    assert (reply.status, reply.content) == (200, bytes(Node.objects.get(own=True).card))


def test_the_newest_key_that_may_be_sealed_to_comes_first(edge: RunningEdge, card: TrustedCard) -> None:
    reply = fetch(edge.url, "/v1/intake-keys", timeout=30)
    now = datetime.now(UTC)
    current = PublishedKey.objects.filter(kind="intake", seal_from__lte=now, seal_until__gt=now)
    assert len(reply.content.splitlines()) == current.count() < PublishedKey.objects.count()
    assert read_intake_key(reply.content, card=card, at=now).key_id == today(now).key_id


def test_a_key_that_is_not_the_pinned_nodes_is_refused(edge: RunningEdge, card: TrustedCard) -> None:
    statements = fetch(edge.url, "/v1/intake-keys", timeout=30).content
    other = TrustedCard(card.node, SigningKey.generate("ed25519").verifying_key, card.log)
    with pytest.raises(CryptoError):
        read_intake_key(statements, card=other, at=datetime.now(UTC))
    with pytest.raises(NotTrusted):
        read_intake_key(statements, card=TrustedCard("cr", card.identity, card.log), at=datetime.now(UTC))


@pytest.mark.parametrize("days", [-40, 60])
def test_no_key_is_used_before_or_after_its_time(edge: RunningEdge, card: TrustedCard, days: int) -> None:
    statements = fetch(edge.url, "/v1/intake-keys", timeout=30).content
    with pytest.raises(NotTrusted):
        read_intake_key(statements, card=card, at=datetime.now(UTC) + timedelta(days=days))


def test_a_node_without_keys_says_that_it_is_not_ready(edge: RunningEdge) -> None:
    PublishedKey.objects.all().delete()
    reply = fetch(edge.url, "/v1/intake-keys", timeout=30)
    assert (reply.status, reply.problem["type"]) == (503, "urn:comity:problem:not-ready")


@pytest.mark.long
def test_the_description_is_valid_openapi_and_the_documented_one(edge: RunningEdge) -> None:
    served = json.loads(fetch(edge.url, "/v1/openapi.json", timeout=30).content)
    validate_schema(served)
    assert served == openapi.description() == json.loads(DOCUMENTED.read_text())


def test_every_route_is_described() -> None:
    described = {
        (method.upper(), path.replace("{submission}", "8d3bf4c5-95f5-4b18-9d5c-2b0a4a4b6c2a"))
        for path, methods in openapi.description()["paths"].items()
        for method in methods
    }
    assert len(described) == len(ROUTES)
    for route in ROUTES:
        assert any(method == route.method and route.pattern.fullmatch(path) for method, path in described)


def test_every_refusal_but_the_unanswerable_has_its_problem() -> None:
    kinds = set(refusals.Refused.__subclasses__()) - {refusals.Interrupted}
    assert kinds == set(problems.OF)
    names = [problem.name for problem in problems.OF.values()]
    assert len(names) == len(set(names))
