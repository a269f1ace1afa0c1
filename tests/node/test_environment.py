"""What a process is told by its environment, and what it refuses."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from backend.settings.database import parse_database_url
from backend.settings.environment import DEVELOPMENT_SECRET, read_environment

PRODUCTION_DESK = {
    "COMITY_ENV": "production",
    "COMITY_PROCESS": "desk",
    "COMITY_NODE": "gd",
    "COMITY_STATE": "gd",
    "COMITY_SECRET_KEY": "a long and random text that nobody else knows",
    "COMITY_EDGE_URL": "https://edge.example.org",
    "COMITY_DESK_URL": "https://desk.example.org/",
    "COMITY_EVIDENCE": "/srv/comity/evidence",
    "COMITY_KEYS": "/srv/comity/keys/desk:/srv/comity/keys/shared",
    "DATABASE_URL": "postgresql://comity_desk@db/comity",
}


def test_a_checkout_needs_no_setting_at_all():
    found = read_environment({})
    assert (found.mode, found.node, found.process) == ("development", "gd", "owner")
    assert found.home.name == "node"
    assert found.sealed == found.home / "sealed"


def test_production_takes_what_it_is_told():
    found = read_environment(PRODUCTION_DESK)
    assert found.production
    assert found.desk_url == "https://desk.example.org"
    assert str(found.key_folder("shared")) == "/srv/comity/keys/shared"


@pytest.mark.parametrize("name", [name for name in PRODUCTION_DESK if name not in ("COMITY_ENV", "COMITY_PROCESS")])
def test_production_refuses_to_start_without(name):
    given = {key: value for key, value in PRODUCTION_DESK.items() if key != name}
    with pytest.raises(ImproperlyConfigured, match=rf"^COMITY_ENV=production .*lacks {name};.*$"):
        read_environment(given)


def test_production_refuses_the_secret_that_everybody_knows():
    with pytest.raises(ImproperlyConfigured, match="COMITY_SECRET_KEY is the development secret"):
        read_environment({**PRODUCTION_DESK, "COMITY_SECRET_KEY": DEVELOPMENT_SECRET})


def test_a_process_has_no_folder_and_no_key_that_it_was_not_given():
    found = read_environment({"COMITY_PROCESS": "edge", "COMITY_SEALED": "/srv/comity/sealed"})
    assert str(found.sealed) == "/srv/comity/sealed"
    with pytest.raises(ImproperlyConfigured, match="'edge' is not given COMITY_EVIDENCE"):
        _ = found.evidence
    with pytest.raises(ImproperlyConfigured, match="may not read the key group 'worker'"):
        found.key_folder("worker")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("COMITY_ENV", "prod", "write development or production"),
        ("COMITY_PROCESS", "web", "write one of edge, desk"),
        ("COMITY_EDGE_URL", "edge.example.org", "write an address such as https://"),
    ],
)
def test_an_unknown_value_is_one_sentence(name, value, said):
    with pytest.raises(ImproperlyConfigured, match=said):
        read_environment({name: value})


def test_a_database_address_with_a_socket_folder_and_a_password_file():
    found = parse_database_url("postgresql:///comity?host=%2Frun%2Fpg&user=comity_edge&passfile=%2Frun%2Fedge.pgpass")
    assert (found["NAME"], found["HOST"], found["USER"]) == ("comity", "/run/pg", "comity_edge")
    assert found["OPTIONS"] == {"passfile": "/run/edge.pgpass"}
    assert found["CONN_HEALTH_CHECKS"]


def test_a_database_address_of_a_server_with_tls():
    found = parse_database_url("postgresql://comity_desk:p%40ss@db.example.org:5433/comity?sslmode=verify-full")
    assert (found["HOST"], found["PORT"], found["PASSWORD"]) == ("db.example.org", "5433", "p@ss")
    assert found["OPTIONS"] == {"sslmode": "verify-full"}


@pytest.mark.parametrize("url", ["sqlite:///comity.db", "mysql://u:secret@h/comity", "postgresql://u:secret@h"])
def test_another_database_is_refused_without_repeating_its_password(url):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL") as refused:
        parse_database_url(url)
    assert "secret" not in str(refused.value)
