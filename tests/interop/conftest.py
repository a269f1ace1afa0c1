"""Other people's programs for age: npm's age-encryption by way of scripts/age-*.mjs, and Debian's age."""

import os
import shutil

import pytest

from tests.programs import node_js


@pytest.fixture(scope="session")
def node() -> str:
    """The path of a Node.js, with `node_modules` as package-lock.json says."""
    return node_js()


@pytest.fixture(scope="session")
def debian_age() -> str:
    """The path of the program `age`."""
    path = shutil.which("age")
    if path is None:
        message = "Debian's age is not installed: apt install age"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path
