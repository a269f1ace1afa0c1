"""Bounds of a request in size and time, with a wire that the test plays."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from backend.edge import requests
from backend.edge.requests import Request, read_request
from backend.intake.refusals import HeadersTooLarge, Interrupted, TooLarge, TooSlow

END = None


def request_of(*events: bytes | float | None, headers: tuple[tuple[str, str], ...] = ()) -> Request:
    """A request whose body comes in these pieces; a number is a pause in seconds, None a sender who goes away."""
    waiting = list(events)

    async def receive() -> Mapping[str, Any]:
        event = waiting.pop(0) if waiting else b""
        if isinstance(event, float):
            await asyncio.sleep(event)
            event = waiting.pop(0)
        if event is END:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": event, "more_body": bool(waiting)}

    return Request("POST", "/v1/evidence", "", headers, receive)


async def _all(pieces: AsyncIterator[bytes]) -> list[bytes]:
    return [piece async for piece in pieces]


def read(request: Request, *, size: int) -> list[bytes]:
    return asyncio.run(_all(request.body(size=size)))


def test_small_parts_are_gathered_and_large_bodies_handed_on_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "PIECE", 10)
    pieces = read(request_of(*[b"abcd"] * 8), size=32)
    assert [len(piece) for piece in pieces] == [12, 12, 8]
    assert b"".join(pieces) == b"abcd" * 8


def test_a_sender_who_falls_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(request_of(b"ab", 0.01, b"cd"), size=4) == [b"abcd"]
    monkeypatch.setattr(requests, "SILENCE_SECONDS", 0.05)
    with pytest.raises(TooSlow):
        read(request_of(b"ab", 1.0, b"cd"), size=4)


def test_a_sender_who_drips_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    drips = [part for _ in range(20) for part in (0.02, b"x")]
    assert read(request_of(*drips), size=20) == [b"x" * 20]
    monkeypatch.setattr(requests, "SILENCE_SECONDS", 0.1)
    monkeypatch.setattr(requests, "BYTES_PER_SECOND", 1000)
    with pytest.raises(TooSlow):
        read(request_of(*drips), size=20)


def test_a_disk_that_is_slow_meanwhile_is_not_the_sender_s_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "PIECE", 2)
    monkeypatch.setattr(requests, "SILENCE_SECONDS", 0.05)
    monkeypatch.setattr(requests, "BYTES_PER_SECOND", 1000)

    async def keep(request: Request) -> bytes:
        kept = b""
        async for piece in request.body(size=6):
            await asyncio.sleep(0.2)
            kept += piece
        return kept

    assert asyncio.run(keep(request_of(b"ab", b"cd", b"ef"))) == b"abcdef"
    with pytest.raises(TooSlow):
        asyncio.run(keep(request_of(b"ab", 1.0, b"cdef")))


def test_a_sender_who_goes_away_interrupts() -> None:
    with pytest.raises(Interrupted):
        read(request_of(b"ab", END), size=4)


def test_a_small_body_is_never_more_than_its_size() -> None:
    assert asyncio.run(request_of(b"ab", b"cd").small_body(size=4)) == b"abcd"
    with pytest.raises(TooLarge):
        asyncio.run(request_of(b"ab", b"cde").small_body(size=4))


def test_a_refused_body_is_read_away_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "DRAIN", 10)
    short, long = request_of(b"abcd", b"efgh"), request_of(*[b"abcd"] * 100)
    asyncio.run(short.drain())
    asyncio.run(long.drain())
    assert read(short, size=8) == []
    assert len(b"".join(read(long, size=400))) == 400 - 12


def test_who_waits_to_be_asked_is_not_asked_for_a_refused_body() -> None:
    request = request_of(b"abcd", headers=(("expect", "100-continue"),))
    asyncio.run(request.drain())
    assert read(request, size=4) == [b"abcd"]


def test_headers_are_bounded_together() -> None:
    scope = {"method": "GET", "path": "/", "raw_path": b"/", "query_string": b"", "headers": [(b"x", b"y" * 16_000)]}
    assert read_request(scope, request_of().receive).headers == (("x", "y" * 16_000),)
    scope["headers"] = [(b"x", b"y" * 8_200)] * 2
    with pytest.raises(HeadersTooLarge):
        read_request(scope, request_of().receive)
