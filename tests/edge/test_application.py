"""The ASGI callable itself: what becomes of failures behind it, and the server's start and stop."""

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any

import pytest
from django.db import OperationalError

from backend.edge import limits
from backend.edge.application import application
from backend.edge.limits import Limiter, Rate
from backend.intake import accepting


def call(path: str, *, client: tuple[str, int] | None = None) -> tuple[int, dict[str, Any]]:
    """One GET: status and problem."""
    sent: list[Mapping[str, Any]] = []

    async def receive() -> Mapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(event: Mapping[str, Any]) -> None:
        sent.append(event)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
        "client": client,
    }
    asyncio.run(application(scope, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


def test_a_database_that_is_away_is_a_busy_node(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> bytes:
        raise OperationalError("password of comity_edge")

    monkeypatch.setattr(accepting, "own_card", away)
    status, problem = call("/v1/card")
    assert (status, problem["type"]) == (503, "urn:comity:problem:busy")
    assert "password" not in json.dumps(problem)


class _Standing(Limiter):
    """By a clock that stands still: however slow the machine, nothing fills up meanwhile."""

    def take(self, name: str, *, now: float) -> None:
        super().take(name, now=0.0)


def test_an_address_that_asks_too_often_is_told_when_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    limiter = _Standing(Rate(0.25, 2))
    monkeypatch.setattr(limits, "_addresses", lambda: limiter)
    assert [call("/nothing", client=("203.0.113.7", 9))[0] for _ in range(2)] == [404, 404]
    status, problem = call("/nothing", client=("203.0.113.7", 10))
    assert (status, problem["type"], problem["seconds"]) == (429, "urn:comity:problem:too-often", 4)
    assert call("/nothing", client=("203.0.113.8", 9))[0] == 404


def test_a_failure_is_a_problem_that_tells_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> bytes:
        raise ZeroDivisionError("GB60 BARC")

    monkeypatch.setattr(accepting, "own_card", fails)
    with caplog.at_level(logging.INFO, "comity.edge"):
        status, problem = call("/v1/card")
    assert (status, problem["type"]) == (500, "urn:comity:problem:failed")
    assert "BARC" not in json.dumps(problem)
    assert [record.getMessage() for record in caplog.records] == ["card: 500"]


def test_the_server_is_told_that_start_and_stop_went_well() -> None:
    events = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[Mapping[str, Any]] = []

    async def receive() -> Mapping[str, Any]:
        return events.pop(0)

    async def send(event: Mapping[str, Any]) -> None:
        sent.append(event)

    asyncio.run(application({"type": "lifespan"}, receive, send))
    assert [event["type"] for event in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
