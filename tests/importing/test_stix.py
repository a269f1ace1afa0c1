"""STIX 2.1 bundles: observables and patterns become indicators, once each, and what does not is said."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from backend.cli.importing.patterns import comparisons
from backend.cli.importing.rows import Unreadable
from backend.cli.importing.stix import MOST, Bundle, add_indicators, read_bundle
from backend.cli.submit import command as submit

SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def bundle(*objects: dict[str, Any]) -> Bundle:
    found = {"type": "bundle", "id": "bundle--5d0092c5-5f74-4287-9642-33f4c354e56d", "objects": list(objects)}
    return read_bundle(json.dumps(found).encode())


def pattern(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "indicator", "id": "indicator--1", "pattern_type": "stix", "pattern": text, **more}


def pairs(found: Bundle) -> set[tuple[str, str]]:
    return {(one["type"], one["value"]) for one in found.indicators}


def test_observables_become_indicators_with_the_time_of_their_observation() -> None:
    found = bundle(
        {"type": "ipv4-addr", "id": "ipv4-addr--1", "value": "198.51.100.3"},
        {"type": "ipv6-addr", "id": "ipv6-addr--1", "value": "2001:DB8::1/128"},
        {"type": "domain-name", "id": "domain-name--1", "value": "bad.example"},
        {"type": "url", "id": "url--1", "value": "https://bad.example/pay"},
        {"type": "email-addr", "id": "email-addr--1", "value": "who@bad.example", "display_name": "Who"},
        {"type": "mac-addr", "id": "mac-addr--1", "value": "d2:fb:49:24:37:18"},
        {"type": "user-account", "id": "user-account--1", "account_login": "somebody", "account_type": "unix"},
        {"type": "file", "id": "file--1", "hashes": {"SHA-256": SHA256, "MD5": "a" * 32}, "name": "invoice.exe"},
        {
            "type": "observed-data",
            "id": "observed-data--1",
            "first_observed": "2026-05-03T10:00:00Z",
            "object_refs": ["ipv4-addr--1", "file--1"],
        },
        {"type": "report", "id": "report--1", "name": "A campaign", "description": "What was seen.", "object_refs": []},
        {"type": "relationship", "id": "relationship--1"},
    )
    assert pairs(found) == {
        ("ipv4", "198.51.100.3"),
        ("ipv6", "2001:db8::1"),
        ("domain", "bad.example"),
        ("url", "https://bad.example/pay"),
        ("email", "who@bad.example"),
        ("mac", "d2:fb:49:24:37:18"),
        ("username", "somebody"),
        ("sha256", SHA256),
        ("md5", "a" * 32),
    }
    times = {one["type"]: one.get("at") for one in found.indicators}
    assert times["ipv4"] == times["sha256"] == "2026-05-03T10:00:00Z"
    assert times["domain"] is None
    assert (found.title, found.narrative, found.left_out) == ("A campaign", "What was seen.", ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[ipv4-addr:value = '198.51.100.1']", {("ipv4", "198.51.100.1")}),
        ("[ipv4-addr:value='198.51.100.1/32']", {("ipv4", "198.51.100.1")}),
        (
            "[url:value = 'https://a.example/\\'x'] AND [domain-name:value = 'b.example' OR domain-name:value = 'c.d']",
            {("url", "https://a.example/'x"), ("domain", "b.example"), ("domain", "c.d")},
        ),
        (f"[file:hashes.'SHA-256' = '{SHA256}' AND file:size = 12]", {("sha256", SHA256)}),
        ("[file:hashes.MD5 IN ('" + "a" * 32 + "', '" + "b" * 32 + "')]", {("md5", "a" * 32), ("md5", "b" * 32)}),
        (
            "([email-addr:value = 'a@b.example'] FOLLOWEDBY [user-account:user_id = 'u1']) WITHIN 600 SECONDS",
            {("email", "a@b.example"), ("username", "u1")},
        ),
        (
            "[network-traffic:dst_ref.value = '203.0.113.9'] START t'2026-01-01T00:00:00Z' STOP t'2026-02-01T00:00Z'",
            {("ipv4", "203.0.113.9")},
        ),
        ("[email-message:from_ref.value = 'x@y.example']", {("email", "x@y.example")}),
    ],
)
def test_values_that_a_pattern_names_become_indicators(text: str, expected: set[tuple[str, str]]) -> None:
    found = bundle(pattern(text, name="A name"))
    assert pairs(found) == expected
    assert {one["note"] for one in found.indicators} == {"A name"}


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (pattern("[domain-name:value LIKE '%.example']"), "compared by LIKE"),
        (pattern("[domain-name:value != 'a.example']"), "compared by !="),
        (pattern("[domain-name:value NOT = 'a.example']"), "compared by NOT"),
        (pattern("[process:command_line = 'x']"), "process:command_line is of no type"),
        (pattern("[ipv4-addr:value = '198.51.100.0/24']"), "is of no type"),
        (pattern("[ipv4-addr:value = 'nowhere']"), "is of no type"),
        (pattern("rule x { }", pattern_type="yara"), "another language"),
        (pattern("[ipv4-addr:value = '198.51.100.1']", revoked=True), "revoked"),
        (pattern("§"), "not understood"),
        (pattern("[" * 200_000), "longer than"),
        ({"type": "autonomous-system", "id": "autonomous-system--1", "number": 64496}, "is of no type"),
        ({"type": "x-made-up", "id": "x-made-up--1"}, "is of no type"),
    ],
)
def test_what_is_not_taken_is_said_with_its_reason(one: dict[str, Any], says: str) -> None:
    found = bundle({"type": "domain-name", "id": "domain-name--1", "value": "bad.example"}, one)
    assert pairs(found) == {("domain", "bad.example")}
    (reason,) = found.left_out
    assert reason.startswith(one["id"])
    assert says in reason


def test_the_older_form_of_observations_is_read_and_equal_values_count_once() -> None:
    inner = {"0": {"type": "domain-name", "value": "bad.example"}, "1": "nonsense", "2": {"value": "x"}}
    at = "2026-05-03T10:00:00Z"
    old = {
        "type": "observed-data",
        "id": "observed-data--1",
        "first_observed": "2026-05-03T10:00:00Z",
        "objects": inner,
    }
    found = bundle(old, pattern("[domain-name:value = 'bad.example']"))
    assert [(one["value"], one.get("at")) for one in found.indicators] == [("bad.example", at)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"type": "report"}',
        b'{"type": "bundle", "objects": {}}',
        b'{"type": "bundle", "objects": [1]}',
        b'{"type": "bundle", "objects": [{"id": "x"}]}',
        b"[" * 1_000_000,
        b'{"type": "bundle", "objects": ' + b"[" * 1_000_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_bundle_is_refused(data: bytes) -> None:
    read_bundle(b'{"type": "bundle", "objects": []}')
    with pytest.raises(Unreadable):
        read_bundle(data)


def test_more_indicators_than_a_report_takes_are_refused() -> None:
    ones = [{"type": "domain-name", "id": f"domain-name--{n}", "value": f"d{n}.example"} for n in range(MOST + 1)]
    assert len(bundle(*ones[:-1]).indicators) == MOST
    with pytest.raises(Unreadable, match="divide the bundle"):
        bundle(*ones)


def test_a_long_hostile_pattern_is_read_in_linear_time() -> None:
    def seconds(text: str) -> float:
        begun = time.process_time()
        comparisons(text)
        return time.process_time() - begun

    for piece in ("'", "a:", "a:'b", "(", "\\'", "[a:b = 'x' OR "):
        text = (piece * 100_000)[:100_000]
        taken = seconds(text)
        # A tenth of a second; what is quadratic takes minutes. On a slow machine only the growth tells.
        assert taken < 2 or taken < 40 * seconds(text[:10_000]), piece


def test_indicators_go_behind_those_of_the_report_and_equal_ones_count_once() -> None:
    own = {"type": "domain", "value": "own.example"}
    report = json.dumps({"title": "A title", "indicators": [own]}).encode()
    both = pattern("[domain-name:value = 'own.example' OR domain-name:value = 'bad.example']")
    added = json.loads(add_indicators(report, [bundle(both), bundle(both)]))
    assert added == {"title": "A title", "indicators": [own, {"type": "domain", "value": "bad.example"}]}
    for none in (b"not json", b"[]", b'{"indicators": 1}', b"[" * 100_000):
        assert add_indicators(none, [bundle(both)]) == none


def test_of_a_bundle_that_is_too_large_no_more_is_read_than_says_so(tmp_path: Path) -> None:
    large, other = tmp_path / "large.json", tmp_path / "report.json"
    with large.open("wb") as file:
        file.truncate(1 << 40)  # a terabyte of nothing, which takes no room
    other.write_text("{}", encoding="utf-8")
    said = CliRunner().invoke(
        submit,
        [
            str(other),
            "--edge",
            "http://127.0.0.1:9",
            "--trust",
            str(other),
            "--device",
            str(other),
            "--stix",
            str(large),
        ],
    )
    assert said.exit_code == 2
    assert "divide the bundle" in said.output
