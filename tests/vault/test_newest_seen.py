"""A device that saw a node's newer intake key is not led back to an older one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.audit.trust import TrustedLog
from backend.vault.newest_seen import NewestSeen
from backend.vault.throwaway import ThrowawayKey
from backend.vault.trusted_card import IntakeKey, NotTrusted, TrustedCard
from crypto.keyholder.signing import SigningKey

DAY = datetime(2026, 11, 24, tzinfo=UTC)
RECIPIENT = ThrowawayKey.make().recipient


def card(node: str = "gd") -> TrustedCard:
    key = SigningKey.generate("ed25519").verifying_key
    return TrustedCard(node, key, TrustedLog(f"comity/{node}/log", key))


def key(days: int, name: str = "a") -> IntakeKey:
    return IntakeKey(name * 16, RECIPIENT, DAY + timedelta(days=days))


@pytest.fixture
def seen(tmp_path: Path) -> NewestSeen:
    return NewestSeen.beside(tmp_path / "device.pem")


def test_newer_keys_and_the_same_again_are_admitted(seen: NewestSeen) -> None:
    node = card()
    for one in (key(0, "a"), key(0, "a"), key(1, "b"), key(1, "b"), key(30, "c")):
        assert seen.admit(one, card=node) is one


@pytest.mark.parametrize("older", [key(0, "b"), key(-1, "b"), key(-1, "0")])
def test_an_older_key_is_refused_and_another_of_the_same_moment(seen: NewestSeen, older: IntakeKey) -> None:
    node = card()
    seen.admit(key(0, "a"), card=node)
    with pytest.raises(NotTrusted, match="2026-11-24 00:00 UTC before; check this machine's clock"):
        NewestSeen(seen.path).admit(older, card=node)
    assert seen.admit(key(0, "a"), card=node)


def test_each_node_is_remembered_by_its_identity_key(seen: NewestSeen) -> None:
    one, other = card(), card()
    seen.admit(key(5, "a"), card=one)
    assert seen.admit(key(0, "b"), card=other)
    with pytest.raises(NotTrusted):
        seen.admit(key(0, "b"), card=one)


def test_what_was_refused_is_not_remembered(seen: NewestSeen) -> None:
    node = card()
    seen.admit(key(0, "a"), card=node)
    before = seen.path.read_bytes()
    with pytest.raises(NotTrusted):
        seen.admit(key(-1, "b"), card=node)
    assert seen.path.read_bytes() == before
    assert sorted(path.name for path in seen.path.parent.iterdir()) == ["device.pem.seen"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b'{"x": {"seal_from": "yesterday", "key_id": "a"}}'])
def test_a_damaged_memory_is_no_empty_one(seen: NewestSeen, content: bytes) -> None:
    seen.path.write_bytes(content)
    with pytest.raises(NotTrusted, match="is damaged; compare"):
        seen.admit(key(0), card=card())
