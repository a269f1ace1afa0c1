"""Key cards: taken when well-formed and self-signed, counted when a person confirmed them, pinned from then on."""

from datetime import timedelta

import pytest

from backend.directory.cards import CardRefused, confirm_node, import_card
from backend.directory.keycard import read_card
from backend.directory.models import Authority, Node
from crypto.errors import CryptoError, MalformedDocument
from crypto.keyholder.signing import SigningKey
from crypto.signer import sign_statement
from tests.founding import NOW, TESTS, confirmed_peer, found_node, peer_card


def test_a_card_reads_back_with_its_words() -> None:
    card = read_card(peer_card())
    assert card.card.node == "cr"
    assert len(card.words.replace(" ", "-").split("-")) == 8


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "comity/packet-note/v1"},
        {"node": "CR"},
        {"node": "../cr"},
        {"log": {"origin": "comity/gd/log", "key": "ed25519:AAAA"}},
        {"transport": "ed25519:AAAA"},
        {"exchange": {"key_id": "0" * 16, "recipient": "age1pqnonsense", "seal_until": "2027-01-01T00:00:00Z"}},
        {"addresses": {"edge": "javascript:alert(1)"}},
        {"addresses": {"edge": "file:///etc/passwd"}},
        {"authorities": [{"id": "x"}]},
        {"surprise": 1},
    ],
)
def test_a_card_that_is_not_of_the_agreed_form_is_refused(changes: dict[str, object]) -> None:
    assert read_card(peer_card())
    with pytest.raises(CryptoError):
        read_card(peer_card(**changes))


def test_a_card_signed_by_another_key_than_it_names_is_refused() -> None:
    payload = dict(read_card(peer_card()).payload)
    with pytest.raises(CryptoError):
        read_card(sign_statement(payload, SigningKey.generate("ed25519")))


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b"\xff" * 100, b'{"payload":1}', b"[" * 100_000])
def test_bytes_that_are_no_card_are_refused(data: bytes) -> None:
    with pytest.raises(CryptoError):
        read_card(data)


@pytest.mark.django_db
class TestImporting:
    def test_an_imported_card_counts_only_once_confirmed(self) -> None:
        node = import_card(peer_card(), acting=TESTS, at=NOW)
        assert node.confirmed_at is None
        confirm_node(node, acting=TESTS, at=NOW)
        assert Node.objects.get(id="cr").confirmed_by == "tests"

    def test_a_known_node_must_keep_its_identity_key(self) -> None:
        identity = SigningKey.generate("ed25519")
        node = import_card(peer_card(identity=identity), acting=TESTS, at=NOW)
        confirm_node(node, acting=TESTS, at=NOW)
        assert import_card(peer_card(identity=identity), acting=TESTS, at=NOW).confirmed_at is not None
        with pytest.raises(CardRefused, match="pinned to another identity key"):
            import_card(peer_card(), acting=TESTS, at=NOW)

    def test_a_card_that_nobody_confirmed_does_not_keep_the_right_one_out(self) -> None:
        import_card(peer_card(valid_from="2026-11-20T00:00:00Z"), acting=TESTS, at=NOW)
        right = SigningKey.generate("ed25519")
        assert import_card(peer_card(identity=right), acting=TESTS, at=NOW).identity_key == str(right.verifying_key)

    def test_a_card_cannot_take_over_the_transport_key_of_another_node(self) -> None:
        theirs = import_card(peer_card("cr"), acting=TESTS, at=NOW).transport_key
        with pytest.raises(CardRefused, match="transport key of another node"):
            import_card(peer_card("bz", transport=theirs, authorities=[]), acting=TESTS, at=NOW)

    @pytest.mark.parametrize("name", ["valid_from", "valid_until"])
    def test_a_time_without_a_zone_makes_no_card(self, name: str) -> None:
        with pytest.raises(MalformedDocument):
            read_card(peer_card(**{name: "2027-01-01T00:00:00"}))

    def test_an_authority_stands_on_a_card_once(self) -> None:
        office = {"id": "cr-central", "kind": "central", "title": "One", "exercise": True, "certificate_pem": ""}
        with pytest.raises(MalformedDocument):
            read_card(peer_card(authorities=[office, office]))

    def test_an_older_card_does_not_replace_a_newer_one(self) -> None:
        identity = SigningKey.generate("ed25519")
        import_card(peer_card(identity=identity), acting=TESTS, at=NOW)
        with pytest.raises(CardRefused, match="older"):
            import_card(peer_card(identity=identity, valid_from="2026-10-01T00:00:00Z"), acting=TESTS, at=NOW)

    def test_an_ended_card_is_refused(self) -> None:
        with pytest.raises(CardRefused, match="ended"):
            import_card(peer_card(), acting=TESTS, at=NOW + timedelta(days=400))

    def test_the_card_of_this_node_itself_is_refused(self) -> None:
        found_node()
        with pytest.raises(CardRefused, match="this node itself"):
            import_card(bytes(Node.objects.get(own=True).card), acting=TESTS, at=NOW)

    def test_an_authority_that_the_newest_card_no_longer_names_signs_nothing(self) -> None:
        identity = SigningKey.generate("ed25519")
        import_card(peer_card(identity=identity), acting=TESTS, at=NOW)
        assert Authority.objects.get(id="cr-central").certificate_sha256
        import_card(peer_card(identity=identity, authorities=[]), acting=TESTS, at=NOW)
        assert Authority.objects.get(id="cr-central").certificate_sha256 == ""

    def test_a_card_cannot_take_over_the_authority_of_another_node(self) -> None:
        confirmed_peer("cr")
        theirs = Authority.objects.get(id="cr-central").certificate_sha256
        stolen = [{"id": "cr-central", "kind": "central", "title": "Mine", "exercise": True, "certificate_pem": ""}]
        with pytest.raises(CardRefused, match="another node"):
            import_card(peer_card("bz", authorities=stolen), acting=TESTS, at=NOW)
        assert Authority.objects.get(id="cr-central").certificate_sha256 == theirs
