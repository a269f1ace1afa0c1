"""The one place that reads the process's environment, once, into a frozen object."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
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
    keys: tuple[Path, ...]
    folders: Mapping[str, Path]
    database_url: str
    broker_url: str | None
    edge_url: str
    desk_url: str
    secret_key: str
    # At the edge, of one sender and of one address: requests a second, and how many at once.
    sender_rate: tuple[float, int]
    address_rate: tuple[float, int]
    fronts: tuple[IPv4Network | IPv6Network, ...]

    @property
    def production(self) -> bool:
        """Whether unsafe defaults are refused."""
        return self.mode == "production"

    @property
    def home(self) -> Path:
        """The node's home folder, for the administrator's acts."""
        return self._folder("COMITY_HOME")

    @property
    def sealed(self) -> Path:
        """Sealed submissions too large for a row."""
        return self._folder("COMITY_SEALED")

    @property
    def evidence(self) -> Path:
        """Sealed payloads of evidence and packets."""
        return self._folder("COMITY_EVIDENCE")

    def _folder(self, name: str) -> Path:
        if name not in self.folders:
            raise ImproperlyConfigured(
                f"the process {self.process!r} is not given {name}; set it, or run the act in a process that has it."
            )
        return self.folders[name]

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
    node = given.get("COMITY_NODE", "gd")
    return Environment(
        mode="production" if mode == "production" else "development",
        process=process,
        node=node,
        state=given.get("COMITY_STATE", node),
        keys=tuple(Path(folder) for folder in given.get("COMITY_KEYS", "").split(":") if folder),
        folders=_folders(given),
        database_url=given.get("DATABASE_URL") or f"postgresql:///comity?user=comity_{process}",
        broker_url=given.get("BROKER_URL") or None,
        edge_url=_url(given, "COMITY_EDGE_URL", "http://127.0.0.1:8100"),
        desk_url=_url(given, "COMITY_DESK_URL", "http://127.0.0.1:8101"),
        secret_key=given.get("COMITY_SECRET_KEY") or DEVELOPMENT_SECRET,
        sender_rate=_rate(given, "COMITY_SENDER_RATE", "50/1000"),
        address_rate=_rate(given, "COMITY_ADDRESS_RATE", "200/5000"),
        fronts=_fronts(given),
    )


def _folders(given: Mapping[str, str]) -> Mapping[str, Path]:
    """The folders that are named; all of a home's where nothing says which process this is, or where the home is."""
    named = {name: Path(given[name]) for name in ("COMITY_HOME", "COMITY_SEALED", "COMITY_EVIDENCE") if given.get(name)}
    if "COMITY_PROCESS" in given and "COMITY_HOME" not in named:
        return named
    home = named.get("COMITY_HOME", CHECKOUT / "var" / "node").absolute()
    return {"COMITY_HOME": home, "COMITY_SEALED": home / "sealed", "COMITY_EVIDENCE": home / "evidence", **named}


def _refuse_missing(given: Mapping[str, str], process: str) -> None:
    missing = [name for name, users in REQUIRED_IN_PRODUCTION.items() if process in users and not given.get(name)]
    if missing:
        raise ImproperlyConfigured(
            f"COMITY_ENV=production and the process {process!r} lacks {', '.join(missing)}; set what is missing, "
            "development defaults are not used in production."
        )
    if given.get("COMITY_SECRET_KEY") == DEVELOPMENT_SECRET:
        raise ImproperlyConfigured("COMITY_SECRET_KEY is the development secret; set a random one of 50 characters.")


def _rate(given: Mapping[str, str], name: str, default: str) -> tuple[float, int]:
    value = given.get(name) or default
    found = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)/([0-9]{1,6})", value)
    if found is None or float(found[1]) == 0 or int(found[2]) == 0:
        raise ImproperlyConfigured(f"{name} is {value!r}; write requests a second and how many at once, as {default}.")
    return float(found[1]), int(found[2])


def _fronts(given: Mapping[str, str]) -> tuple[IPv4Network | IPv6Network, ...]:
    value = given.get("COMITY_FRONTS") or ""
    try:
        return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
    except ValueError:
        raise ImproperlyConfigured(
            f"COMITY_FRONTS is {value!r}; write addresses or networks, separated by commas, such as 172.18.0.0/16."
        ) from None


def _url(given: Mapping[str, str], name: str, default: str) -> str:
    value = (given.get(name) or default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ImproperlyConfigured(f"{name} is {value!r}; write an address such as https://edge.example.org.")
    return value
