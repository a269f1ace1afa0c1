"""How often one may ask: by address before anything is read, by sender once the signature holds."""

import json

import pytest
from click.testing import CliRunner
from django.test import override_settings

from backend.cli.submit import command as submit
from backend.directory.models import Node
from backend.edge import limits
from backend.edge.limits import Limiter, Rate
from backend.intake.models import Submission
from backend.intake.refusals import TooOften
from tests.edge.conftest import running_edge
from tests.founding import FRAUD_REPORT


def taken(limiter, name, times, *, now):
    count = 0
    for _ in range(times):
        try:
            limiter.take(name, now=now)
        except TooOften:
            break
        count += 1
    return count


def test_so_many_at_once_and_then_as_fast_as_it_fills():
    limiter = Limiter(Rate(10, 5))
    assert taken(limiter, "a", 20, now=100.0) == 5
    assert taken(limiter, "b", 20, now=100.0) == 5
    assert taken(limiter, "a", 20, now=100.1) == 1
    assert taken(limiter, "a", 20, now=100.35) == 2
    assert taken(limiter, "a", 20, now=200.0) == 5


def test_whoever_asks_on_and_on_is_let_in_as_soon_as_one_is_free():
    limiter = Limiter(Rate(1, 1))
    limiter.take("a", now=0.0)
    for tenth in range(1, 10):
        with pytest.raises(TooOften) as refused:
            limiter.take("a", now=tenth / 10)
        assert refused.value.seconds == 1
    limiter.take("a", now=1.0)


@pytest.mark.parametrize("rate", [3, 7, 0.3, 50])
def test_the_last_of_those_at_once_is_taken_whatever_the_rate(rate):
    for at_once in (1, 2, 9):
        assert taken(Limiter(Rate(rate, at_once)), "a", 20, now=15_297.123456) == at_once


def test_of_too_many_those_are_forgotten_who_asked_longest_ago():
    limiter = Limiter(Rate(1, 1), most=3)
    for name in "abcd":
        limiter.take(name, now=0.0)
    limiter.take("a", now=0.0)
    with pytest.raises(TooOften):
        limiter.take("d", now=0.0)


@pytest.fixture
def counted(settings):
    limits._counted.cache_clear()
    yield limits._counted
    limits._counted.cache_clear()


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        # Who is no front says nothing about others.
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9%eth0", "", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "", "203.0.113.7"),
        ("127.0.0.1", "", None),
        ("127.0.0.1", "unknown", None),
        ("", "198.51.100.1", None),
    ],
)
def test_for_whom_a_request_counts(counted, peer, forwarded, expected):
    assert counted(peer, forwarded) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # What the sender wrote there itself stands before what the front appended, to its line or in one of its own.
        (["10.9.9.9, 198.51.100.1"], "198.51.100.1"),
        (["10.9.9.9", "198.51.100.1"], "198.51.100.1"),
        (["10.9.9.9", "10.9.9.8,198.51.100.1"], "198.51.100.1"),
        # What is remembered of it is bounded.
        (["x" * 16_000], "x" * 64),
        ([], ""),
    ],
)
def test_only_what_the_front_said_last_is_looked_at(monkeypatch, lines, expected):
    looked_at = []
    monkeypatch.setattr(limits, "_counted", lambda _peer, forwarded: looked_at.append(forwarded))
    limits.count_address("127.0.0.1", [("host", "edge"), *(("x-forwarded-for", line) for line in lines)])
    assert looked_at == [expected]


def test_a_front_on_another_host_is_believed_where_the_settings_name_it(counted, settings):
    from dataclasses import replace
    from ipaddress import ip_network

    with override_settings(COMITY=replace(settings.COMITY, fronts=(ip_network("172.18.0.0/16"),))):
        assert counted("172.18.0.2", "198.51.100.1") == "198.51.100.1"
        assert counted("172.19.0.2", "198.51.100.1") == "172.19.0.2"


@pytest.mark.long
def test_a_sender_who_is_told_to_wait_waits_and_loses_nothing(edge, device, notary, tmp_path):
    (tmp_path / "slow").mkdir()
    # One in five seconds: the report comes too soon after the evidence on a slow machine too.
    with running_edge(tmp_path / "slow", COMITY_SENDER_RATE="0.2/1") as slow:
        (tmp_path / "report.json").write_text(json.dumps(FRAUD_REPORT))
        (tmp_path / "mail.eml").write_bytes(b"From: someone@exampleton.example")
        (tmp_path / "device.pem").write_bytes(device.key.to_pem())
        (tmp_path / "gd.card").write_bytes(bytes(Node.objects.get(own=True).card))
        named = {"--device": "device.pem", "--trust": "gd.card", "--evidence": "mail.eml"}
        files = [part for name, file in named.items() for part in (name, str(tmp_path / file))]
        done = CliRunner().invoke(submit, [str(tmp_path / "report.json"), "--edge", slow.url, *files])
        assert done.exit_code == 0, done.output
        assert Submission.objects.count() == 2
        assert "429" in slow.log.read_text()
