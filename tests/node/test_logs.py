"""What reaches the logs of a process, and what must not."""

import logging

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from backend.settings.logs import NoRowContents

NAME = "Aurelia Testperson"


def line(message: object, *arguments: object, error: BaseException | None = None) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    return NoRowContents("%(message)s").format(logging.LogRecord("x", 40, __file__, 1, message, arguments, info))


@pytest.mark.django_db
def test_the_driver_quotes_the_row_and_the_log_does_not():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE person (name text PRIMARY KEY)")
        cursor.execute("INSERT INTO person VALUES (%s)", [NAME])
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO person VALUES (%s)", [NAME])
    assert NAME in str(refused.value)
    assert isinstance(refused.value.__cause__, psycopg.errors.UniqueViolation)
    written = line("it failed", error=refused.value)
    assert NAME not in written
    assert "django.db.utils.IntegrityError" in written
    assert "psycopg.errors.UniqueViolation" in written


def test_an_exception_as_an_argument_leaves_its_type_only():
    assert line("it failed: %s", ValueError(NAME)) == "it failed: ValueError"


def test_an_exception_as_the_message_leaves_its_type_only():
    assert line(ValueError(NAME)) == "ValueError"


def test_other_arguments_are_written():
    assert line("%s has %d rows", "intake", 3) == "intake has 3 rows"
