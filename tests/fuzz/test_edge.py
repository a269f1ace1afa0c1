"""Mutated submissions, questions, enrolments and uploads against a real edge: none makes it fail, hang or tell."""

import time
from typing import Any

import pytest

from backend.intake.models import Submission
from backend.vault.sending import fetch
from backend.vault.trusted_card import TrustedCard
from tests.edge.conftest import RunningEdge, sealed, today
from tests.founding import TestDevice
from tests.fuzz import answers
from tests.fuzz.running import fuzz
from tests.fuzz.shots import SERIES, Good, Shot, shot_of

pytestmark = pytest.mark.long

MOST_KILOBYTES = 300_000


@pytest.mark.usefixtures("notary")
def test_whatever_is_sent_is_answered_in_order(
    edge: RunningEdge, device: TestDevice, card: TrustedCard, shard: int
) -> None:
    bodies = tuple(sealed(size) for size in (200, 3000, 70_000))
    statuses: dict[int, int] = {}

    def series(example: tuple[int, list[tuple[str, list[Any], tuple[float, bytes] | None]]]) -> None:
        good = Good(edge.url, today_id, bodies)
        for name, changes, raw in example[1]:
            shot = shot_of(good, bodies[example[0]], name, changes, device.key)
            request = _raw(shot, raw)
            # Beyond what is announced nothing is read.
            sent = shot.body[: shot.announced()] if name in ("report", "evidence", "packet") else b""
            try:
                answer = answers.talk(edge.url, request, odd=_odd(shot, raw))
                answers.check(answer, sent=sent, submission=str(good.submission), log=card.log)
            except (AssertionError, TimeoutError) as failure:
                failure.add_note(f"request: {request[:4000]!r}\nedge: {edge.log.read_text()[-2000:]}")
                raise
            statuses[answer.status] = statuses.get(answer.status, 0) + 1

    today_id = today().key_id
    begun = time.monotonic()
    ran = fuzz(series, SERIES, slice=150, share=0.4, shard=shard)
    print(f"{ran} series, {sum(statuses.values())} requests in {time.monotonic() - begun:.0f} s: {statuses}")
    # Good ones among them arrive; the others are refused for many reasons; the edge lives and has forgotten nothing.
    assert statuses.keys() >= {200, 201, 400, 401}
    assert fetch(edge.url, "/healthz", timeout=30).status == 200
    assert edge.peak_kilobytes() < MOST_KILOBYTES
    log = edge.log.read_text()
    assert "Traceback" not in log
    assert ": 500" not in log
    stored = Submission.objects.exclude(stored_as=None).exclude(stored_as="").count()
    assert len([name for name in edge.files() if not name.startswith("uploads")]) >= stored


def _raw(shot: Shot, raw: tuple[float, bytes] | None) -> bytes:
    head = shot.head()
    if raw is not None:
        at = int(raw[0] * len(head))
        head = head[:at] + raw[1] + head[at + len(raw[1]) // 2 :]
    return head + shot.body


def _odd(shot: Shot, raw: tuple[float, bytes] | None) -> bool:
    """Whether the edge may wait for more than is sent, or keep the connection."""
    names = [name.lower() for name, _ in shot.headers]
    lengths = [value for name, value in shot.headers if name == "content-length"]
    ends = ("connection", "close") in shot.headers and not {"transfer-encoding", "expect"} & set(names)
    return (
        raw is not None or not ends or lengths not in ([], [str(len(shot.body))]) or (bool(shot.body) and not lengths)
    )
