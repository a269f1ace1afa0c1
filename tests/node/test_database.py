"""The database of a test run."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_tests_run_as_the_owner_on_a_database_of_their_own():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('server_version_num')::int")
        role, version = cursor.fetchone()
    assert role == "comity_owner"
    assert version >= 170000
