"""The one place that reads the process's environment, once, into a frozen object."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

CHECKOUT = Path(__file__).resolve().parents[2]
DEVELOPMENT_SECRET = "insecure-development-secret-known-to-everybody"  # noqa: S105
PROCESSES = ("edge", "desk", "worker", "beat", "notary", "owner", "test")
# What has a development default and must be said in production, by the processes that use it.
REQUIRED_IN_PRODUCTION: Mapping[str, tuple[str, ...]] = {
    "COMITY_NODE": PROCESSES,
    "COMITY_STATE": PROCESSES,
    "COMITY_SECRET_KEY": ("edge", "desk"),
    "COMITY_EDGE_URL": ("edge", "desk", "worker", "owner"),
    "COMITY_DESK_URL": ("desk",),
    "COMITY_SEALED": ("edge", "worker"),
    "COMITY_EVIDENCE": ("desk", "worker"),
    "COMITY_KEYS": ("desk", "worker", "notary"),
    "DATABASE_URL": ("edge", "desk", "worker", "notary", "owner"),
    "BROKER_URL": ("worker", "beat"),
}


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What one process of a node is told from outside. Folders are absolute."""

    mode: Literal["development", "production"]
    process: str
    node: str
    state: str
    home: Path
    keys: tuple[Path, ...]
    database_url: str
    broker_url: str | None
    sealed: Path
    evidence: Path
    edge_url: str
    desk_url: str
    secret_key: str

    @property
    def production(self) -> bool:
        """Whether unsafe defaults are refused."""
        return self.mode == "production"

    def key_folder(self, group: str) -> Path:
        """The folder of one key group; ImproperlyConfigured where this process may not read it."""
        for folder in self.keys:
            if folder.name == group:
                return folder
        raise ImproperlyConfigured(
            f"the process {self.process!r} may not read the key group {group!r} (COMITY_KEYS names "
            f"{', '.join(folder.name for folder in self.keys) or 'none'}); run the act in the process that may."
        )


def read_environment(variables: Mapping[str, str] | None = None) -> Environment:
    """What this process (or `variables`) says; ImproperlyConfigured, in one sentence, where it will not do."""
    given = os.environ if variables is None else variables
    mode = given.get("COMITY_ENV", "development")
    process = given.get("COMITY_PROCESS", "owner")
    if mode not in ("development", "production"):
        raise ImproperlyConfigured(f"COMITY_ENV is {mode!r}; write development or production.")
    if process not in PROCESSES:
        raise ImproperlyConfigured(f"COMITY_PROCESS is {process!r}; write one of {', '.join(PROCESSES)}.")
    if mode == "production":
        _refuse_missing(given, process)
    home = Path(given.get("COMITY_HOME") or CHECKOUT / "var" / "node").absolute()
    node = given.get("COMITY_NODE", "gd")
    return Environment(
        mode="production" if mode == "production" else "development",
        process=process,
        node=node,
        state=given.get("COMITY_STATE", node),
        home=home,
        keys=tuple(Path(folder) for folder in given.get("COMITY_KEYS", "").split(":") if folder),
        database_url=given.get("DATABASE_URL") or f"postgresql:///comity?host={home / 'run'}&user=comity_{process}",
        broker_url=given.get("BROKER_URL") or None,
        sealed=Path(given.get("COMITY_SEALED") or home / "sealed"),
        evidence=Path(given.get("COMITY_EVIDENCE") or home / "evidence"),
        edge_url=_url(given, "COMITY_EDGE_URL", "http://127.0.0.1:8100"),
        desk_url=_url(given, "COMITY_DESK_URL", "http://127.0.0.1:8101"),
        secret_key=given.get("COMITY_SECRET_KEY") or DEVELOPMENT_SECRET,
    )


def _refuse_missing(given: Mapping[str, str], process: str) -> None:
    missing = [name for name, users in REQUIRED_IN_PRODUCTION.items() if process in users and not given.get(name)]
    if missing:
        raise ImproperlyConfigured(
            f"COMITY_ENV=production and the process {process!r} lacks {', '.join(missing)}; set what is missing, "
            "development defaults are not used in production."
        )
    if given.get("COMITY_SECRET_KEY") == DEVELOPMENT_SECRET:
        raise ImproperlyConfigured("COMITY_SECRET_KEY is the development secret; set a random one of 50 characters.")


def _url(given: Mapping[str, str], name: str, default: str) -> str:
    value = (given.get(name) or default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ImproperlyConfigured(f"{name} is {value!r}; write an address such as https://edge.example.org.")
    return value
