"""The queue's address, and the queue itself as kombu uses it."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from backend.worker.broker import parse_broker_url


def test_the_queue_in_postgresql_is_handed_over_in_keyword_form(tmp_path):
    passfile = tmp_path / "broker.pgpass"
    passfile.write_text("*:*:*:comity_broker:hidden\n")
    found = parse_broker_url(f"pgmq:///comity_broker?host=%2Frun%2Fpg&user=comity_broker&passfile={passfile}")
    assert conninfo_to_dict(found.options["conn_string"]) == {
        "dbname": "comity_broker",
        "host": "/run/pg",
        "user": "comity_broker",
        "password": "hidden",
    }
    assert "hidden" not in repr(found)
    assert (found.options["use_notify"], found.options["init_extension"]) == (False, False)


def test_rabbitmq_is_taken_as_it_is():
    found = parse_broker_url("amqps://comity:hidden@mq.example.org/comity")
    assert found.url == "amqps://comity:hidden@mq.example.org/comity"
    assert found.conninfo is None
    assert "hidden" not in repr(found)


@pytest.mark.parametrize("url", [None, "redis://u:hidden@h", "/var/queue"])
def test_another_queue_is_refused_in_one_sentence(url):
    with pytest.raises(ImproperlyConfigured, match="BROKER_URL has the scheme") as refused:
        parse_broker_url(url)
    assert "hidden" not in str(refused.value)
