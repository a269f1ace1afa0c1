"""A home of the test's own, for tests from which keys go."""

import dataclasses
from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own: keys go from it."""
    names = ("identity", "notary", "worker", "desk", "shared")
    folders = {"COMITY_HOME": tmp_path, "COMITY_SEALED": tmp_path / "s", "COMITY_EVIDENCE": tmp_path / "e"}
    keys = tuple(tmp_path / "keys" / name for name in names)
    own = dataclasses.replace(settings.COMITY, folders={**settings.COMITY.folders, **folders}, keys=keys)
    monkeypatch.setattr(settings, "COMITY", own)
    return tmp_path
